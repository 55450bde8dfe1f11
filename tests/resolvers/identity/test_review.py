"""A finding is claimed, put off and decided.

Tests identity.decisions.review_queue too.
"""

from __future__ import annotations

import pytest

from tests.kit.story import SHARED_PHONE, Story, order, person
from tests.resolvers.identity.deciding import QUEUE, decide, refusal, undo

pytestmark = pytest.mark.neo4j


async def test_a_finding_is_claimed_put_off_and_decided(story: Story) -> None:
    await story.take(order("22T12:00", "o-20", "pasta", "7.00", person(phone=SHARED_PHONE)))
    items = [edge["node"] for edge in (await story.ask(QUEUE))["reviewQueue"]["edges"]]
    assert {item["rule"] for item in items} == {"AMBIGUOUS"}
    assert len(items) == 2
    first, second = items
    claim = "mutation($id: ID!) { reviewClaim(id: $id, minutes: 5) { id userErrors { message } } }"
    assert (await story.ask(claim, id=first["id"]))["reviewClaim"]["id"] == first["id"]
    [claimed] = [e["node"] for e in (await story.ask(QUEUE))["reviewQueue"]["edges"] if e["node"]["id"] == first["id"]]
    assert claimed["claimedBy"] == "test"
    assert claimed["claimedUntil"].startswith("2026-04-01T00:05")
    other = await story.ask(claim, caller="somebody", id=first["id"])
    assert "claimed" in other["reviewClaim"]["userErrors"][0]["message"]
    skip = "mutation($id: ID!) { reviewSkip(id: $id, days: 2) { id userErrors { message } } }"
    assert (await story.ask(skip, id=second["id"]))["reviewSkip"]["userErrors"] == []
    assert [e["node"]["id"] for e in (await story.ask(QUEUE))["reviewQueue"]["edges"]] == [first["id"]]
    decided = await decide(story, f'reviewDecide(id: "{first["id"]}", same: true)')
    assert len(decided["customers"]) == 1
    assert (await story.ask(QUEUE))["reviewQueue"]["edges"] == []
    assert "does not wait" in await refusal(story, f'reviewDecide(id: "{first["id"]}", same: true)')
    await undo(story, decided)
    [first] = [edge["node"] for edge in (await story.ask(QUEUE))["reviewQueue"]["edges"]]
    banned = await decide(story, f'reviewDecide(id: "{first["id"]}", same: false)')
    assert (await story.ask(QUEUE))["reviewQueue"]["edges"] == []
    document = '{ customer(by: {card: "B-55501"}) { keptApart { rule } } }'
    assert "NEVER_MATCH" in {row["rule"] for row in (await story.ask(document))["customer"]["keptApart"]}
    await undo(story, banned)
