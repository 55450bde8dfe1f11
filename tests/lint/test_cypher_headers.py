"""Every query says what it is for, what it takes and what it leans on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.lint.project import QUERIES, name

_FRAGMENTS = {"cypher/profile", "cypher/templates", "cypher/segments/rules"}
_NO_HEADER_FIELDS = {"cypher/migrations"}


def header(text: str) -> str:
    """The `//` lines that open a query, as one text."""
    lines = text.splitlines()
    return " ".join(line.removeprefix("//").strip() for line in lines[: _length(lines)])


def _length(lines: list[str]) -> int:
    return next((place for place, line in enumerate(lines) if not line.startswith("//")), len(lines))


def faults(text: str, *, fragment: bool = False, migration: bool = False) -> list[str]:
    """What is wrong with a query's form."""
    lines = text.splitlines()
    head, body = header(text), "\n".join(lines[_length(lines) :])
    found: list[str] = []
    if len(head.split(".")[0].split()) < 3:
        found.append("the first line does not tell the purpose")
    if "//" in body:
        found.append("a comment stands inside the query: `load` takes off whole lines only")
    if any(len(line) > 130 for line in lines):
        found.append("a line is longer than 130 characters")
    asked = set(re.findall(r"\$(\w+)", body))
    if not migration:
        found += [f"the parameter ${one} is not in the header" for one in sorted(asked) if not _tells(head, one)]
        looks_up = re.search(r"\{\w+: (?:\$|row\.|key\b|id\b|number\b)", body)
        if looks_up and not fragment and "Index:" not in head:
            found.append("the header names no index")
        if re.search(r"^RETURN ", body, re.MULTILINE) and not fragment and "Columns:" not in head:
            found.append("the header names no columns")
    return found


def _tells(head: str, parameter: str) -> bool:
    return re.search(rf"\b{parameter}\b", head) is not None


@pytest.mark.parametrize("path", QUERIES, ids=name)
def test_every_query_has_a_header(path: Path) -> None:
    folder = name(path.parent)
    text = path.read_text("utf-8")
    assert faults(text, fragment=folder in _FRAGMENTS, migration=folder in _NO_HEADER_FIELDS) == []


GOOD = """// One store by its id.
// Parameters: wanted. Columns: name. Index: store_id.
MATCH (s:Store {id: $wanted})
RETURN s.name AS name
"""


def test_the_lint_takes_a_good_header() -> None:
    assert faults(GOOD) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("// One store by its id.\n", ""), "purpose"),
        ((" Columns: name.", ""), "columns"),
        ((" Index: store_id.", ""), "index"),
        (("Parameters: wanted. ", ""), "$wanted"),
        (("RETURN", "  // the name\nRETURN"), "comment"),
        (("RETURN s.name", "RETURN s.name" + " " * 130), "longer"),
    ],
)
def test_the_lint_sees_a_bad_header(change: tuple[str, str], fault: str) -> None:
    assert any(fault in found for found in faults(GOOD.replace(*change)))
