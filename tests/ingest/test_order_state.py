"""Orders merge their events like sets, and the points of an order follow from them. No store needed."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.claims import Claims
from identity.sender_rights import ALL_RIGHTS, SenderRights
from ingest.order_state import TransactionState
from loyalty.programme.programme import programme
from loyalty.programme.programme_history import ProgrammeHistory
from tests.kit.building import READER, read
from tests.kit.hard_cases import Raw, Teller, subject

PROGRAMMES = ProgrammeHistory(programme(None))


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
            "revision": st.integers(0, 2),
        }
    )
    refund = st.fixed_dictionaries(
        {
            "kind": st.just("refund"),
            "id": st.sampled_from(("R1", "R2")),
            "amount": st.sampled_from(("1.00", "5.25", "99.00", None)),
            "currency": st.sampled_from(("USD", "EUR")),
        }
    )
    cancel = st.fixed_dictionaries({"kind": st.just("cancel"), "at": st.integers(0, 3)})
    return order | refund | cancel


def ranked(all_told: list[Raw]) -> list[Raw]:
    """Without a second event of one rank: of two with one rank, the later receipt holds, and that is no set."""
    ranks = [(one["kind"], one.get("revision"), one.get("at"), one.get("id")) for one in all_told]
    return [one for place, one in enumerate(all_told) if ranks[place] not in ranks[:place]]


def order_claims(all_told: list[Raw]) -> list[tuple[Claims, str | None]]:
    teller = Teller("order")
    for one in all_told:
        if one["kind"] == "refund":
            teller.refund("till", one["id"], "O", one["amount"], one["currency"])
        elif one["kind"] == "cancel":
            teller.cancel("till", "O", one["at"])
        else:
            who = subject(one["who"]) if one["who"] else None
            place = {name: one[name] for name in ("brand", "currency", "at", "revision")}
            teller.order(one["kind"], "till", "O", who, one["total"], **place)
    keys = [one["id"] if one["kind"] == "refund" else None for one in all_told]
    return [(READER.claims(event), key) for event, key in zip(read(teller.events), keys, strict=True)]


def order_after(arrived: list[tuple[Claims, str | None]]) -> TransactionState:
    state = TransactionState.from_row({"key": "t", "state": {"status": "unknown"}, "owner": None})
    for claims, refund in arrived:
        state.merge(claims, refund, PROGRAMMES)
    return state


@given(st.data(), st.lists(told(), min_size=1, max_size=7))
def test_an_order_is_a_function_of_the_set_of_its_events(data: st.DataObject, all_told: list[Raw]) -> None:
    claims = order_claims(ranked(all_told))
    arrived = data.draw(st.permutations(claims + data.draw(st.lists(st.sampled_from(claims), max_size=3))))
    one, other = order_after(claims), order_after(arrived)
    assert one.state == other.state
    assert (one.owner, one.store, one.lines, one.refunds) == (other.owner, other.store, other.lines, other.refunds)
    assert one.contribution() == other.contribution()


@given(st.lists(told(), min_size=1, max_size=7))
def test_the_ledger_adds_up_to_the_points_after_every_event(all_told: list[Raw]) -> None:
    state = TransactionState.from_row({"key": "t", "state": {"status": "unknown"}, "owner": None})
    for claims, refund in order_claims(all_told):
        state.merge(claims, refund, PROGRAMMES)
        assert sum(entry.points for entry in state.ledger) == state.state["points"] >= 0
    keys = [entry.key for entry in state.ledger]
    assert len(keys) == len(set(keys))


@given(st.data(), st.lists(told(), min_size=1, max_size=7))
def test_points_are_booked_where_the_order_is_however_its_events_arrive(
    data: st.DataObject, all_told: list[Raw]
) -> None:
    claims = order_claims(ranked(all_told))
    state = order_after(data.draw(st.permutations(claims)))
    booked = Counter[tuple[str, str]]()
    for entry in state.ledger:
        booked[entry.record, entry.brand] += entry.points
    accrual = order_after(claims).accrual()
    expected = {(accrual.record, accrual.brand): accrual.points} if accrual and accrual.points else {}
    assert {place: points for place, points in booked.items() if points} == expected


def corrected(*tickets: Raw) -> TransactionState:
    """The order after these tickets, which all have one time."""
    teller = Teller("ticket")
    for place, ticket in enumerate(tickets):
        who = subject(ticket.pop("who", "one"))
        event = teller.order("completed", "till", "O", who, at=1, **ticket)
        event["messageId"] = f"{(9 - place):02}"  # the ids say nothing about which came later
    state = TransactionState.from_row({"key": "t", "state": {"status": "unknown"}, "owner": None})
    for event in read(teller.events):
        state.merge(READER.claims(event), None, PROGRAMMES)
    return state


def test_of_two_tickets_of_one_time_the_higher_revision_holds_and_else_the_later_receipt() -> None:
    totals = ({"total": "10.00"}, {"total": "12.00"}, {"total": "11.00"})
    for one in totals:
        for other in totals:
            if one != other:
                state = corrected(dict(one), dict(other))
                assert state.state["totalMinor"] == int(float(other["total"]) * 100)
    state = corrected({"total": "10.00", "revision": 2, "who": "two"}, {"total": "12.00", "revision": 1})
    assert (state.state["totalMinor"], state.owner) == (1000, READER.record_key("till", "two"))
    state = corrected({"total": "10.00"}, {"total": "10.00", "brand": "cafe"}, {"total": "10.00", "who": "two"})
    assert (state.state["brand"], state.owner) == ("grill", READER.record_key("till", "two"))


def test_a_correction_of_a_refund_with_its_time_holds() -> None:
    teller = Teller("refund")
    teller.order("completed", "till", "O", subject("one"), "10.00")
    for number, amount in enumerate(("1.00", "3.00", "2.00")):
        event = teller.refund("till", "R", "O", amount)
        event |= {"at": "2026-01-06T12:00:00Z", "messageId": f"{9 - number}"}
    state = TransactionState.from_row({"key": "t", "state": {"status": "unknown"}, "owner": None})
    for event in read(teller.events):
        state.merge(READER.claims(event), "R", PROGRAMMES)
    assert state.refunded_minor == 200


@given(st.lists(told(), min_size=1, max_size=7))
def test_refunds_take_back_no_more_than_was_paid(all_told: list[Raw]) -> None:
    state = order_after(order_claims(all_told))
    contribution = state.contribution()
    assert contribution is None or 0 <= contribution.minor <= state.state["totalMinor"]


RIGHTS = (
    ALL_RIGHTS,
    SenderRights(frozenset({"grill"})),
    SenderRights(frozenset({"cafe"})),
    SenderRights(frozenset({"grill"}), frozenset({"s"})),
    SenderRights(frozenset({"grill", "cafe"}), frozenset({"elsewhere"})),
)


@given(st.data(), st.lists(told(), min_size=1, max_size=6))
def test_refunds_of_limited_senders_count_the_same_in_any_order(data: st.DataObject, all_told: list[Raw]) -> None:
    claims = [
        (replace(one, rights=data.draw(st.sampled_from(RIGHTS))) if key else one, key)
        for one, key in order_claims(ranked(all_told))
    ]
    one, other = order_after(claims), order_after(data.draw(st.permutations(claims)))
    assert (one.state, one.refunds, one.limited_refunds) == (other.state, other.refunds, other.limited_refunds)
    # Stored and read again it is the same.
    again = TransactionState.from_row({"key": "t", "state": one.state, "owner": one.owner, "store": one.place})
    assert again.refunded_minor == one.refunded_minor


def _refunded(*refunds: tuple[str, str, SenderRights]) -> int:
    teller = Teller("limits")
    teller.order("completed", "till", "O", subject("one"), "50.00", brand="grill")
    for id_, amount, _ in refunds:
        teller.refund("till", id_, "O", amount)
    rights = [ALL_RIGHTS, *(right for _, _, right in refunds)]
    keys = [None, *(id_ for id_, _, _ in refunds)]
    claims = [READER.claims(event, right) for event, right in zip(read(teller.events), rights, strict=True)]
    return order_after(list(zip(claims, keys, strict=True))).refunded_minor


def test_a_refund_counts_only_if_its_sender_is_believed_about_the_order() -> None:
    everybody, grill, cafe, store, elsewhere = RIGHTS
    own = SenderRights(frozenset({"grill"}), frozenset({"s"}))
    assert store == own
    assert _refunded(("R1", "5.00", grill)) == 500
    assert _refunded(("R1", "5.00", cafe)) == _refunded(("R1", "5.00", elsewhere)) == 0
    # Nobody takes back another's refund by sending its id again.
    assert _refunded(("R1", "5.00", everybody), ("R1", "0.00", cafe)) == 500
    assert _refunded(("R1", "5.00", everybody), ("R1", "1.00", grill)) == 100


@pytest.mark.parametrize("rights", [RIGHTS[2], RIGHTS[4]])
@pytest.mark.parametrize("kind", ["placed", "completed"])
def test_what_a_limited_sender_says_of_anothers_order_is_left_aside(rights: SenderRights, kind: str) -> None:
    teller = Teller("taken")
    teller.order("completed", "till", "O", subject("one"), "50.00", brand="grill", at=1)
    teller.order(kind, "till", "O", subject("thief"), "0.01", brand="cafe", at=2)
    first, second = read(teller.events)
    state = order_after([(READER.claims(first), None)])
    before = dict(state.state), state.owner, state.place
    state.merge(READER.claims(second, rights), None, PROGRAMMES)
    assert (state.state, state.owner, state.place) == before


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
    known = {"who": "one", "total": "10.00", "brand": "grill", "currency": "USD", "revision": 0}
    claims = order_claims([known | {"kind": kind, "at": at} for kind, at in told])
    for arrived in (*permutations(claims),):
        state = order_after(list(arrived))
        assert (state.state["status"], state.state["points"]) == (status, points)
        assert (state.contribution() is not None) is (status == "completed")
        assert sum(entry.points for entry in state.ledger) == points


def test_a_refund_without_an_amount_is_the_whole_orders() -> None:
    teller = Teller("whole")
    teller.refund("till", "R1", "O", "4.00")
    teller.refund("till", "R2", "O", None, "EUR")
    teller.order("completed", "till", "O", subject("one"), "30.00")
    keys = ("R1", "R2", None)
    state = order_after([(READER.claims(event), key) for event, key in zip(read(teller.events), keys, strict=True)])
    assert (state.state["refundedMinor"], state.state["status"], state.state["points"]) == (3000, "refunded", 0)
