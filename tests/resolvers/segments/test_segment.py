"""Segments over GraphQL: counted exactly, and listed with their members."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.kit.story import Story

pytestmark = pytest.mark.neo4j

_NUMBERS = count(1)
SAVE = """mutation($input: SegmentSaveInput!) { segmentSave(input: $input) {
  segment { id name rule count members { edges { node { name } } } } userErrors { code message field } } }"""


async def save(story: Story, rule: dict[str, Any], name: str | None = None, **more: Any) -> Any:
    given = {"name": name or f"s {next(_NUMBERS)}", "rule": rule}
    return (await story.ask(SAVE, input=given | more))["segmentSave"]


async def names(story: Story, rule: dict[str, Any]) -> set[str]:
    """The members by name; their number is the exact count."""
    payload = await save(story, rule)
    assert payload["userErrors"] == []
    found = [edge["node"]["name"] for edge in payload["segment"]["members"]["edges"]]
    assert payload["segment"]["count"] == len(found) == len(set(found))
    return set(found)


ANN, BOB, CARLA = "Ann Smith", "Bob Jones", "Carla Diaz"


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        ({"visits": {"min": 0}}, {ANN, BOB, CARLA}),
        ({"visits": {"min": 2}}, {ANN}),
        ({"visits": {"min": 3, "brand": "burger"}}, {ANN}),
        ({"visits": {"max": 0, "brand": "burger"}}, {BOB}),
        ({"visits": {"min": 1, "days": 14}}, {ANN}),
        ({"spend": {"min": "108.50", "max": "108.50"}}, {ANN}),
        ({"spend": {"min": "108.51"}}, {BOB}),
        ({"spend": {"max": "5.00", "brand": "burger", "currency": "USD"}}, {CARLA, BOB}),
        ({"spend": {"min": "0.01", "currency": "EUR"}}, set[str]()),
        ({"recency": {"minDays": 12}}, {BOB, CARLA}),
        ({"recency": {"maxDays": 30, "brand": "burger"}}, {ANN, CARLA}),
        ({"brand": {"brand": "burger"}}, {ANN, CARLA}),
        ({"channel": {"channel": "DELIVERY"}}, {ANN, CARLA}),
        ({"channel": {"channel": "DELIVERY", "preferred": True}}, {CARLA}),
        ({"tier": {"tiers": ["silver", "vip"]}}, {BOB}),
        ({"not": {"brand": {"brand": "burger"}}}, {BOB}),
        ({"and": [{"brand": {"brand": "burger"}}, {"not": {"tier": {"tiers": ["gold"]}}}]}, {ANN, CARLA}),
        ({"or": [{"tier": {"tiers": ["silver"]}}, {"visits": {"min": 6}}]}, {ANN, BOB}),
        ({"or": [{"tier": {"tiers": ["gold"]}}, {"visits": {"min": 7}}]}, set[str]()),
    ],
)
async def test_members(story: Story, rule: dict[str, Any], members: set[str]) -> None:
    assert await names(story, rule) == members


async def test_members_in_pages(story: Story) -> None:
    identity = (await save(story, {"visits": {"min": 0}}))["segment"]["id"]
    document = """query($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { segment(id: $id) {
      members(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { number } } pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } } }"""

    async def page(**arguments: Any) -> tuple[list[str], Any]:
        found = (await story.ask(document, id=identity, **arguments))["segment"]["members"]
        return [edge["node"]["number"] for edge in found["edges"]], found["pageInfo"]

    whole, _ = await page()
    assert whole == sorted(whole)
    front, info = await page(first=2)
    rest, end = await page(first=2, after=info["endCursor"])
    assert (front + rest, info["hasNextPage"], end["hasNextPage"]) == (whole, True, False)
    back, info = await page(last=2)
    assert (back, info["hasPreviousPage"]) == (whole[1:], True)
    assert (await page(last=5, before=info["startCursor"]))[0] == whole[:1]


@pytest.mark.slow
async def test_the_widest_rule_is_answered(story: Story) -> None:
    """A planner that multiplied alternatives out would meet thousands of them here."""
    branch = {"and": [{"visits": {"min": least, "brand": "burger"}} for least in range(1, 7)]}
    payload = await save(story, {"or": [branch] * 4})
    assert (payload["userErrors"], payload["segment"]["count"]) == ([], 0)
