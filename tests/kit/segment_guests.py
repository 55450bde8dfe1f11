"""Guests of the story who enter segments, and segments for them."""

from __future__ import annotations

from itertools import count
from typing import Any

from tests.kit.story import Story, event, order, person

SAVE = """mutation($name: String!, $rule: SegmentRule!, $id: ID) {
  segmentSave(input: {name: $name, rule: $rule, id: $id}) { segment { id } userErrors { message } } }"""
_numbers = count(1)


async def save(story: Story, rule: dict[str, Any], id_: str | None = None) -> str:
    saved = (await story.ask(SAVE, name=f"segment {next(_numbers)}", rule=rule, id=id_))["segmentSave"]
    assert saved["userErrors"] == []
    return saved["segment"]["id"]


async def guest(story: Story) -> tuple[dict[str, Any], str]:
    """Somebody new without a visit, and their number."""
    card = f"S-{next(_numbers):05}"
    who = person("Sam", "Stone", loyalty_card=card)
    await story.take(event("identify", "till", "01T10:00", subject=who))
    return who, await story.number(card=card)


async def buys(story: Story, who: dict[str, Any], total: str = "10.00", **changes: Any) -> None:
    bought = order("20T12:00", f"seg-{next(_numbers)}", "pasta", total, who)
    await story.take(bought | changes)
