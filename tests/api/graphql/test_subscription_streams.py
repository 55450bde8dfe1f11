"""Subscriptions over real WebSockets and event streams, on a real store: nothing missed, little asked, bounds kept.

Tests resolvers.feeds, resolvers.customer.profile_changed and resolvers.identity.identity_changed too.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from api.app import create_app
from privacy.audit_log import AuditLog
from tests.api.serving import KEY, served
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import EMAIL, Story, event, person
from tests.kit.waiting import LONG_S, until
from tests.peers import node

pytestmark = pytest.mark.neo4j

EVERY_S = 0.1
STREAMS = 3
CHANGED = "subscription($after: String) { identityChanged(after: $after) { cursor change { kind toNumber } } }"
PROFILE = """subscription($number: String!, $after: String) { profileChanged(customer: $number, after: $after) {
  cursor customer { number name visits: rfm { visits } } } }"""
FEED = "{ identityChanges(first: 100) { edges { cursor node { kind toNumber } } } }"


@pytest.fixture(scope="module")
async def url(story: Story) -> AsyncGenerator[str]:
    changes = {"feed_every_s": EVERY_S, "graphql_streams": STREAMS, "environment": "production"}
    app = create_app(
        story.settings.model_copy(update=changes),
        parts=story.parts,
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key=KEY,
    )
    async with served(app, ws="websockets-sansio") as url:
        yield url


@asynccontextmanager
async def socket(
    url: str, *, init: Any = None, protocol: str = "graphql-transport-ws"
) -> AsyncGenerator[ClientConnection]:
    address = url.replace("http:", "ws:") + "/graphql"
    async with connect(address, subprotocols=[Subprotocol(protocol)]) as connection:
        if init is not None:
            await connection.send(json.dumps({"type": "connection_init", "payload": init}))
        yield connection


@asynccontextmanager
async def ready(url: str) -> AsyncGenerator[ClientConnection]:
    async with socket(url, init={"Authorization": f"Bearer {KEY}"}) as connection:
        assert (await told_by(connection))["type"] == "connection_ack"
        yield connection


async def told_by(connection: ClientConnection, within: float = LONG_S) -> Any:
    return json.loads(await asyncio.wait_for(connection.recv(), within))


async def subscribe(connection: ClientConnection, query: str, name: str = "1", **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    await connection.send(json.dumps({"type": "subscribe", "id": name, "payload": payload}))


async def closed(connection: ClientConnection) -> int | None:
    try:
        while True:
            await told_by(connection)
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else None


_people = iter(range(1_000))


async def arrives(story: Story) -> None:
    """Somebody new, who is one change."""
    n = next(_people)
    await story.take(
        event("identify", "app", "20T10:00", subject=person("New", f"Person{n}", email=f"n{n}@example.org"))
    )


async def test_changes_come_as_they_happen_and_all_from_a_cursor(url: str, story: Story) -> None:
    known = [edge["cursor"] for edge in (await story.ask(FEED))["identityChanges"]["edges"]]
    async with ready(url) as connection:
        await subscribe(connection, CHANGED, "new")
        await subscribe(connection, CHANGED, "all", after=known[0])
        seen = [await told_by(connection) for _ in known[1:]]
        assert [(one["id"], one["payload"]["data"]["identityChanged"]["cursor"]) for one in seen] == [
            ("all", cursor) for cursor in known[1:]
        ]
        await asyncio.sleep(3 * EVERY_S)
        await arrives(story)
        both = [await told_by(connection) for _ in range(2)]
    assert {one["id"] for one in both} == {"new", "all"}
    assert {one["payload"]["data"]["identityChanged"]["change"]["kind"] for one in both} == {"CREATED"}
    edges = (await story.ask(FEED))["identityChanges"]["edges"]
    assert {one["payload"]["data"]["identityChanged"]["cursor"] for one in both} == {edges[-1]["cursor"]}


async def test_without_a_cursor_nothing_is_told_that_was_before(url: str, story: Story) -> None:
    for _ in range(3):
        await arrives(story)  # nobody has read the feed since
    async with ready(url) as connection:
        await subscribe(connection, CHANGED)
        with pytest.raises(TimeoutError):
            await told_by(connection, 6 * EVERY_S)
        await arrives(story)
        change = (await told_by(connection))["payload"]["data"]["identityChanged"]
    assert change["cursor"] == (await story.ask(FEED))["identityChanges"]["edges"][-1]["cursor"]


async def test_a_profile_comes_at_once_and_when_it_is_written_anew(url: str, story: Story) -> None:
    number = await story.number(email=EMAIL)
    async with ready(url) as connection:
        await subscribe(connection, PROFILE, number=number)
        first = (await told_by(connection))["payload"]["data"]["profileChanged"]
        assert (first["customer"]["number"], first["customer"]["name"]) == (number, "Ann Smith")
        await subscribe(connection, PROFILE, "2", number=number, after=first["cursor"])
        with pytest.raises(TimeoutError):
            await told_by(connection, 4 * EVERY_S)
        at_app = person(id_="app-1", email=EMAIL)
        await story.take(
            event("consent.changed", "app", "25T10:00", subject=at_app, consent={"purpose": "email", "granted": True})
        )
        both = [await told_by(connection) for _ in range(2)]
    assert {one["id"] for one in both} == {"1", "2"}
    cursors = {one["payload"]["data"]["profileChanged"]["cursor"] for one in both}
    assert len(cursors) == 1
    assert first["cursor"] not in cursors


async def test_all_subscribers_of_a_process_cost_one_look(url: str, story: Story) -> None:
    number = await story.number(email=EMAIL)

    async def looks(subscribers: int) -> float:
        """Looks in the time that one look may have."""
        async with ready(url) as connection:
            for n in range(subscribers):
                await subscribe(connection, PROFILE, str(n), number=number)
                await told_by(connection)
            before, started = story.database.round_trips, time.monotonic()
            await until(lambda: story.database.round_trips >= before + 5)
            return (story.database.round_trips - before) / (1 + (time.monotonic() - started) / EVERY_S)

    async def looks_on() -> bool:
        before = story.database.round_trips
        await asyncio.sleep(5 * EVERY_S)
        return story.database.round_trips > before

    assert await looks(1) <= 1.5
    assert await looks(15) <= 1.5
    async with asyncio.timeout(LONG_S):
        while await looks_on():  # nobody waits, so in the end nobody looks
            pass


@pytest.mark.parametrize("init", [{}, {"Authorization": "Bearer wrong"}, {"x-api-key": 1}])
async def test_no_key_no_connection(url: str, init: Any) -> None:
    async with socket(url, init=init) as connection:
        assert await closed(connection) == 4403


async def test_the_protocol_is_kept(url: str) -> None:
    async with socket(url) as connection:
        await subscribe(connection, CHANGED)
        assert await closed(connection) == 4401
    for message in (
        "[]",
        "1",
        "{",
        '{"type": "x"}',
        '{"type": "subscribe"}',
        '{"type": "subscribe", "id": 1, "payload": {}}',
    ):
        async with ready(url) as connection:
            await connection.send(message)
            assert await closed(connection) == 4400
    async with ready(url) as connection:
        await connection.send(json.dumps({"type": "ping"}))
        assert (await told_by(connection))["type"] == "pong"
        await subscribe(connection, CHANGED)
        await subscribe(connection, CHANGED)
        assert await closed(connection) == 4409


async def test_the_legacy_protocol_is_off(url: str) -> None:
    async with socket(url, protocol="graphql-ws") as connection:
        assert connection.subprotocol is None
        assert await closed(connection) == 4406


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{ brands { code } }", {}, "INVALID_INPUT"),
        ("mutation { __typename }", {}, "INVALID_INPUT"),
        ("subscription { nothing }", {}, "INVALID_INPUT"),
        (CHANGED, {"after": "nonsense"}, "INVALID_INPUT"),
        (PROFILE, {"number": "CUST-0000-0000-0000"}, "NOT_FOUND"),
        (PROFILE, {}, "INVALID_INPUT"),
        ("", {}, "INVALID_INPUT"),
    ],
)
async def test_only_subscriptions_and_only_good_ones(url: str, query: str, variables: Any, code: str) -> None:
    async with ready(url) as connection:
        await subscribe(connection, query, **variables)
        answer = await told_by(connection)
        errors = answer["payload"] if answer["type"] == "error" else answer["payload"]["errors"]
        assert [error["extensions"]["code"] for error in errors] == [code]
        await connection.send(json.dumps({"type": "ping"}))
        assert "pong" in {(await told_by(connection))["type"] for _ in range(2 if answer["type"] == "next" else 1)}


async def test_a_caller_has_so_many_streams_and_gets_them_back(url: str, story: Story) -> None:
    number = await story.number(email=EMAIL)
    async with ready(url), ready(url), ready(url):
        async with socket(url, init={"x-api-key": KEY}) as fourth:
            assert await closed(fourth) == 4429
        async with httpx.AsyncClient(base_url=url, headers=EVENTS) as client:
            refused = await client.post("/graphql", json={"query": CHANGED})
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (429, "OVERLOADED")
    for _ in range(STREAMS + 1):
        async with events(url, PROFILE, number=number) as lines:
            assert (await anext(lines))["data"]["profileChanged"]


async def test_the_audit_log_tells_why_a_profile_was_followed(url: str, story: Story) -> None:
    log, number = AuditLog(story.database, story.vault), await story.number(email=EMAIL)
    init = {"x-api-key": KEY, "X-Purpose": "ticket-4711"}
    async with socket(url, init=init) as connection:
        assert (await told_by(connection))["type"] == "connection_ack"
        await subscribe(connection, PROFILE, number=number)
        assert (await told_by(connection))["type"] == "next"
    headers = EVENTS | {"x-purpose": "ticket-4712"}
    content = {"query": PROFILE, "variables": {"number": number}}
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S) as client,
        client.stream("POST", "/graphql", json=content) as answer,
    ):
        assert await anext(line async for line in answer.aiter_lines() if line.startswith("data: "))
    newest = [entry.content for entry in await log.page(None, 2, customer=number)]
    assert [entry["why"] for entry in newest] == ["ticket-4712", "ticket-4711"]
    async with socket(url, init=init | {"X-Purpose": "Ann Smith called"}) as connection:
        assert (await told_by(connection))["type"] == "connection_ack"
        await subscribe(connection, PROFILE, number=number)
        refused = await told_by(connection)
        assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", "INVALID_INPUT")


EVENTS = {"x-api-key": KEY, "accept": "text/event-stream"}


@asynccontextmanager
async def events(url: str, query: str, **variables: Any) -> AsyncGenerator[AsyncGenerator[Any]]:
    async def read(answer: httpx.Response) -> AsyncGenerator[Any]:
        async for line in answer.aiter_lines():
            if line.startswith("data: "):
                yield json.loads(line.removeprefix("data: "))
            elif line == "event: complete":
                return

    content = {"query": query, "variables": variables}
    async with (
        httpx.AsyncClient(base_url=url, headers=EVENTS, timeout=LONG_S) as client,
        client.stream("POST", "/graphql", json=content) as answer,
    ):
        assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/event-stream")
        yield read(answer)


async def test_event_streams_tell_the_same(url: str, story: Story) -> None:
    [*_, last] = [edge["cursor"] for edge in (await story.ask(FEED))["identityChanges"]["edges"]]
    async with events(url, CHANGED, after=last) as lines:
        await arrives(story)
        change = (await anext(lines))["data"]["identityChanged"]
    assert (change["change"]["kind"], change["cursor"] != last) == ("CREATED", True)
    async with events(url, "{ brands { code } }") as lines:
        found = [one async for one in lines]
    assert [error["extensions"]["code"] for one in found for error in one["errors"]] == ["INVALID_INPUT"]
    async with httpx.AsyncClient(base_url=url, headers=EVENTS | {"x-api-key": "no"}) as client:
        assert (await client.post("/graphql", json={"query": CHANGED})).status_code == 401


@pytest.mark.parametrize("accept", ["application/json, text/event-stream", "text/event-stream, */*;q=0.1"])
async def test_a_client_that_accepts_both_gets_what_fits_the_operation(url: str, story: Story, accept: str) -> None:
    number = await story.number(email=EMAIL)
    headers = {"x-api-key": KEY, "accept": accept}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S) as client:
        answer = await client.post("/graphql", json={"query": "{ brands { code } }"})
        assert answer.headers["content-type"] == "application/json"
        assert answer.json()["data"]["brands"]
        content = {"query": PROFILE, "variables": {"number": number}}
        async with client.stream("POST", "/graphql", json=content) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            assert await anext(line async for line in answer.aiter_lines() if line.startswith("data: "))


async def test_urql_asks_changes_and_subscribes(url: str, story: Story) -> None:
    number = await story.number(email=EMAIL)
    for version in (5, 6):
        found = await asyncio.to_thread(node.run, "urql.mjs", f"{url}/graphql", KEY, number, str(version))
        assert found == {"brands": ["burger", "pasta"], "refused": "INVALID_INPUT", "number": number}


async def test_a_subscription_by_an_ordinary_request_is_told_how(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, headers={"x-api-key": KEY}) as client:
        answer = await client.post("/graphql", json={"query": CHANGED})
    assert "text/event-stream" in answer.json()["errors"][0]["extensions"]["hint"]
