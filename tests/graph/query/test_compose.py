"""Fragments are narrowed to what is wanted of them, and to nothing else."""

from __future__ import annotations

import pytest

from cypher import load
from graph.query.compose import narrowed

NESTED = """COLLECT {
  RETURN {a: 1, b: f(x, {c: 2}), rows: COLLECT { MATCH (n {d: 1}) RETURN {e: n.e, f: [1, 2]} LIMIT 5 }}
} AS part"""


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ({"a"}, "RETURN {a: 1}"),
        ({"b"}, "RETURN { b: f(x, {c: 2})}"),
        ({"a", "rows.f"}, "RETURN {a: 1, rows: COLLECT { MATCH (n {d: 1}) RETURN { f: [1, 2]} LIMIT 5 }}"),
        ({"rows"}, "RETURN { rows: COLLECT { MATCH (n {d: 1}) RETURN {e: n.e, f: [1, 2]} LIMIT 5 }}"),
        ({"c", "d", "e"}, "RETURN {}"),
    ],
)
def test_only_what_is_wanted_is_returned(wanted: set[str], text: str) -> None:
    assert narrowed(NESTED, frozenset(wanted)) == f"COLLECT {{\n  {text}\n}} AS part"


@pytest.mark.parametrize(
    ("part", "column", "gone"),
    [
        ("records", "identifiers.display", ("r.sealed", "i.sealed", "r.source,")),
        ("transactions", "orderId", ("(b:Brand", ":CONTAINS]", "t.points")),
    ],
)
def test_a_part_without_its_other_columns(part: str, column: str, gone: tuple[str, ...]) -> None:
    whole = load(f"profile/{part}")
    text = narrowed(whole, frozenset((column,)))
    assert all(words in whole for words in gone)
    assert not any(words in text for words in gone)
    assert f"{column.rpartition('.')[2]}: " in text


def test_a_part_that_returns_no_map_stays_whole() -> None:
    assert narrowed(load("profile/visits"), frozenset(("at",))) == load("profile/visits")
