"""Segments are stored, changed and deleted, by who may."""

from __future__ import annotations

import asyncio

import pytest

from resolvers.access.caller import PII_READ, PROFILE_READ
from tests.kit.story import Story
from tests.resolvers.segments.test_segment import SAVE, save

pytestmark = pytest.mark.neo4j

DELETE = "mutation($id: ID!) { segmentDelete(id: $id) { id userErrors { code field } } }"


async def test_a_segment_lives_and_ends(story: Story) -> None:
    rule = {"and": [{"spend": {"min": "1.5"}}, {"recency": {"maxDays": 30}}]}
    stored = (await save(story, rule, "  spenders "))["segment"]
    assert stored["name"] == "spenders"
    assert stored["rule"] == {"and": [{"spend": {"min": "1.50"}}, {"recency": {"maxDays": 30}}]}
    changed = (await save(story, {"tier": {"tiers": ["silver"]}}, "silver", id=stored["id"]))["segment"]
    assert (changed["id"], changed["count"]) == (stored["id"], 1)
    assert [s["name"] for s in (await story.ask("{ segments { id name } }"))["segments"]].count("silver") == 1
    assert (await story.ask(DELETE, id=stored["id"]))["segmentDelete"] == {"id": stored["id"], "userErrors": []}
    gone = {"id": None, "userErrors": [{"code": "NOT_FOUND", "field": ["id"]}]}
    assert (await story.ask(DELETE, id=stored["id"]))["segmentDelete"] == gone
    again = await save(story, rule, id=stored["id"])
    assert (again["segment"], again["userErrors"][0]["code"]) == (None, "NOT_FOUND")
    assert await story.ask("query($id: ID!) { segment(id: $id) { name } }", id=stored["id"]) == {"segment": None}


@pytest.mark.parametrize("name", ["ann@mail.example", "call 2125550188", "4111 1111 1111 1111"])
async def test_a_name_is_nobodys_contact_data(story: Story, name: str) -> None:
    refused = await save(story, {"tier": {"tiers": ["silver"]}}, name)
    assert (refused["segment"], refused["userErrors"][0]["field"]) == (None, ["name"])


async def test_writing_needs_its_scope(story: Story) -> None:
    reader = frozenset((PROFILE_READ, PII_READ))
    given = {"name": "s", "rule": {"visits": {"min": 1}}}
    assert (await story.refused(SAVE, scopes=reader, input=given))[0] == "NOT_ALLOWED"
    assert (await story.refused(DELETE, scopes=reader, id="x"))[0] == "NOT_ALLOWED"


async def test_two_segments_never_have_one_name(story: Story) -> None:
    rule = {"visits": {"min": 1}}
    first, other = [(await save(story, rule, name))["segment"] for name in ("Big Spenders", "others")]
    for name in ("Big Spenders", " big  spenders ", "BIG SPENDERS"):
        for id_ in (None, other["id"]):
            refused = await save(story, rule, name, id=id_)
            assert refused["segment"] is None
            assert [error["field"] for error in refused["userErrors"]] == [["name"]]
    assert (await save(story, rule, "big spenders", id=first["id"]))["userErrors"] == []
    both = await asyncio.gather(*(save(story, rule, "at once") for _ in range(4)))
    assert sum(payload["segment"] is not None for payload in both) == 1
