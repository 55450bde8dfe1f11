"""Each entry that an order books is one row, on the source record that made the order."""

from __future__ import annotations

from ingest.order_state import TransactionState
from ingest.reporters.ledger_entries import LEDGER
from ingest.reporters.reporter import Reported
from tests.kit.building import PROGRAMMES, READER, VAULT, read
from tests.kit.hard_cases import Teller, subject


def test_an_order_and_its_refund_book_one_entry_each() -> None:
    teller = Teller("ledger")
    teller.order("completed", "till", "O", subject("guest-1"), "10.00")
    teller.refund("till", "R", "O", "4.00")
    order, refund = (READER.claims(event) for event in read(teller.events))
    assert order.transaction is not None
    state = TransactionState.from_row({"key": order.transaction, "state": {}, "owner": None})
    state.merge(order, None, PROGRAMMES)
    state.merge(refund, "R", PROGRAMMES)
    rows = LEDGER.rows(Reported([order, refund], {order.transaction: state}, {}, VAULT))["ledger"]
    assert len({row["key"] for row in rows}) == len(rows) == 2
    assert {row["record"] for row in rows} == {order.subjects[0].record}
    assert sum(row["points"] for row in rows) == state.state["points"]
