"""One table maps every error to its stable code and status."""

from __future__ import annotations

import ast
import re
from collections import Counter

import domain.errors
from domain.errors import HTTP_STATUS, RegularsError
from tests.lint.project import MODULES, name


def errors(base: type[RegularsError] = RegularsError) -> list[type[RegularsError]]:
    """The base and everything under it that `domain.errors` defines."""
    here = [child for child in base.__subclasses__() if child.__module__ == "domain.errors"]
    return [base, *(error for child in here for error in errors(child))]


def test_every_error_has_a_code_of_its_own() -> None:
    codes = Counter(error.code for error in errors())
    assert [code for code, uses in codes.items() if uses > 1] == []
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code) for code in codes)


def test_the_table_of_statuses_has_every_code_and_no_other() -> None:
    assert set(HTTP_STATUS) == {error.code for error in errors()}


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    shown = re.findall(r"^ {4}[│ ]*[├└]── (\w+)", domain.errors.__doc__ or "", re.MULTILINE)
    assert sorted(["RegularsError", *shown]) == sorted(error.__name__ for error in errors())


def test_a_package_defines_no_code_of_its_own() -> None:
    """A package may have an error class of its own, such as one with a field more; its code is one of the table's."""
    outside = [
        f"{name(path)}: {node.name}"
        for path in MODULES
        if name(path) != "domain/errors.py"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef) and any(_sets_code(line) for line in node.body)
    ]
    assert outside == []


def _sets_code(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "code" for t in node.targets)
