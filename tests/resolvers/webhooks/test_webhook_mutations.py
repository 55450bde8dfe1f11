"""Webhooks are made, changed and tried by who may, and a secret is shown once.

Tests resolvers.webhooks.webhook_queries too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from graph.webhooks import DELIVER
from resolvers.access.caller import ALL_SCOPES, WEBHOOK_MANAGE, Caller
from resolvers.kit.global_ids import key_of
from resolvers.webhooks.webhook import shown
from runtime.background_work import BackgroundWork, work_of
from tests.kit.hook_receiver import Hooks, hook_receiver
from tests.kit.story import ANN_AT_TILL, EMAIL, Story, order

pytestmark = pytest.mark.neo4j

FIELDS = """webhook { id url types brands state reason createdBy lastDeliveredAt lastAnswer failures failingSince
  deadLetterCount deadLetters { event type answer } } secret userErrors { code field message }"""
CREATE = """mutation($url: String!, $types: [String!], $brands: [String!]) {
  webhookCreate(url: $url, types: $types, brands: $brands) { %s } }"""
UPDATE = """mutation($id: ID!, $url: String, $state: WebhookState) {
  webhookUpdate(id: $id, url: $url, state: $state) { %s } }"""
ROTATE = "mutation($id: ID!, $hours: Int! = 24) { webhookRotateSecret(id: $id, overlapHours: $hours) { %s } }"
REPLAY = "mutation($id: ID!, $from: DateTime) { webhookReplay(id: $id, from: $from) { %s } }"
TEST = "mutation($id: ID!) { webhookTest(id: $id) { delivered answer userErrors { code } } }"
DELETE = "mutation($id: ID!) { webhookDelete(id: $id) { id userErrors { code field } } }"
ALL = "{ webhooks { id url brands } }"


@pytest.fixture
def hooks() -> Iterator[Hooks]:
    with hook_receiver() as hooks:
        yield hooks


@pytest.fixture
async def work(story: Story) -> BackgroundWork:
    work = work_of(story.database, story.vault, story.settings)
    await work.run_due()
    return work


async def create(story: Story, url: str, **given: Any) -> dict[str, Any]:
    return (await story.ask(CREATE % FIELDS, url=url, **given))["webhookCreate"]


async def test_a_webhook_gets_what_happens_from_now_on(story: Story, hooks: Hooks, work: BackgroundWork) -> None:
    made = await create(story, hooks.url)
    webhook, secret = made["webhook"], made["secret"]
    assert (webhook["state"], webhook["createdBy"], webhook["types"], webhook["brands"]) == (
        "ACTIVE",
        "test",
        None,
        None,
    )
    assert await work.run_due() >= 1
    assert hooks.requests == []
    await story.take(order("26T12:00", "hook-1", "pasta", "13.00", ANN_AT_TILL))
    assert await work.run_due() == 1
    [(headers, body)] = hooks.requests
    event = Webhook(secret).verify(body, headers)
    assert (event["type"], event["subject"], event["data"]["points"], event["data"]["brand"]) == (
        "points.earned", await story.number(email=EMAIL), 13, "pasta",
    )  # fmt: skip
    assert EMAIL not in str(event)
    row = await story.ask(
        "query($id: ID!) { webhook(id: $id) { lastDeliveredAt lastAnswer failures } }", id=webhook["id"]
    )
    assert row["webhook"] | {"lastDeliveredAt": None} == {
        "lastDeliveredAt": None,
        "lastAnswer": "status 204",
        "failures": 0,
    }
    assert "whsec_" not in str(await story.ask("{ webhooks { id url reason } }"))
    [stored] = await story.database.read_text("MATCH (w:Webhook) RETURN properties(w) AS w", operation="test")
    assert secret not in str(stored)
    assert str(hooks.port) not in str(stored)
    assert (await story.ask(DELETE, id=webhook["id"]))["webhookDelete"] == {"id": webhook["id"], "userErrors": []}
    assert (await story.ask(DELETE, id=webhook["id"]))["webhookDelete"]["userErrors"][0]["code"] == "NOT_FOUND"


async def test_a_new_secret_signs_beside_the_one_before(story: Story, hooks: Hooks) -> None:
    made = await create(story, hooks.url)
    rotated = (await story.ask(ROTATE % FIELDS, id=made["webhook"]["id"]))["webhookRotateSecret"]
    assert rotated["secret"] != made["secret"]
    assert (await story.ask(TEST, id=made["webhook"]["id"]))["webhookTest"] == {
        "delivered": True, "answer": "status 204", "userErrors": [],
    }  # fmt: skip
    headers, body = hooks.requests[-1]
    for secret in (made["secret"], rotated["secret"]):
        assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"
    refused = (await story.ask(ROTATE % FIELDS, id=made["webhook"]["id"], hours=200))["webhookRotateSecret"]
    assert (refused["secret"], refused["userErrors"][0]["field"]) == (None, ["overlapHours"])


async def test_events_are_replayed_from_a_moment(story: Story, hooks: Hooks, work: BackgroundWork) -> None:
    made = await create(story, hooks.url, types=["points.earned"])
    id_, before = made["webhook"]["id"], datetime.now(UTC).isoformat()
    await story.take(order("26T13:00", "hook-2", "pasta", "5.00", ANN_AT_TILL))
    await work.run_due()
    assert len(hooks.ids) == 1
    assert (await story.ask(REPLAY % FIELDS, id=id_, **{"from": before}))["webhookReplay"]["userErrors"] == []
    await work.run_due()
    assert len(hooks.ids) == 2
    assert len(set(hooks.ids)) == 1
    assert (await story.ask(REPLAY % FIELDS, id=id_))["webhookReplay"]["userErrors"] == []
    refused = (await story.ask(REPLAY % FIELDS, id=id_, **{"from": "yesterday"}))["webhookReplay"]
    assert refused["userErrors"][0]["field"] == ["from"]


async def test_a_disabled_webhook_goes_on_where_it_was(story: Story, hooks: Hooks, work: BackgroundWork) -> None:
    id_ = (await create(story, hooks.url))["webhook"]["id"]
    disabled = (await story.ask(UPDATE % FIELDS, id=id_, state="DISABLED"))["webhookUpdate"]["webhook"]
    assert (disabled["state"], disabled["reason"]) == ("DISABLED", None)
    await story.take(order("26T14:00", "hook-3", "pasta", "5.00", ANN_AT_TILL))
    await work.run_due()
    assert hooks.ids == []
    assert (await story.ask(UPDATE % FIELDS, id=id_, state="ACTIVE"))["webhookUpdate"]["webhook"]["state"] == "ACTIVE"
    await work.run_due()
    assert len(hooks.ids) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"url": "https://ann:s3cret@shop.example"}, "url"),
        ({"url": "ftp://shop.example"}, "url"),
        ({"url": "https://shop.example", "types": ["points.lost"]}, "types"),
        ({"url": "https://shop.example", "types": []}, "types"),
        ({"url": "https://shop.example", "brands": ["nobody"]}, "brands"),
        ({"url": "https://shop.example", "brands": []}, "brands"),
        ({"url": "https://shop.example", "brands": ["pasta"], "types": ["customer.merged"]}, "types"),
    ],
)
async def test_what_cannot_be_a_webhook_is_refused(story: Story, given: dict[str, Any], field: str) -> None:
    refused = await create(story, **given)
    assert (refused["webhook"], refused["secret"]) == (None, None)
    assert [(error["code"], error["field"]) for error in refused["userErrors"]] == [("INVALID_INPUT", [field])]


async def test_in_production_only_https_will_do(story: Story, hooks: Hooks) -> None:
    strict = replace(story, settings=story.settings.model_copy(update={"environment": "production"}))
    refused = await create(strict, hooks.url)
    assert refused["userErrors"][0]["field"] == ["url"]
    made = await create(strict, f"https://localhost:{hooks.port}/")
    tried = (await strict.ask(TEST, id=made["webhook"]["id"]))["webhookTest"]
    assert (tried["delivered"], tried["answer"]) == (False, "the address is not public")


async def test_who_may_see_some_brands_makes_and_knows_webhooks_of_these(story: Story, hooks: Hooks) -> None:
    whole = (await create(story, hooks.url))["webhook"]["id"]
    other = (await create(story, hooks.url, brands=["burger"]))["webhook"]["id"]
    pasta = Caller("pasta", frozenset({WEBHOOK_MANAGE}), brands=frozenset({"pasta"}))
    made = await story.run(CREATE % FIELDS, pasta, {"url": hooks.url})
    assert made.data is not None
    mine = made.data["webhookCreate"]["webhook"]
    assert (mine["brands"], mine["createdBy"]) == (["pasta"], "pasta")
    seen = await story.run(ALL, pasta)
    assert seen.data is not None
    assert [one["brands"] for one in seen.data["webhooks"]] == [["pasta"]]
    for id_ in (whole, other):
        for document, name in (
            (UPDATE % FIELDS, "webhookUpdate"),
            (ROTATE % FIELDS, "webhookRotateSecret"),
            (DELETE, "webhookDelete"),
            (TEST, "webhookTest"),
            (REPLAY % FIELDS, "webhookReplay"),
        ):
            result = await story.run(document, pasta, {"id": id_})
            assert result.data is not None
            assert result.data[name]["userErrors"][0]["code"] == "NOT_FOUND"
    refused = await story.run(CREATE % FIELDS, pasta, {"url": hooks.url, "brands": ["burger"]})
    assert refused.data is not None
    assert refused.data["webhookCreate"]["userErrors"][0]["code"] == "NOT_ALLOWED"
    assert shown([{"brands": None}, {"brands": ["pasta", "burger"]}], pasta) == []


async def test_a_scope_of_its_own_is_needed(story: Story) -> None:
    others = ALL_SCOPES - {WEBHOOK_MANAGE}
    assert (await story.refused(ALL, scopes=others))[0] == "NOT_ALLOWED"
    assert (await story.refused(CREATE % FIELDS, scopes=others, url="https://shop.example"))[0] == "NOT_ALLOWED"
    assert DELIVER == "webhook.deliver"


async def test_a_dead_job_is_seen_and_revived(story: Story, hooks: Hooks) -> None:
    id_ = (await create(story, hooks.url))["webhook"]["id"]
    one = "query($id: ID!) { webhook(id: $id) { state reason } }"
    for document, given in ((UPDATE, {"state": "ACTIVE"}), (REPLAY, {})):
        await story.database.run_schema(
            f"MATCH (j:Job {{about: '{key_of('Webhook', id_)}'}}) "
            "SET j.ended = 'dead', j.error = 'ValueError at x.py:1' REMOVE j.nextAt"
        )
        dead = (await story.ask(one, id=id_))["webhook"]
        assert dead["state"] == "ACTIVE"
        assert "dead (ValueError at x.py:1)" in dead["reason"]
        await story.ask(document % FIELDS, id=id_, **given)
        assert (await story.ask(one, id=id_))["webhook"] == {"state": "ACTIVE", "reason": None}


async def test_one_that_cannot_be_opened_is_shown_and_deleted(story: Story, hooks: Hooks) -> None:
    id_ = (await create(story, hooks.url))["webhook"]["id"]
    other = (await create(story, hooks.url))["webhook"]["id"]
    await story.database.run_schema(
        f"MATCH (a:Webhook {{id: '{key_of('Webhook', id_)}'}}), (b:Webhook {{id: '{key_of('Webhook', other)}'}}) "
        "SET a.sealed = b.sealed"
    )
    rows = {row["id"]: row for row in (await story.ask("{ webhooks { id url reason } }"))["webhooks"]}
    assert (rows[id_]["url"], rows[other]["url"]) == ("", hooks.url)
    assert "cannot be opened" in rows[id_]["reason"]
    for document, name in ((UPDATE % FIELDS, "webhookUpdate"), (ROTATE % FIELDS, "webhookRotateSecret")):
        assert (await story.ask(document, id=id_))[name]["userErrors"][0]["code"] == "CONFLICT"
    assert (await story.ask(TEST, id=id_))["webhookTest"]["userErrors"] == [{"code": "CONFLICT"}]
    assert (await story.ask(DELETE, id=id_))["webhookDelete"] == {"id": id_, "userErrors": []}
