"""Subscriptions that are refused before anything of them runs: told by both protocols, paid for, and in no log."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from api.app import create_app
from api.graphql.subscription_streams import MAX_EARLY
from domain.settings import Settings
from resolvers.bounds.budget import REFUSED
from tests.api.serving import KEY, NoStore, served
from tests.kit.building import parts_of
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.waiting import LONG_S

OPENED = 'subscription { profileChanged(customer: "jane.roe@example.org'
WRONG = {
    "nothing closes": OPENED + '") {',
    "not closed text": OPENED + ") { cursor } }",
    "too many tokens": OPENED + '") { ' + "cursor " * 3_000 + "} }",
    "which of two": "subscription A { identityChanged { cursor } } subscription B { identityChanged { cursor } }",
    "over a limit": "subscription { identityChanged {" + "cursor " * 600 + "} }",
    "unknown field": "subscription { nothing }",
    "no subscription": "{ brands { code } }",
}


@asynccontextmanager
async def service(**changes: Any) -> AsyncGenerator[str]:
    app = create_app(
        Settings.model_validate({"environment": "production"} | changes),
        parts=parts_of(NoStore()),
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key=KEY,
    )
    async with served(app, ws="websockets-sansio") as url:
        yield url


async def by_events(url: str, query: str) -> list[dict[str, Any]]:
    """The errors that an event stream tells; it must end in order."""
    headers = {"x-api-key": KEY, "accept": "text/event-stream"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S) as client:
        text = (await client.post("/graphql", json={"query": query})).text
    assert text.endswith("event: complete\ndata:\n\n")
    [told] = [line.removeprefix("data: ") for line in text.splitlines() if line.startswith("data: ")]
    return json.loads(told)["errors"]


async def by_socket(url: str, query: str) -> list[dict[str, Any]]:
    """The errors that a WebSocket tells, which then is as good as before."""
    async with connect(
        url.replace("http:", "ws:") + "/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
    ) as ws:

        async def told(type_: str) -> Any:
            message = json.loads(await asyncio.wait_for(ws.recv(), LONG_S))
            assert message["type"] == type_, message
            return message.get("payload")

        await ws.send(json.dumps({"type": "connection_init", "payload": {"x-api-key": KEY}}))
        await told("connection_ack")
        await ws.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": query}}))
        errors = await told("error")
        await ws.send(json.dumps({"type": "ping"}))
        await told("pong")
    return errors


WAYS = pytest.mark.parametrize("ask", [by_events, by_socket])


@WAYS
@pytest.mark.parametrize("document", WRONG.values(), ids=WRONG)
async def test_it_is_told_and_not_logged(
    ask: Any, document: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with service() as url:
        [error] = await ask(url, document)
    assert error["extensions"]["code"] == "INVALID_INPUT"
    logged = caplog.text + "".join(capsys.readouterr())
    assert "jane" not in logged
    assert "Traceback" not in logged


@WAYS
@pytest.mark.parametrize("document", [WRONG["nothing closes"], WRONG["unknown field"]])
async def test_it_costs_what_reading_it_costs_us(ask: Any, document: str) -> None:
    async with service(graphql_bucket=2 * REFUSED, graphql_restored_per_second=1) as url:
        found = [(await ask(url, document))[0]["extensions"]["code"] for _ in range(3)]
    assert found == ["INVALID_INPUT", "INVALID_INPUT", "THROTTLED"]


FOLLOWED = "subscription { identityChanged { cursor } }"


@WAYS
async def test_a_fault_of_ours_is_told_without_what_it_says(
    ask: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise RuntimeError(OPENED)

    async with service() as url:
        monkeypatch.setattr("resolvers.schema.Schema.stream", fail)
        [error] = await ask(url, FOLLOWED)
    assert (error["extensions"]["code"], error["message"]) == ("INTERNAL", "Something went wrong on our side.")
    assert "jane" not in caplog.text


WITHOUT_KEY = {
    "brackets": ("[" * 30_000, 4400),
    "objects in objects": ('{"a":' * 5_000, 4400),
    "a message nested deeply": ('{"type":"connection_init","payload":' + "[" * 5_000 + "]" * 5_000 + "}", 4400),
    "many values": ("[" + "[]," * 20_000 + "0]", 4400),
    "no object": ("7", 4400),
    "no JSON": ("NaN", 4400),
    "a lone surrogate": ('{"type": "\\ud800"}', 4400),
    "a payload that is none": ('{"type":"connection_init","payload":[1]}', 4400),
    "bytes": (b"{}", 4400),
    "a subscription": ('{"type":"subscribe","id":"1","payload":{"query":"{ brands { code } }"}}', 4401),
    "no key": ('{"type":"connection_init","payload":{}}', 4403),
}


@pytest.mark.parametrize(("message", "code"), WITHOUT_KEY.values(), ids=WITHOUT_KEY)
async def test_what_comes_before_the_key_closes_the_socket(
    message: str | bytes, code: int, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    async with service() as url, connect(_address(url), subprotocols=[Subprotocol("graphql-transport-ws")]) as ws:
        await ws.send(message)
        await asyncio.wait_for(ws.wait_closed(), 10)
    assert ws.close_code == code
    assert "Traceback" not in caplog.text + "".join(capsys.readouterr())


async def test_few_messages_come_before_the_key() -> None:
    async with service() as url, connect(_address(url), subprotocols=[Subprotocol("graphql-transport-ws")]) as ws:
        for _ in range(MAX_EARLY + 1):
            await ws.send('{"type":"ping"}')
        await asyncio.wait_for(ws.wait_closed(), 10)
    assert ws.close_code == 4401


def _address(url: str) -> str:
    return url.replace("http:", "ws:") + "/graphql"
