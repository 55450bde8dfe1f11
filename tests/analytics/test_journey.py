"""Moves between brands, told from visits in order of time."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from analytics.journey import Transition, transitions
from domain.windows import DAY_MS


def test_moves_are_counted_with_the_median_of_their_days() -> None:
    visits = [("a", 0), ("b", 2), ("a", 3), ("a", 9), ("b", 13), ("c", 13), ("a", 20), ("b", 21)]
    found = transitions((brand, day * DAY_MS) for brand, day in visits)
    assert found == [
        Transition("a", "b", 3, 2.0),
        Transition("b", "a", 1, 1.0),
        Transition("b", "c", 1, 0.0),
        Transition("c", "a", 1, 7.0),
    ]


def test_nobody_moves_who_stays_or_came_once() -> None:
    assert transitions([]) == transitions([("a", 0)]) == transitions([("a", 0), ("a", 5)]) == []


@given(st.lists(st.sampled_from("abc")))
def test_every_change_of_brand_is_one_move(brands: list[str]) -> None:
    changes = sum(one != other for one, other in pairwise(brands))
    assert sum(move.count for move in transitions((brand, n) for n, brand in enumerate(brands))) == changes
