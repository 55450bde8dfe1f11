"""The rows of orders: in the order in which locks are taken, and an owner only where it is another one than before."""

from __future__ import annotations

from ingest.order_state import TransactionState
from ingest.reporters.order_rows import ORDERS
from ingest.reporters.reporter import Reported
from tests.kit.building import PROGRAMMES, READER, VAULT, read
from tests.kit.hard_cases import Teller, subject
from tests.kit.merged_orders import reported as merged


def reported(owner: str | None = None) -> Reported:
    teller = Teller("rows")
    for order, store in (("O-2", "store-2"), ("O-1", "store-1")):
        teller.order("completed", "till", order, subject("guest-1"), "10.00", store=store)
    orders: dict[str, TransactionState] = {}
    claims = [READER.claims(event) for event in read(teller.events)]
    for order_claims in claims:
        assert order_claims.transaction is not None
        row = {"key": order_claims.transaction, "state": {}, "owner": owner}
        orders[order_claims.transaction] = TransactionState.from_row(row)
        orders[order_claims.transaction].merge(order_claims, None, PROGRAMMES)
    return Reported(claims, orders, {}, VAULT)


def test_rows_come_in_the_order_of_their_keys() -> None:
    rows = ORDERS.rows(reported())
    assert [row["key"] for row in rows["transactions"]] == sorted(row["key"] for row in rows["transactions"])
    assert (rows["places"], rows["sellers"]) == (["store-1", "store-2"], ["grill"])
    lines = [(line["product"], line["key"], line["position"]) for line in rows["lines"]]
    assert lines == sorted(lines)
    assert rows["reordered"] == [], "an order that is new has no lines to clear"


def test_an_owner_is_written_only_where_it_changed() -> None:
    before = reported()
    [(key, state), *_] = before.orders.items()
    assert {row["key"] for row in ORDERS.rows(before)["owners"]} == before.orders.keys()
    assert state.owner is not None
    same = reported(owner=state.owner)
    assert key in same.orders
    assert ORDERS.rows(same)["owners"] == []


def test_a_corrected_order_takes_its_old_lines_off_and_a_refund_leaves_them() -> None:
    teller, again, refunded = Teller("rows"), Teller("again"), Teller("refund")
    teller.order("completed", "till", "O1", subject("guest-1"), "4.00")
    [state] = merged(teller.events).transactions
    stored = {state.key: {"state": state.row()["props"] | {"at": state.state["at"]}, "owner": state.owner}}
    again.order("completed", "till", "O1", subject("guest-1"), "5.00", at=60)
    corrected = ORDERS.rows(merged(again.events, stored))
    assert corrected["reordered"] == [state.key]
    assert [line["amountMinor"] for line in corrected["lines"]] == [500]
    refunded.refund("till", "R1", "O1", "1.00")
    after = ORDERS.rows(merged(refunded.events, stored))
    assert (after["reordered"], after["lines"], after["places"]) == ([], [], [])
    assert [row["props"]["refundedMinor"] for row in after["transactions"]] == [100]
