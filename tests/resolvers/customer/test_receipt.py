"""An order is found by the number on its receipt, and claimed by an event that names a guest."""

from __future__ import annotations

import pytest

from tests.kit.story import Story, order, person

pytestmark = pytest.mark.neo4j
RECEIPT = """query($id: String!) { receipt(by: {source: "till", id: $id}) { customerNumber
  transaction { orderId points total { amount } brand { code } lines { name } } } }"""


async def test_an_order_of_nobody_is_found_by_its_receipt_and_claimed(story: Story) -> None:
    lines = [{"product": "p-1", "quantity": "1", "amount": "25.00"}]
    sale = order("05T12:00", "receipt-1", "pasta", "25.00", person(), lines=lines)
    del sale["subject"]
    await story.take(sale)
    found = (await story.ask(RECEIPT, id="receipt-1"))["receipt"]
    assert found == {
        "customerNumber": None,
        "transaction": {
            "orderId": "receipt-1",
            "points": 0,
            "total": {"amount": "25.00"},
            "brand": {"code": "pasta"},
            "lines": [{"name": "Lasagne"}],
        },
    }
    card = "R-10001"
    guest = person("Rita", "Receipt", loyalty_card=card)
    await story.take(order("05T12:00", "receipt-1", "pasta", "25.00", guest, lines=lines))
    found = (await story.ask(RECEIPT, id="receipt-1"))["receipt"]
    assert (found["customerNumber"], found["transaction"]["points"]) == (await story.number(card=card), 25)


async def test_no_receipt_is_null_and_needs_the_scope(story: Story) -> None:
    assert (await story.ask(RECEIPT, id="none"))["receipt"] is None
    code, _ = await story.refused(RECEIPT, scopes=frozenset(), id="none")
    assert code == "NOT_ALLOWED"
