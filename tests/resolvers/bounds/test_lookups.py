"""Look-ups by what somebody may try out are counted, and those that find nobody cost more and are limited."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.cost_bucket import MemoryBucket
from domain.errors import Throttled
from privacy.audit_log import AuditLog, Entry
from resolvers.access.caller import Caller
from resolvers.bounds.budget import MISS, Budget
from resolvers.bounds.lookups import Lookups
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import CARD, EMAIL, PHONE, Story

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
