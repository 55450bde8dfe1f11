"""Resolvers, the HTTP edge and the command line name no query: what they read comes from a repository in graph/."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lint.project import MODULES, QUERIES, ROOT, name

EDGE = [path for path in MODULES if path.relative_to(ROOT).parts[0] in ("api", "cli", "resolvers")]
NAMES = frozenset(
    path.relative_to(ROOT / "cypher").with_suffix("").as_posix()
    for path in QUERIES
    if path.is_relative_to(ROOT / "cypher")
)
CALLS = ("read", "write", "run", "load")


def named_queries(text: str) -> Iterator[str]:
    """The queries that a module passes by name to what runs or loads them."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", None)) in CALLS:
            for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(argument, ast.Constant) and argument.value in NAMES:
                    yield argument.value


@pytest.mark.parametrize("path", EDGE, ids=name)
def test_no_query_is_named(path: Path) -> None:
    assert list(named_queries(path.read_text("utf-8"))) == [], "read it through a repository in graph/"


@pytest.mark.parametrize(
    "text",
    [
        'await context.database.read("places/brands", id=None)',
        'await database.run(query="places/brands")',
        'load("places/brands")',
        'async with database.write("places/brands") as rows: pass',
    ],
)
def test_a_named_query_is_found(text: str) -> None:
    assert list(named_queries(f"async def any():\n    {text}")) == ["places/brands"]


def test_other_texts_are_no_queries() -> None:
    assert list(named_queries('read("places/unknown"); show("places/brands"); "places/brands"')) == []
