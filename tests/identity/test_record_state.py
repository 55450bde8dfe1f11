"""Records and orders merge claims like sets: order, repeats and stops on the way leave no trace. No store needed."""

from __future__ import annotations

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from identity.claims import Claims
from identity.record_state import RecordState
from ingest.order_state import TransactionState
from loyalty.programme import programme
from tests.kit.building import READER, VAULT, read
from tests.kit.hard_cases import Raw, Teller, phone, subject

POINTS = programme(None).points


def said() -> st.SearchStrategy[Raw]:
    """What one event may say about the one record."""
    return st.fixed_dictionaries(
        {
            "at": st.integers(0, 3) | st.integers(0, 9000),
            "given": st.sampled_from(("", "Anna", "Bob", "Carol", "Dora")),
            "phone": st.lists(st.sampled_from([phone(n) for n in range(4)] + ["nonsense"]), min_size=1, max_size=2),
            "city": st.sampled_from((None, "Rome", "Oslo")),
            "consent": st.none() | st.tuples(st.sampled_from(("a", "b")), st.booleans()),
        }
    )


def claims_of(all_said: list[Raw]) -> list[Claims]:
    teller = Teller("state")
    for one in all_said:
        traits = {} if one["city"] is None else {"address": {"city": one["city"]}}
        who = subject("r", given=one["given"], phone=one["phone"], traits=traits)
        if one["consent"] is None:
            teller.tell("identify", "till", one["at"], subject=who)
        else:
            teller.consent("till", who, *one["consent"], at=one["at"])
    return [READER.claims(event) for event in read(teller.events)]


def record_after(arrived: list[Claims], stop_at: int = -1) -> RecordState:
    """The state after these; at `stop_at` it goes to the store and comes back."""
    state = RecordState(arrived[0].subjects[0].record, "till")
    for index, claims in enumerate(arrived):
        if index == stop_at:
            state = reread(state)
        state.merge(claims, claims.subjects[0], {})
    return state


def reread(state: RecordState) -> RecordState:
    written = state.row(VAULT)
    identifiers = [[key, c.type, c.shared, c.blocked, c.first, c.last] for key, c in state.identifiers.items()]
    row = {"key": state.key, "first": state.first, "last": state.last, "identifiers": identifiers}
    row |= {"customer": None, "rulings": []}
    return RecordState.from_row(row | written["props"], VAULT)


def content(state: RecordState) -> Any:
    carried = {key: (c.type, c.blocked, c.first, c.last) for key, c in state.identifiers.items()}
    return (
        (state.known, state.subject_id, state.traits, state.signatures, state.first, state.last, state.consents),
        (carried, state.evidence()),
    )


@given(st.data(), st.lists(said(), min_size=1, max_size=8))
def test_a_record_is_a_function_of_the_set_of_its_claims(data: st.DataObject, all_said: list[Raw]) -> None:
    claims = claims_of(all_said)
    arrived = data.draw(st.permutations(claims + data.draw(st.lists(st.sampled_from(claims), max_size=3))))
    stop = data.draw(st.integers(1, len(arrived)))
    assert content(record_after(claims)) == content(record_after(arrived, stop))


@given(st.lists(said(), min_size=1, max_size=8))
def test_the_same_claims_again_have_nothing_to_write(all_said: list[Raw]) -> None:
    claims = claims_of(all_said)
    state = reread(record_after(claims))
    for one in claims:
        state.merge(one, one.subjects[0], {})
    assert not state.rewritten
    assert not state.widened


def test_which_names_are_remembered_does_not_depend_on_who_came_first() -> None:
    teller = Teller("many")
    for first, second, third in product("BDFKLMNRST", "KLMR", "BDNT"):
        teller.identify("till", "r", given=f"{first}a{second}o{third}a", phone=phone(1))
    claims = [READER.claims(event) for event in read(teller.events)]
    assert len({one.subjects[0].signature for one in claims}) > 64
    assert record_after(claims).signatures == record_after(claims[::-1]).signatures


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
    return order | refund


def order_claims(all_told: list[Raw]) -> list[tuple[Claims, str | None]]:
    teller = Teller("order")
    for one in all_told:
        if one["kind"] == "refund":
            teller.refund("till", one["id"], "O", one["amount"], one["currency"])
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
        assert sum(entry["props"]["points"] for entry in state.ledger) == state.state["points"] >= 0
    keys = [entry["key"] for entry in state.ledger]
    assert len(keys) == len(set(keys))


@given(st.lists(told(), min_size=1, max_size=7))
def test_refunds_take_back_no_more_than_was_paid(all_told: list[Raw]) -> None:
    state = order_after(order_claims(all_told))
    contribution = state.contribution()
    assert contribution is None or 0 <= contribution.minor <= state.state["totalMinor"]
