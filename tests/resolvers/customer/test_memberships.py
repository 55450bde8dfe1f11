"""A profile names the segments that the customer is in."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.kit.story import EMAIL, Story

pytestmark = pytest.mark.neo4j


_NUMBERS = count(1)
SAVE = """mutation($input: SegmentSaveInput!) { segmentSave(input: $input) {
  segment { id name rule count members { edges { node { name } } } } userErrors { code message field } } }"""


async def save(story: Story, rule: dict[str, Any], name: str | None = None, **more: Any) -> Any:
    given = {"name": name or f"s {next(_NUMBERS)}", "rule": rule}
    return (await story.ask(SAVE, input=given | more))["segmentSave"]


async def test_a_profile_names_its_segments(story: Story) -> None:
    mine = (await save(story, {"visits": {"min": 6}}, "regulars of march"))["segment"]["id"]
    other = (await save(story, {"visits": {"min": 7}}, "heavier"))["segment"]["id"]
    found = await story.ask(f'{{ customer(by: {{email: "{EMAIL}"}}) {{ segments {{ id name }} }} }}')
    ids = {row["id"] for row in found["customer"]["segments"]}
    assert (mine in ids, other in ids) == (True, False)
