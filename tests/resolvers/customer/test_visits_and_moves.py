"""The journey is in order, and moves between brands are counted."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from tests.kit.story import Story
from tests.resolvers.customer.asking import ann

pytestmark = pytest.mark.neo4j


async def test_journey_is_in_order_and_counts_moves(story: Story) -> None:
    journey = (
        await ann(
            story,
            """journey { edges { node { at brand { code name } store { name brand { code } } amount { amount } } }
            transitions { fromBrand { code } toBrand { name } count medianDays } }""",
        )
    )["journey"]
    visits = [edge["node"] for edge in journey["edges"]]
    assert [visit["brand"]["code"] for visit in visits] == ["pasta", "burger", "pasta", "burger", "burger", "pasta"]
    assert [visit["amount"]["amount"] for visit in visits] == ["20.50", "6.00", "30.00", "12.00", "0.00", "40.00"]
    assert visits[0]["store"] == {"name": "Pasta Centre", "brand": {"code": "pasta"}}
    assert all(one["at"] < other["at"] for one, other in pairwise(visits))
    assert journey["transitions"] == [
        {"fromBrand": {"code": "burger"}, "toBrand": {"name": "Pasta Bar"}, "count": 2, "medianDays": 7.0},
        {"fromBrand": {"code": "pasta"}, "toBrand": {"name": "Burger Yard"}, "count": 2, "medianDays": 1.5},
    ]


async def test_journey_pages_meet(story: Story) -> None:
    selection = "journey(first: $first, after: $after) { edges { node { at } } pageInfo { hasNextPage endCursor } }"
    whole = (await ann(story, "journey { edges { node { at } } }"))["journey"]["edges"]
    seen: list[Any] = []
    after = ""
    for _ in range(2):
        arguments: dict[str, Any] = {"first": 4} | ({"after": after} if after else {})
        text = selection if after else selection.replace(", after: $after", "")
        page = (await ann(story, text, **arguments))["journey"]
        seen += page["edges"]
        after = page["pageInfo"]["endCursor"]
    assert (seen, page["pageInfo"]["hasNextPage"]) == (whole, False)


PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
  customer(by: {email: "ann.smith@example.org"}) {
    transactions(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { orderId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


async def page(story: Story, **arguments: Any) -> tuple[list[str], dict[str, Any]]:
    found = (await story.ask(PAGE, **arguments))["customer"]["transactions"]
    return [edge["node"]["orderId"] for edge in found["edges"]], found["pageInfo"]
