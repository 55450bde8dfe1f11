"""Each known attack on GraphQL, over real HTTP: refused at once, without the store, and the service goes on."""

from __future__ import annotations

import asyncio
import gzip
import json
import time
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from api.app import create_app
from bench.kit.load_generator import exchange
from domain.settings import Settings
from tests.api.serving import KEY, NoStore, served
from tests.kit.building import parts_of
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.waiting import LONG_S

RESPONSE = "application/graphql-response+json"
JSON = {"content-type": "application/json"}
BODY_WITHIN_S = 1.0
MB = 2**20


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings.model_validate({"environment": "production", "body_timeout_s": BODY_WITHIN_S})
    app = create_app(settings, parts=parts_of(NoStore()), sink=MemorySink(), quarantine=MemoryStore(), api_key=KEY)
    headers = {"x-api-key": KEY, "accept": RESPONSE}
    async with served(app) as url, httpx.AsyncClient(base_url=url, headers=headers, timeout=LONG_S) as client:
        yield client
        assert (await client.post("/graphql", json={"query": "{__typename}"})).status_code == 200


DOCUMENTS = {
    "aliases": "{" + " ".join(f"a{n}: brands {{ code }}" for n in range(200)) + "}",
    "aliases of a leaf": "{ brands {" + " ".join(f"a{n}: code" for n in range(400)) + "} }",
    "field overload": "{ brands {" + "code " * 900 + "} }",
    "directives": "{ __typename" + " @include(if: true)" * 300 + " }",
    "unknown directives": "{ __typename" + " @a" * 900 + " }",
    "fragment cycle": "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }",
    "self reference": "{ ...A } fragment A on Query { __typename ...A }",
    "fragments by powers": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
    + " fragment F60 on Query { __typename }",
    "deep fragments": "{ ...F0 } "
    + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(300))
    + " fragment F300 on Query { __typename }",
    "deep introspection": "{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }",
    "circular introspection": "{ __schema { types " + "{ fields { type " * 200 + "{ name }" + " } }" * 200 + " } }",
    "introspection by a fragment": '{ ...F } fragment F on Query { s: __type(name: "Query") { name } }',
    "depth": "{ segments { members { edges { node " + "{ household " * 100 + "}" * 100 + " } } } }",
    "deep lists": "{ node(id: " + "[" * 900 + "]" * 900 + ") { id } }",
    "many operations": " ".join(f"query Q{n} {{ __typename }}" for n in range(300)),
    "many variables": "query(" + " ".join(f"$v{n}: Int" for n in range(600)) + ") { __typename }",
    "pages in pages": '{customerSearch(text: "x", first: 100) {edges {node {journey(first: 100) {edges {cursor}}}}}}',
    "null bytes": "{ __typename \x00 }",
    "a long number": '{ customerSearch(text: "x", first: ' + "9" * 20_000 + ") { edges { cursor } } }",
}


@pytest.mark.parametrize("attack", DOCUMENTS)
async def test_a_document_is_refused(client: httpx.AsyncClient, attack: str) -> None:
    answer = await client.post("/graphql", json={"query": DOCUMENTS[attack]})
    assert answer.status_code == 400
    assert "data" not in answer.json()
    assert {error["extensions"]["code"] for error in answer.json()["errors"]} <= {"INVALID_INPUT", "TOO_LARGE"}
    assert len(answer.content) < 64 * 1024


async def test_arrays_of_operations_are_refused(client: httpx.AsyncClient) -> None:
    for batch in ([], [{"query": "{__typename}"}] * 50):
        answer = await client.post("/graphql", json=batch)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "INVALID_INPUT")


def nested(levels: int, *, key: str | None = None) -> Any:
    value: Any = None
    for _ in range(levels):
        value = {key: value} if key else [value]
    return value


SAVE = "mutation($input: SegmentSaveInput!) { segmentSave(input: $input) { segment { id } } }"
FIND = "query($by: CustomerBy!) { customer(by: $by) { number } }"
VARIABLES: dict[str, tuple[str, Any]] = {
    "a text for an object": (FIND, "email"),
    "a list for an object": (FIND, [{"email": "a@example.org"}]),
    "an object for a text": (FIND, {"email": {"$ne": ""}}),
    "a number for a text": (FIND, {"phone": 12}),
    "unknown fields": (FIND, {"email": "a@example.org", "$where": "1"}),
    "prototype": (FIND, {"__proto__": {"email": "a@example.org"}}),
    "too deep a list": (FIND, {"email": nested(900)}),
    "too deep a rule": (SAVE, {"name": "x", "rule": nested(450, key="not")}),
    "infinite": ("query($by: Int) { stores(first: $by) { edges { cursor } } }", 1e308),
    "beyond 32 bits": ("query($by: Int) { stores(first: $by) { edges { cursor } } }", 2**40),
}


@pytest.mark.parametrize("case", VARIABLES)
async def test_variables_of_the_wrong_shape(client: httpx.AsyncClient, case: str) -> None:
    document, value = VARIABLES[case]
    answer = await client.post("/graphql", json={"query": document, "variables": {"by": value, "input": value}})
    errors = answer.json()["errors"]
    assert answer.status_code in (200, 400)
    assert {error["extensions"]["code"] for error in errors} <= {"INVALID_INPUT", "TOO_LARGE"}
    assert len(answer.content) < 64 * 1024


async def test_a_hundred_megabytes_are_not_kept(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncGenerator[bytes]:
        for _ in range(100):
            yield b" " * MB

    process = psutil.Process()
    before = process.memory_info().rss
    try:
        answer = await client.post("/graphql", content=chunks(), headers=JSON)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")
    except (httpx.WriteError, httpx.ReadError):
        pass  # the answer came while the client was still sending
    assert process.memory_info().rss - before < 50 * MB


async def test_a_gzip_bomb_is_not_unpacked(client: httpx.AsyncClient) -> None:
    bomb = gzip.compress(b" " * (50 * MB))
    assert len(bomb) < 64 * 1024
    before = psutil.Process().memory_info().rss
    for headers in (JSON, JSON | {"content-encoding": "gzip"}):
        answer = await client.post("/graphql", content=bomb, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "TOO_LARGE")
    assert psutil.Process().memory_info().rss - before < 20 * MB


async def test_a_body_that_drips_is_cut_off_and_holds_nobody_up(client: httpx.AsyncClient) -> None:
    at = urlsplit(str(client.base_url))
    reader, writer = await asyncio.open_connection(at.hostname, at.port)
    head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nX-API-Key: {KEY}\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: 1000\r\n\r\n".encode())
    started = time.perf_counter()

    async def drip() -> None:
        while True:
            writer.write(b" ")
            await asyncio.sleep(0.05)

    dripping = asyncio.create_task(drip())
    try:
        assert (await client.post("/graphql", json={"query": "{__typename}"})).status_code == 200
        # Not to the end of the connection: what drips in after the answer has it reset.
        status, body, _ = await asyncio.wait_for(exchange(reader), LONG_S)
    finally:
        dripping.cancel()
        writer.close()
    assert status == 408
    assert json.loads(body)["errors"][0]["extensions"]["code"] == "TOO_SLOW"
    assert time.perf_counter() - started >= BODY_WITHIN_S


async def test_a_form_of_another_site_changes_nothing(client: httpx.AsyncClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        body = json.dumps({"query": "mutation { __typename }"})
        answer = await client.post(
            "/graphql", content=body, headers={"content-type": kind, "origin": "https://evil.test"}
        )
        assert answer.status_code == 415
    answer = await client.get("/graphql", params={"query": "mutation { __typename }"})
    assert answer.status_code == 405


async def test_nothing_is_traced(client: httpx.AsyncClient) -> None:
    headers = {"x-apollo-tracing": "1", "apollo-query-plan-experimental": "1"}
    answer = await client.post("/graphql", json={"query": "{__typename}"}, headers=headers)
    assert set(answer.json().get("extensions", ())) <= {"cost"}
