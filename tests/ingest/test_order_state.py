"""Orders merge their events like sets, and the points of an order follow from them. No store needed."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.claims import Claims
from ingest.order_state import TransactionState
from loyalty.programme import programme
from tests.kit.building import READER, read
from tests.kit.hard_cases import Raw, Teller, subject

POINTS = programme(None).points


def told() -> st.SearchStrategy[Raw]:
    """What one event may say about the one order."""
    order = st.fixed_dictionaries(
        {
            "kind": st.sampled_from(("placed", "completed")),
            "who": st.sampled_from((None, "one", "two")),
            "total": st.sampled_from(("10.00", "25.50", "0.00")),
            "brand": st.sampled_from(("grill", "cafe")),
            "currency": st.sampled_from(("USD", "USD", "EUR")),
            "at": st.integers(0, 3),
        }
    )
    refund = st.fixed_dictionaries(
        {
            "kind": st.just("refund"),
            "id": st.sampled_from(("R1", "R2")),
            "amount": st.sampled_from(("1.00", "5.25", "99.00")),
            "currency": st.sampled_from(("USD", "EUR")),
        }
    )
    cancel = st.fixed_dictionaries({"kind": st.just("cancel"), "at": st.integers(0, 3)})
    return order | refund | cancel


def order_claims(all_told: list[Raw]) -> list[tuple[Claims, str | None]]:
    teller = Teller("order")
    for one in all_told:
        if one["kind"] == "refund":
            teller.refund("till", one["id"], "O", one["amount"], one["currency"])
        elif one["kind"] == "cancel":
            teller.cancel("till", "O", one["at"])
        else:
            who = subject(one["who"]) if one["who"] else None
            place = {"brand": one["brand"], "currency": one["currency"], "at": one["at"]}
            teller.order(one["kind"], "till", "O", who, one["total"], **place)
    keys = [one["id"] if one["kind"] == "refund" else None for one in all_told]
    return [(READER.claims(event), key) for event, key in zip(read(teller.events), keys, strict=True)]


def order_after(arrived: list[tuple[Claims, str | None]]) -> TransactionState:
    state = TransactionState.from_row({"key": "t", "state": {"status": "unknown"}, "owner": None})
    for claims, refund in arrived:
        state.merge(claims, refund, POINTS)
    return state


@given(st.data(), st.lists(told(), min_size=1, max_size=7))
def test_an_order_is_a_function_of_the_set_of_its_events(data: st.DataObject, all_told: list[Raw]) -> None:
    claims = order_claims(all_told)
    arrived = data.draw(st.permutations(claims + data.draw(st.lists(st.sampled_from(claims), max_size=3))))
    one, other = order_after(claims), order_after(arrived)
    assert one.state == other.state
    assert (one.owner, one.store, one.lines, one.refunds) == (other.owner, other.store, other.lines, other.refunds)
    assert one.contribution() == other.contribution()


@given(st.lists(told(), min_size=1, max_size=7))
def test_the_ledger_adds_up_to_the_points_after_every_event(all_told: list[Raw]) -> None:
    state = TransactionState.from_row({"key": "t", "state": {"status": "unknown"}, "owner": None})
    for claims, refund in order_claims(all_told):
        state.merge(claims, refund, POINTS)
        assert sum(entry.points for entry in state.ledger) == state.state["points"] >= 0
    keys = [entry.key for entry in state.ledger]
    assert len(keys) == len(set(keys))


@given(st.data(), st.lists(told(), min_size=1, max_size=7))
def test_points_are_booked_where_the_order_is_however_its_events_arrive(
    data: st.DataObject, all_told: list[Raw]
) -> None:
    claims = order_claims(all_told)
    state = order_after(data.draw(st.permutations(claims)))
    booked = Counter[tuple[str, str]]()
    for entry in state.ledger:
        booked[entry.record, entry.brand] += entry.points
    accrual = order_after(claims).accrual()
    expected = {(accrual.record, accrual.brand): accrual.points} if accrual and accrual.points else {}
    assert {place: points for place, points in booked.items() if points} == expected


@given(st.lists(told(), min_size=1, max_size=7))
def test_refunds_take_back_no_more_than_was_paid(all_told: list[Raw]) -> None:
    state = order_after(order_claims(all_told))
    contribution = state.contribution()
    assert contribution is None or 0 <= contribution.minor <= state.state["totalMinor"]


@pytest.mark.parametrize(
    ("told", "status", "points"),
    [
        ([("placed", 1), ("cancel", 2)], "cancelled", 0),
        ([("completed", 1), ("cancel", 2)], "cancelled", 0),
        ([("placed", 1), ("cancel", 2), ("completed", 3)], "completed", 10),
        ([("placed", 1), ("completed", 2), ("cancel", 3), ("placed", 4)], "cancelled", 0),
        ([("cancel", 1)], "unknown", 0),
        ([("cancel", 1), ("placed", 2)], "placed", 0),
        ([("completed", 1), ("cancel", 2), ("completed", 3), ("cancel", 4)], "cancelled", 0),
    ],
)
def test_a_cancelled_order_counts_for_nothing_in_any_order(
    told: list[tuple[str, int]], status: str, points: int
) -> None:
    known = {"who": "one", "total": "10.00", "brand": "grill", "currency": "USD"}
    claims = order_claims([known | {"kind": kind, "at": at} for kind, at in told])
    for arrived in (*permutations(claims),):
        state = order_after(list(arrived))
        assert (state.state["status"], state.state["points"]) == (status, points)
        assert (state.contribution() is not None) is (status == "completed")
        assert sum(entry.points for entry in state.ledger) == points
