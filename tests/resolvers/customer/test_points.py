"""The ledger of a customer sums to the balance."""

from __future__ import annotations

import pytest

from tests.kit.story import Story
from tests.resolvers.customer.asking import ann

pytestmark = pytest.mark.neo4j


async def test_the_ledger_sums_to_the_balance(story: Story) -> None:
    selection = """loyaltyBalance { points byBrand { brand { name } points }
      entries(first: 100) { edges { node { kind points reason brand { code } } } } } transactions { edges { node
      { points } } }"""
    found = await ann(story, selection)
    balance = found["loyaltyBalance"]
    entries = [edge["node"] for edge in balance["entries"]["edges"]]
    assert balance["points"] == sum(entry["points"] for entry in entries) == 20 + 6 + 30 + 12 + 0 + 40
    assert balance["points"] == sum(edge["node"]["points"] for edge in found["transactions"]["edges"])
    assert [(row["brand"]["name"], row["points"]) for row in balance["byBrand"]] == [
        ("Burger Yard", 18),
        ("Pasta Bar", 90),
    ]
    refunds = [(entry["points"], entry["reason"]) for entry in entries if entry["kind"] == "REFUND"]
    assert refunds == [(-8, "order.refunded"), (-4, "order.refunded")]
