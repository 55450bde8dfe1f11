"""Look-ups by what somebody may try out are counted, and those that find nobody cost more and are limited."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from graphql import get_named_type

from api.app import create_app
from api.cost_bucket import MemoryBucket
from domain.errors import Throttled
from privacy.audit_log import AuditLog, Entry
from resolvers.access.caller import ALL_SCOPES, PROFILE_FIND, Caller
from resolvers.bounds.budget import MISS, Budget
from resolvers.bounds.lookups import Lookups
from resolvers.context import Context
from resolvers.schema import make_schema
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import CARD, EMAIL, NOW, PHONE, Story

TILL = Caller("till", frozenset())


class Log(AuditLog):
    def __init__(self) -> None:
        self.entries: list[Entry] = []

    async def add(self, entry: Entry) -> None:
        self.entries.append(entry)


async def test_each_callers_look_ups_stand_in_the_audit_log() -> None:
    log = Log()
    lookups = Lookups(log, MemoryBucket(100, 1), every_s=0.01)
    for caller, found in ((TILL, True), (TILL, False), (TILL, False), (Caller("shop", frozenset()), True)):
        await lookups.made(caller, Budget(), found=found)
    await asyncio.gather(*lookups._noting)  # pyright: ignore[reportPrivateUsage]
    assert {(entry.actor, entry.action, *entry.what, entry.events) for entry in log.entries} == {
        ("till", "find", "customer.found", 1),
        ("till", "find", "customer.missed", 2),
        ("shop", "find", "customer.found", 1),
    }
    assert all(entry.customers == () for entry in log.entries)


async def test_who_misses_too_often_waits() -> None:
    now = [0.0]
    bucket = MemoryBucket(2, 1, clock=lambda: now[0])
    lookups = Lookups(Log(), bucket, clock=lambda: now[0])
    for found in (True, False, True, True, False):
        lookups.check(TILL)
        await lookups.made(TILL, Budget(), found=found)
    with pytest.raises(Throttled):
        lookups.check(TILL)
    lookups.check(Caller("another", frozenset()))
    now[0] += 1.5
    lookups.check(TILL)
    await lookups.made(TILL, Budget(), found=False)
    with pytest.raises(Throttled):
        lookups.check(TILL)


async def test_a_miss_has_a_price_of_its_own() -> None:
    meter = Budget("till", MemoryBucket(10 * MISS, 1))
    await meter.charge(5)
    await Lookups(Log(), MemoryBucket(100, 1)).made(TILL, meter, found=True)
    assert meter.cost == 5
    await Lookups(Log(), MemoryBucket(100, 1)).made(TILL, meter, found=False)
    assert meter.cost == 5 + MISS


BY: list[dict[str, Any]] = [
    {"phone": "+12125559999"},
    {"email": "nobody@example.org"},
    {"card": "REG-0000-0000"},
    {"device": "no-device"},
    {"externalId": {"source": "web", "id": "web-999"}},
]
KNOWN: list[dict[str, Any]] = [{"phone": PHONE}, {"email": EMAIL}, {"card": CARD}]
DOCUMENT = "query($by: CustomerBy!) { customer(by: $by) { number } }"


@pytest.mark.neo4j
async def test_every_way_to_try_out_numbers_is_limited(story: Story) -> None:
    settings = story.settings.model_copy(update={"graphql_misses": 2})
    for by in BY:
        app = create_app(settings, parts=story.parts, sink=MemorySink(), quarantine=MemoryStore(), api_key="key")
        headers = {"authorization": "Bearer key"}
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://regulars", headers=headers
        ) as client:

            async def ask(document: str, **variables: Any) -> httpx.Response:
                return await client.post("/graphql", json={"query": document, "variables": variables})

            for known in KNOWN * 2:
                assert (await ask(DOCUMENT, by=known)).json()["data"]["customer"]["number"], known
            number = (await ask(DOCUMENT, by=KNOWN[0])).json()["data"]["customer"]["number"]
            for _ in range(2):
                missed = (await ask(DOCUMENT, by=by)).json()
                assert missed["data"] == {"customer": None}
                assert missed["extensions"]["cost"]["requested"] > MISS
            throttled = await ask(DOCUMENT, by=by)
            assert (throttled.status_code, throttled.json()["errors"][0]["extensions"]["code"]) == (429, "THROTTLED")
            search = json.dumps(str(by))
            searched = await ask(f"{{ customerSearch(text: {search}) {{ edges {{ node {{ number }} }} }} }}")
            assert searched.status_code == 429
            assert (await ask(DOCUMENT, by={"customerNumber": number})).status_code == 200


NOBODY = '{externalId: {source: "web", id: "web-999"}}'
KNOWN_RECORD = '{externalId: {source: "app", id: "app-1"}}'
WAYS = {
    "customer": 'customer(by: {phone: "+12125559999"}) { number }',
    "customer then": 'customer(by: {phone: "+12125559999"}, asOf: "2026-03-30T00:00:00Z") { number }',
    "customersBy": 'customersBy(by: {email: "nobody@example.org"}) { number }',
    "customersBy record": f"customersBy(by: {NOBODY}) {{ number }}",
    "customerSearch": 'customerSearch(text: "nobody@example.org") { edges { cursor } }',
    "receipt": 'receipt(by: {source: "till", id: "o-999"}) { customerNumber }',
    "identityWhy": f"identityWhy(a: {NOBODY}, b: {KNOWN_RECORD}) {{ summary }}",
    "identityWhyNot": f"identityWhyNot(a: {KNOWN_RECORD}, b: {NOBODY}) {{ summary }}",
    "identityPath": f"identityPath(a: {NOBODY}, b: {KNOWN_RECORD}) {{ summary }}",
    "identityNeighbourhood": f"identityNeighbourhood(customer: {NOBODY}) {{ truncated }}",
    "clusterHealth": f"clusterHealth(customer: {NOBODY}) {{ __typename }}",
}
"""Every field that takes what somebody may try out, and finds nobody."""


@pytest.mark.neo4j
@pytest.mark.parametrize("way", WAYS)
async def test_each_way_to_look_up_needs_the_scope_is_counted_and_limited(story: Story, way: str) -> None:
    log = Log()
    lookups = Lookups(log, MemoryBucket(2, 1, clock=lambda: 0.0), every_s=0.01, clock=lambda: 0.0)
    text = f"{{ {WAYS[way]} }}"

    async def ask() -> tuple[Context, list[dict[str, Any]]]:
        context = Context(story.parts, story.settings, Caller("test", ALL_SCOPES), now=NOW, lookups=lookups)
        return context, story.shown(await story.schema.execute(text, context_value=context))

    for _ in range(2):
        context, _ = await ask()
        assert (context.meter.cost or 0) >= MISS
    _, refused = await ask()
    assert [error["extensions"]["code"] for error in refused] == ["THROTTLED"]
    await asyncio.gather(*lookups._noting)  # pyright: ignore[reportPrivateUsage]
    assert {entry.what for entry in log.entries} == {("customer.missed",)}
    assert sum(entry.events for entry in log.entries) == 2
    caller = Caller("no finder", ALL_SCOPES - {PROFILE_FIND})
    refused = story.shown(await story.run(text, caller))
    assert [error["extensions"]["code"] for error in refused] == ["NOT_ALLOWED"]


def test_every_field_that_takes_such_a_value_is_tried() -> None:
    takes = {"CustomerBy", "IdentityBy", "ExternalId"}
    found = {
        name
        for name, field in make_schema()._schema.query_type.fields.items()  # type: ignore[union-attr]
        if any(get_named_type(argument.type).name in takes for argument in field.args.values())
    }
    assert found | {"customerSearch"} == {way.partition(" ")[0] for way in WAYS}
