"""What is in hand follows from sums by lot and the moment: no points are made or lost, a split undoes a merge."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import InvalidInput, NotEnoughPoints
from loyalty.ledger.lots import Lot, PointsBalance, overdraw, points_balance, split, take

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LAST_DAYS = ("2026-05-31", "2026-06-15", "2026-06-30", "2027-01-31", "")
UNTIL = tuple((NOW + timedelta(minutes=minutes)).isoformat() for minutes in (-5, 0, 5))

lots = st.builds(lambda brand, day: f"{brand}|{day}", st.sampled_from(("cafe", "grill")), st.sampled_from(LAST_DAYS))
sums = st.dictionaries(lots, st.integers(-30, 90).filter(bool), max_size=6)
holds = st.dictionaries(
    st.builds(lambda until, lot: f"{until}|{lot}", st.sampled_from(UNTIL), lots), st.integers(1, 20), max_size=3
)
amounts = st.integers(1, 150)


@given(sums, holds)
def test_points_are_neither_made_nor_lost(sums: dict[str, int], holds: dict[str, int]) -> None:
    found = points_balance(sums, holds, NOW)
    assert found.points + sum(found.expired.values()) + found.held == sum(sums.values()) + sum(holds.values())
    assert all(points > 0 for points in (*found.in_hand.values(), *found.expired.values()))
    assert found.debt >= 0
    assert found.held >= 0
    assert not (found.debt and found.in_hand), "who owes points has none in hand"
    assert found.held == sum(points for key, points in holds.items() if key.partition("|")[0] > NOW.isoformat())


@given(sums)
def test_a_lot_is_in_hand_until_its_last_day_is_over_and_the_first_to_expire_is_used_first(
    sums: dict[str, int],
) -> None:
    found = points_balance(sums, {}, NOW)
    today = NOW.date().isoformat()
    assert all(not lot.expires or lot.expires >= today for lot in found.in_hand)
    assert all(lot.expires and lot.expires < today for lot in found.expired)
    assert list(found.in_hand) == sorted(found.in_hand, key=lambda lot: (lot.expires or "9999-12-31", lot.brand))


@given(sums, sums)
def test_what_a_merge_brought_a_split_takes_away(one: dict[str, int], other: dict[str, int]) -> None:
    both = {lot: one.get(lot, 0) + other.get(lot, 0) for lot in one.keys() | other.keys()}
    apart = {lot: both[lot] - other.get(lot, 0) for lot in both}
    assert points_balance(apart, {}, NOW) == points_balance(one, {}, NOW)


@given(sums, amounts, st.sampled_from((None, ("grill",), ("cafe", "grill"))))
def test_what_is_taken_is_there_and_leaves_the_rest(
    sums: dict[str, int], points: int, brands: tuple[str, ...] | None
) -> None:
    found = points_balance(sums, {}, NOW)
    usable = {lot: left for lot, left in found.in_hand.items() if brands is None or lot.brand in brands}
    if sum(usable.values()) < points:
        with pytest.raises(NotEnoughPoints, match=f"Only {sum(usable.values())} points"):
            take(found, points, brands)
        return
    taken = take(found, points, brands)
    assert sum(taken.values()) == points
    assert all(0 < taken[lot] <= usable[lot] for lot in taken)
    assert not any(usable[lot] > taken.get(lot, 0) for lot in list(usable)[: len(taken) - 1]), "the first ones whole"
    after = {lot.key: left for lot, left in ((Lot.of(key), points) for key, points in sums.items())}
    for lot, used in taken.items():
        after[lot.key] -= used
    assert points_balance(after, {}, NOW).points == found.points - points


@given(sums, amounts)
def test_what_lots_do_not_have_is_owed(sums: dict[str, int], points: int) -> None:
    found, owed = points_balance(sums, {}, NOW), Lot("stand", "")
    taken = overdraw(found, points, owed)
    assert sum(taken.values()) == points
    assert taken.pop(owed, 0) == max(points - found.usable(), 0)
    assert taken == take(found, sum(taken.values()))


@given(sums, amounts, st.data())
def test_points_that_come_back_leave_used_what_fewer_points_would_have(
    sums: dict[str, int], points: int, data: st.DataObject
) -> None:
    found = points_balance(sums, {}, NOW)
    if found.points < points:
        return
    taken, back = take(found, points), data.draw(st.integers(0, points))
    given_back = split(taken, back)
    used = {lot: taken[lot] - given_back.get(lot, 0) for lot in taken}
    assert {lot: points for lot, points in used.items() if points} == (
        take(found, points - back) if back < points else {}
    )


def test_more_points_cannot_come_back_than_were_used() -> None:
    with pytest.raises(InvalidInput, match="Only 3 points"):
        split({Lot("grill", ""): 3}, 4)


def test_a_debt_is_paid_by_what_expires_first_and_then_by_what_comes_next() -> None:
    refunded = {"grill|2027-01-31": -40, "cafe|2026-06-30": 10, "cafe|": 5}
    assert points_balance(refunded, {}, NOW) == PointsBalance(debt=25)
    assert points_balance(refunded | {"cafe|": 35}, {}, NOW) == PointsBalance(in_hand={Lot("cafe", ""): 5})


def test_a_hold_that_is_over_gives_its_points_back_to_their_lot() -> None:
    sums, held = {"grill|2026-06-30": 5}, {f"{UNTIL[1]}|grill|2026-06-30": 7, f"{UNTIL[2]}|grill|": 2}
    assert points_balance(sums, held, NOW) == PointsBalance(in_hand={Lot("grill", "2026-06-30"): 12}, held=2)
