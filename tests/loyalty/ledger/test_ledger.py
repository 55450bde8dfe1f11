"""Entries by difference: whatever an order stood for on the way, each record is left with what is on it in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.ledger.ledger import Accrual, EntryCause, LedgerKind, PointsEntry, entries_between


def accruals() -> st.SearchStrategy[Accrual | None]:
    return st.none() | st.builds(Accrual, st.sampled_from("ab"), st.sampled_from(("grill", "cafe")), st.integers(0, 50))


def booked(path: Sequence[Accrual | None], transaction: str = "t", refund: bool = False) -> list[PointsEntry]:
    """The entries of an order that stood for nothing and then for each of these in turn."""
    steps = zip([None, *path], path, strict=False)
    return [
        entry
        for n, (before, after) in enumerate(steps)
        for entry in entries_between(transaction, before, after, EntryCause(f"e{n}", "order.completed", "at", refund))
    ]


def sums(entries: Sequence[PointsEntry]) -> dict[tuple[str, str], int]:
    """Points by record and brand, without those that come to nothing."""
    total = Counter[tuple[str, str]]()
    for entry in entries:
        total[entry.record, entry.brand] += entry.points
    return {place: points for place, points in total.items() if points}


@given(st.lists(accruals(), min_size=1, max_size=8))
def test_every_way_to_the_same_end_gives_the_same_sums(path: list[Accrual | None]) -> None:
    end = path[-1]
    assert sums(booked(path)) == ({(end.record, end.brand): end.points} if end and end.points else {})


@given(st.lists(accruals(), min_size=1, max_size=8))
def test_keys_are_unique_and_the_same_when_an_event_is_booked_again(path: list[Accrual | None]) -> None:
    entries = [*booked(path), *booked(path, transaction="u")]
    assert len({entry.key for entry in entries}) == len(entries)
    assert [entry.key for entry in booked(path)] == [entry.key for entry in entries if entry.cause == "t"]


@given(st.lists(accruals(), min_size=1, max_size=8))
def test_nothing_is_booked_where_nothing_changes(path: list[Accrual | None]) -> None:
    assert booked([*path, path[-1]]) == booked(path)
    assert all(entry.points for entry in booked(path))


GRILL, MORE, CAFE = Accrual("a", "grill", 10), Accrual("a", "grill", 12), Accrual("a", "cafe", 10)
OTHER, NOTHING = Accrual("b", "grill", 10), Accrual("a", "grill", 0)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        (None, GRILL, [("a", "grill", 10, "earn")]),
        (NOTHING, GRILL, [("a", "grill", 10, "earn")]),
        (GRILL, MORE, [("a", "grill", 2, "adjust")]),
        (GRILL, CAFE, [("a", "grill", -10, "adjust"), ("a", "cafe", 10, "adjust")]),
        (GRILL, OTHER, [("a", "grill", -10, "reassign"), ("b", "grill", 10, "reassign")]),
        (GRILL, None, [("a", "grill", -10, "adjust")]),
        (NOTHING, OTHER, [("b", "grill", 10, "earn")]),
    ],
)
def test_why_points_changed(before: Accrual | None, after: Accrual, found: list[tuple[str, str, int, str]]) -> None:
    entries = entries_between("t", before, after, EntryCause("e", "order.completed", "at", refund=False))
    assert [(entry.record, entry.brand, entry.points, entry.kind.value) for entry in entries] == found


def test_a_refund_says_that_it_is_one() -> None:
    [entry] = entries_between("t", MORE, GRILL, EntryCause("e", "order.refunded", "at", refund=True))
    assert (entry.points, entry.kind, entry.reason) == (-2, LedgerKind.REFUND, "order.refunded")
    assert entry.row()["kind"] == "refund"
