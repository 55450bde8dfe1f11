"""identityChanges tells who keeps a copy of customer numbers what became of them."""

from __future__ import annotations

import pytest

from resolvers.access.caller import ALL_SCOPES, IDENTITY_READ
from tests.kit.story import CARD, EMAIL, Story

pytestmark = pytest.mark.neo4j

FEED = """query($first: Int, $after: String) { identityChanges(first: $first, after: $after) {
  edges { cursor node { kind fromNumber toNumber records reason actor at } } pageInfo { hasNextPage endCursor } } }"""


async def test_the_merge_of_the_story_is_told_as_a_merge(story: Story) -> None:
    found = (await story.ask(FEED, first=100))["identityChanges"]
    changes = [edge["node"] for edge in found["edges"]]
    assert {change["kind"] for change in changes} == {"CREATED", "MERGED"}
    [merge] = [change for change in changes if change["kind"] == "MERGED"]
    assert merge["toNumber"] == await story.number(card=CARD) == await story.number(email=EMAIL)
    assert (merge["reason"], merge["actor"], merge["records"]) == ("same phone", "intake", 1)
    document = "query($n: String!) { customer(by: {customerNumber: $n}) { number formerNumbers } }"
    answer = (await story.ask(document, n=merge["fromNumber"]))["customer"]
    assert answer == {"number": merge["toNumber"], "formerNumbers": [merge["fromNumber"]]}
    assert not found["pageInfo"]["hasNextPage"]


async def test_a_cursor_goes_on_where_it_stood(story: Story) -> None:
    all_of_it = [edge["node"] for edge in (await story.ask(FEED, first=100))["identityChanges"]["edges"]]
    found, after = list[object](), None
    while True:
        page = (await story.ask(FEED, first=2, after=after))["identityChanges"]
        found += [edge["node"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == all_of_it
    assert (await story.ask(FEED, after=after))["identityChanges"]["edges"] == []
    assert (await story.refused(FEED, after="WyJ4Il0"))[0] == "INVALID_INPUT"
    assert (await story.refused(FEED, scopes=ALL_SCOPES - {IDENTITY_READ}))[0] == "NOT_ALLOWED"
