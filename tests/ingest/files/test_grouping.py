"""Rows of one order become one group."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EventRefused
from domain.events import MAX_LINES
from ingest.files.grouping import grouped
from ingest.files.mapping import FileMapping
from ingest.files.rows import Mapper, RowSkipped
from ingest.parse import parse

AT = "2026-03-01T18:30:00Z"


def mapper(**fields: Any) -> Mapper:
    return Mapper(FileMapping.model_validate({"event": "identify", "source": "crm", "constants": {"at": AT}, **fields}))


def test_a_group_becomes_one_order() -> None:
    made = mapper(
        event="order.completed",
        constants={"at": AT, "brand": "b", "order.store": "s", "order.channel": "web", "order.currency": "USD"},
        fields={"order.id": "order"},
        group={
            "by": ["order"],
            "sum": {"order.total": {"column": "amount", "transforms": ["decimal:2"]}},
            "lines": {"product": {"column": "product", "if_empty": "skip_row"}, "amount": "amount"},
        },
    )
    rows = [{"order": 1, "product": p, "amount": a} for p, a in (("p", "0.10"), ("q", "0.20"), ("", "9"))]
    raw = made.event(rows)
    assert raw["messageId"] == "order.completed:1"
    assert raw["order"]["total"] == "0.30"
    assert raw["order"]["lines"] == [{"product": "p", "amount": "0.10"}, {"product": "q", "amount": "0.20"}]
    parse(raw)
    with pytest.raises(RowSkipped):
        made.event(rows[2:])
    with pytest.raises(EventRefused):
        made.event([{"order": 1, "product": "p", "amount": "x"}])


def groups(keys: str, window: int) -> list[tuple[str, bool]]:
    found = grouped(enumerate(keys), lambda row: (row,), window)
    return [("".join(row for _, row in rows), error is None) for rows, error in found]


def test_grouping() -> None:
    assert groups("aabbbc", 1) == [("aa", True), ("bbb", True), ("c", True)]
    assert groups("abab", 2) == [("aa", True), ("bb", True)]
    # The group that was touched least recently closes first; what comes back later is never a second group.
    assert groups("abacb", 2) == [("b", True), ("b", False), ("aa", True), ("c", True)]
    assert groups("", 1) == []
    assert groups("x" * MAX_LINES, 1) == [("x" * MAX_LINES, True)]
    [(rows, fits)] = groups("x" * (MAX_LINES + 100), 1)
    assert (len(rows), fits) == (MAX_LINES + 1, False)
