"""A rule as a caller writes it: taken up to its bounds, and a wrong one is told with its place."""

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


def nested(levels: int) -> dict[str, Any]:
    rule: dict[str, Any] = {"tier": {"tiers": ["gold"]}}
    for _ in range(levels - 1):
        rule = {"not": rule}
    return rule


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"and": [{"brand": {"brand": "burger"}}, {"spend": {"min": "1.234"}}]}, ["and", "1", "spend", "min"]),
        ({"spend": {"min": "1e99999"}}, ["spend", "min"]),
        ({"spend": {"min": "NaN"}}, ["spend", "min"]),
        ({"spend": {"min": 1.5}}, ["spend", "min"]),
        ({"spend": {"min": "1", "currency": "dollars"}}, ["spend", "currency"]),
        ({"spend": {}}, ["spend"]),
        ({"visits": {"min": 3, "max": 2}}, ["visits"]),
        ({"visits": {"min": -1}}, ["visits", "min"]),
        ({"recency": {"minDays": 99999}}, ["recency", "minDays"]),
        ({"tier": {"tiers": []}}, ["tier", "tiers"]),
        ({"or": []}, ["or"]),
        ({"brand": {"brand": "burgers"}}, ["brand", "brand"]),
        ({"visits": {"min": 1, "brand": "nowhere"}}, ["visits", "brand"]),
        ({"spend": {"min": "1", "brand": "nowhere"}}, ["spend", "brand"]),
        ({"not": {"recency": {"maxDays": 3, "brand": "nowhere"}}}, ["not", "recency", "brand"]),
        ({"tier": {"tiers": ["gold", "platinum"]}}, ["tier", "tiers", "1"]),
        ({"or": [{"visits": {"min": 1}}] * 32}, ["or", "31"]),
        (nested(9), ["not"] * 8),
    ],
)
async def test_a_wrong_rule_is_told_with_its_place(story: Story, rule: dict[str, Any], path: list[str]) -> None:
    payload = await save(story, rule)
    assert payload["segment"] is None
    assert [(error["code"], error["field"]) for error in payload["userErrors"]] == [("INVALID_INPUT", ["rule", *path])]


async def test_the_bounds_themselves_are_taken(story: Story) -> None:
    assert (await save(story, nested(8)))["userErrors"] == []
    assert (await save(story, {"or": [{"visits": {"min": 1}}] * 31}))["userErrors"] == []
    assert (await save(story, {"visits": {"min": 1}}, "x" * 121))["userErrors"][0]["field"] == ["name"]
