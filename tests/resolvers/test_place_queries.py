"""Brands and stores by code, in pages, of all brands or one."""

from __future__ import annotations

import pytest

from tests.kit.story import Story

pytestmark = pytest.mark.neo4j
STORES = """query($brand: String, $first: Int, $after: String) { stores(brand: $brand, first: $first, after: $after) {
  edges { node { code brand { name } } } pageInfo { hasNextPage endCursor } } }"""


async def test_brands_and_their_stores(story: Story) -> None:
    assert (await story.ask("{ brands { code name } }"))["brands"] == [
        {"code": "burger", "name": "Burger Yard"},
        {"code": "pasta", "name": "Pasta Bar"},
    ]
    found = (await story.ask(STORES, brand="pasta"))["stores"]
    assert [edge["node"] for edge in found["edges"]] == [{"code": "s-1", "brand": {"name": "Pasta Bar"}}]


async def test_pages_of_stores_meet(story: Story) -> None:
    front = (await story.ask(STORES, first=1))["stores"]
    rest = (await story.ask(STORES, first=1, after=front["pageInfo"]["endCursor"]))["stores"]
    assert [edge["node"]["code"] for edge in front["edges"] + rest["edges"]] == ["s-1", "s-2"]
    assert (front["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasNextPage"]) == (True, False)
