"""matching/ and analytics/ decide from their arguments alone: no clock, randomness, I/O or hash of the process.

Modules that would bring these in are forbidden by an import contract; here the built-ins and clock methods are.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lint.project import ROOT, name

# hash() of text and id() differ from process to process, so an order that rests on them would too.
_FUNCTIONS = {"open", "input", "print", "hash", "id", "__import__", "exec", "eval", "globals"}
_METHODS = {"now", "utcnow", "today", "fromtimestamp", "getenv", "environ", "urandom"}
_PURE = sorted(path for package in ("matching", "analytics") for path in (ROOT / package).rglob("*.py"))


def impurities(source: str) -> Iterator[str]:
    """What makes a module's outcome depend on more than its arguments."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called)) if called in _FUNCTIONS:
                yield f"{node.lineno}: {called}()"
            case ast.Attribute(attr=attribute) if attribute in _METHODS:
                yield f"{node.lineno}: .{attribute}"
            case ast.Global(names=names):
                yield f"{node.lineno}: global {', '.join(names)}"
            case _:
                pass


@pytest.mark.parametrize("path", _PURE, ids=name)
def test_matching_is_pure(path: Path) -> None:
    assert list(impurities(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    "source",
    [
        "datetime.now(UTC)",
        "date.today()",
        "sorted(x, key=hash(y))",
        "open('f')",
        "os.environ['X']",
        "def f():\n  global x",
    ],
)
def test_the_lint_sees_impurity(source: str) -> None:
    assert list(impurities(source))


def test_the_lint_lets_pure_code_be() -> None:
    assert not list(impurities("from datetime import date\ndate.fromisoformat(born)\nblake2b(key.encode()).digest()"))
