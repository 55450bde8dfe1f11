"""`node` finds every object that has a global id, and says what is none."""

from __future__ import annotations

import pytest

from privacy.audit_log import AuditLog, Entry
from resolvers.kit.findable import FINDABLE
from resolvers.kit.global_ids import global_id
from tests.kit.story import EMAIL, SHARED_PHONE, Story, order, person
from tests.resolvers.identity.deciding import decide

pytestmark = pytest.mark.neo4j
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


async def test_an_object_of_every_type_is_found_again(story: Story) -> None:
    customer = await story.ask(
        f'{{ customer(by: {{email: "{EMAIL}"}}) {{ id transactions {{ edges {{ node {{ id }} }} }} }} }}'
    )
    saved = await story.ask(
        """mutation { segmentSave(input: {name: "any", rule: {visits: {min: 1}}}) { segment { id } } }"""
    )
    await story.take(order("22T12:00", "o-20", "pasta", "7.00", person(phone=SHARED_PHONE)))
    locked = await decide(story, f'customerLock(customer: "{await story.number(email=EMAIL)}")')
    [item, *_] = (await story.ask("{ reviewQueue { edges { node { id } } } }"))["reviewQueue"]["edges"]
    entry = Entry("2026-03-01T00:00:00+00:00", "test", "service", "write", ("test",))
    await AuditLog(story.database, story.vault).add(entry)
    ids = {
        "Decision": locked["decisionId"],
        "ReviewItem": item["node"]["id"],
        "AuditEntry": global_id("AuditEntry", "1"),
        "Customer": customer["customer"]["id"],
        "Transaction": customer["customer"]["transactions"]["edges"][0]["node"]["id"],
        "Brand": global_id("Brand", "pasta"),
        "Store": global_id("Store", "s-1"),
        "Segment": saved["segmentSave"]["segment"]["id"],
    }
    assert ids.keys() == FINDABLE.keys()
    for type_, id_ in ids.items():
        assert await story.ask(NODE, id=id_) == {"node": {"__typename": type_, "id": id_}}
        assert await story.ask(NODE, id=global_id(type_, "nobody-s")) == {"node": None}


@pytest.mark.parametrize("id_", ["x", global_id("SourceRecord", "web|1"), global_id("Query", "1")])
async def test_what_is_no_global_id_is_refused(story: Story, id_: str) -> None:
    assert (await story.refused(NODE, id=id_))[0] == "INVALID_INPUT"
