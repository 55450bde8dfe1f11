"""Stored segments are found: all of them by name, and one by its id."""

from __future__ import annotations

import pytest

from tests.kit.story import Story
from tests.resolvers.segments.test_segment import save

pytestmark = pytest.mark.neo4j


async def test_an_id_of_something_else_is_refused(story: Story) -> None:
    code, _ = await story.refused("query($id: ID!) { segment(id: $id) { name } }", id="QnJhbmQ6cGFzdGE")
    assert code == "INVALID_INPUT"


async def test_stored_segments_come_by_name_with_their_counts(story: Story) -> None:
    ids = [(await save(story, {"visits": {"min": 1}}, name))["segment"]["id"] for name in ("zebra", "ant")]
    found = (await story.ask("{ segments { name count } }"))["segments"]
    assert [row["name"] for row in found] == sorted(row["name"] for row in found)
    one = (await story.ask("query($id: ID!) { segment(id: $id) { id name count } }", id=ids[0]))["segment"]
    assert (one["id"], one["name"]) == (ids[0], "zebra")
    assert one["count"] == next(row["count"] for row in found if row["name"] == "zebra")
