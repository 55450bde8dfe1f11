"""What the constants of a module mean: the text literal below each."""

from __future__ import annotations

import ast
import inspect
from functools import cache
from importlib import import_module
from itertools import pairwise
from typing import Any

from cli.reference.markdown import one_line


def constant(module: str, name: str) -> tuple[Any, str]:
    """Value and meaning. Raises KeyError if no text stands below the constant."""
    return getattr(import_module(module), name), _meanings(module)[name]


@cache
def _meanings(module: str) -> dict[str, str]:
    statements = ast.parse(inspect.getsource(import_module(module))).body
    found: dict[str, str] = {}
    for statement, below in pairwise(statements):
        match statement, below:
            case (
                ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = one_line(text)
            case _:
                pass
    return found
