"""The ledger of a customer sums to the balance."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.kit.story import Story, order, person, refund
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


@pytest.mark.parametrize("total", ["30.00", "45.00"])
async def test_points_and_ledger_agree_by_brand_when_the_brand_of_an_order_is_corrected(
    story: Story, total: str
) -> None:
    card = f"L-{total}"
    who = person("Lea", "Ledger", loyalty_card=card)
    await story.take(order("05T12:00", f"first-{total}", "pasta", "10.00", who))
    await story.take(order("06T12:00", f"moved-{total}", "pasta", "30.00", who))
    await story.take(refund("06T13:00", f"back-{total}", f"moved-{total}", "5.00"))
    await story.take(order("06T14:00", f"moved-{total}", "burger", total, who))
    document = """query($by: CustomerBy!) { customer(by: $by) { loyaltyBalance {
      points byBrand { brand { code } points } entries(first: 100) { edges { node { points brand { code } } } } } } }"""
    balance = (await story.ask(document, by={"card": card}))["customer"]["loyaltyBalance"]
    booked = Counter[str]()
    for edge in balance["entries"]["edges"]:
        booked[edge["node"]["brand"]["code"]] += edge["node"]["points"]
    by_brand = {row["brand"]["code"]: row["points"] for row in balance["byBrand"]}
    assert by_brand == dict(booked) == {"pasta": 10, "burger": int(float(total)) - 5}
    assert balance["points"] == sum(by_brand.values())


STATEMENT = """loyaltyBalance { points statement(firstDay: $first, lastDay: $last) { opening closing
  brands { brand { code name } opening closing } lines { at points kind reason lastDay balance brand { name } } } }"""


async def test_a_statement_adds_up_and_closes_with_the_balance(story: Story) -> None:
    document = f"query($by: CustomerBy!, $first: Date, $last: Date) {{ customer(by: $by) {{ {STATEMENT} }} }}"
    by = {"card": "L-30.00"}
    whole = (await story.ask(document, by=by))["customer"]["loyaltyBalance"]
    found = whole["statement"]
    assert (found["opening"], found["closing"]) == (0, whole["points"])
    assert sum(line["points"] for line in found["lines"]) == found["closing"] == found["lines"][-1]["balance"]
    assert found["brands"] == [
        {"brand": {"code": "burger", "name": "Burger Yard"}, "opening": 0, "closing": 25},
        {"brand": {"code": "pasta", "name": "Pasta Bar"}, "opening": 0, "closing": 10},
    ]
    day = found["lines"][-1]["at"][:10]
    later = (await story.ask(document, by=by, first=day))["customer"]["loyaltyBalance"]["statement"]
    earlier = [line for line in found["lines"] if line["at"][:10] < day]
    assert later["opening"] == earlier[-1]["balance"]
    assert later["lines"] == found["lines"][len(earlier) :]


async def test_a_period_that_cannot_be_is_refused(story: Story) -> None:
    document = f"query($by: CustomerBy!, $first: Date, $last: Date) {{ customer(by: $by) {{ {STATEMENT} }} }}"
    for days in ({"first": "soon"}, {"last": "soon"}, {"first": "2026-01-02", "last": "2026-01-01"}):
        code, _ = await story.refused(document, by={"card": "L-30.00"}, **days)
        assert code == "INVALID_INPUT"
