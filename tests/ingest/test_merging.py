"""What an order is worth counts for the record that owns it, and for no other."""

from __future__ import annotations

from itertools import permutations

import pytest

from identity.record_state import RecordState
from ingest.merging import HELD, WAITS_FOR_ANOTHER_CURRENCY, merge_claims, notes_of
from tests.kit.hard_cases import Teller, subject
from tests.kit.merged_orders import claims_of, reported


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_order_that_changes_its_owner_takes_its_worth_along(order: tuple[int, ...]) -> None:
    teller = Teller("moved")
    teller.order("completed", "till", "O1", subject("first"), "10.00")
    teller.order("completed", "till", "O1", subject("second"), "12.00")
    teller.refund("till", "R1", "O1", "2.00")
    batch = reported([teller.events[index] for index in order])
    spend = {key.partition("|")[2]: (r.stats.visits, r.stats.spend) for key, r in batch.records.items()}
    [first, second] = [claims.subjects[0].record.partition("|")[2] for claims in claims_of(teller.events[:2])]
    assert spend == {first: (0, {}), second: (1, {"USD": 1000})}


@pytest.mark.parametrize("order", list(permutations(range(2))))
def test_a_refund_in_another_currency_is_held_and_its_senders_are_warned(order: tuple[int, ...]) -> None:
    teller = Teller("held")
    teller.order("completed", "till", "O1", subject("first"), "10.00")
    teller.refund("till", "R1", "O1", "2.00", "EUR")
    batch = reported([teller.events[index] for index in order])
    notes = notes_of(batch.fresh, batch.records, batch.orders)
    assert [notes[claims.event] for claims in claims_of(teller.events)] == [[WAITS_FOR_ANOTHER_CURRENCY], [HELD]]
    [state] = batch.transactions
    assert (state.held, state.refunded_minor) == (True, 0)
    teller.order("completed", "till", "O1", subject("first"), "10.00", currency="EUR")
    batch = reported(teller.events)
    assert notes_of(batch.fresh, batch.records, batch.orders) == {}
    assert batch.transactions[0].refunded_minor == 200


def test_claims_merge_onto_the_records_that_they_name_and_onto_no_others() -> None:
    teller = Teller("claims")
    teller.identify("crm", "one", given="Ann")
    teller.identify("crm", "two", given="Bob")
    subjects = [(claims, subject) for claims in claims_of(teller.events) for subject in claims.subjects]
    keys = [subject.record for _, subject in subjects]
    records = {key: RecordState(key, "crm") for key in (*keys, "crm|three")}
    merge_claims(records, subjects, {})
    assert [records[key].trait("given_name") for key in records] == ["Ann", "Bob", ""]
    with pytest.raises(KeyError):
        merge_claims({}, subjects, {})
