"""An order tells its lines and refunds; pages of orders stay true."""

from __future__ import annotations

from typing import Any

import pytest

from tests.kit.story import ANN_AT_TILL, Story, order
from tests.resolvers.customer.asking import ann

pytestmark = pytest.mark.neo4j


async def test_an_order_tells_its_lines_and_refunds(story: Story) -> None:
    selection = """transactions(last: 2) { edges { node { id orderId status at channel terminal points
      total { amount currency } refunded { amount }
      lines { position productCode name category quantity amount { amount } } } } }"""
    edges = (await ann(story, selection))["transactions"]["edges"]
    second, first = (edge["node"] for edge in edges)
    assert (first["orderId"], first["terminal"], first["at"]) == ("o-1", "t-3", "2026-03-02T12:00:00+01:00")
    assert [list(line.values())[:5] for line in first["lines"]] == [
        [1, "p-1", "Lasagne", "mains", "2"],
        [2, "p-2", "Water", None, "1"],
    ]
    assert (second["channel"], second["refunded"], second["points"]) == ("TAKEAWAY", {"amount": "4.00"}, 6)
    node = "query($id: ID!) { node(id: $id) { id ... on Transaction { orderId status lines { name } } } }"
    again = (await story.ask(node, id=first["id"]))["node"]
    assert (again["id"], again["orderId"], len(again["lines"])) == (first["id"], "o-1", 2)


PAGE = """query($first: Int, $after: String, $last: Int, $before: String) {
  customer(by: {email: "ann.smith@example.org"}) {
    transactions(first: $first, after: $after, last: $last, before: $before) {
      edges { cursor node { orderId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }"""


async def page(story: Story, **arguments: Any) -> tuple[list[str], dict[str, Any]]:
    found = (await story.ask(PAGE, **arguments))["customer"]["transactions"]
    return [edge["node"]["orderId"] for edge in found["edges"]], found["pageInfo"]


async def test_pages_both_ways_stay_true_while_orders_arrive(story: Story) -> None:
    newest, info = await page(story, first=3)
    assert (newest, info["hasNextPage"], info["hasPreviousPage"]) == (["o-7", "o-6", "o-5"], True, False)
    oldest, from_the_end = await page(story, last=3)
    assert (oldest, from_the_end["hasNextPage"], from_the_end["hasPreviousPage"]) == (
        ["o-3", "o-2", "o-1"],
        False,
        True,
    )
    await story.take(order("30T12:00", "o-new", "pasta", "1.00", ANN_AT_TILL))
    rest, info_of_rest = await page(story, first=3, after=info["endCursor"])
    assert rest == ["o-4", "o-3", "o-2"]
    assert (await page(story, last=3, before=info_of_rest["startCursor"]))[0] == newest
    back, at_front = await page(story, last=10, before=from_the_end["startCursor"])
    assert (back, at_front["hasPreviousPage"]) == (["o-new", "o-7", "o-6", "o-5", "o-4"], False)
