"""The Segment endpoints: who is let in, what is answered, and that a bad message costs only itself."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from api.events.segment_com_endpoint import MAX_BATCH, MAX_MESSAGE, routes, write_keys
from domain.errors import NotAuthenticated, Overloaded, Unavailable
from domain.settings import Settings
from ingest.delivery import EventOutcome
from matching.policy import default
from tests.kit.memory import MemorySink, MemoryStore

TRACK: dict[str, Any] = {"type": "track", "event": "x", "userId": "u-1", "timestamp": "2026-03-01T18:30:00Z"}


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def client(sink: MemorySink, store: MemoryStore) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(intake_max_body=100_000, intake_max_events=50)  # pyright: ignore[reportCallIssue]
    app = Starlette(routes=routes(sink, store, settings, write_keys("api.key"), default()))
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://regulars", auth=("api.key", "")
    ) as client:
        yield client


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group"])
async def test_one_message_a_request(client: httpx.AsyncClient, sink: MemorySink, kind: str) -> None:
    answer = await client.post(f"/v1/{kind}", json={"userId": "u-1", "event": "x"})
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert len(sink.events) == 1


@pytest.mark.parametrize("path", ["batch", "import"])
async def test_a_bad_message_is_quarantined_and_its_batch_taken(
    client: httpx.AsyncClient, sink: MemorySink, store: MemoryStore, path: str
) -> None:
    nan = json.dumps({"batch": [{**TRACK, "properties": {"x": float("nan")}}, {**TRACK, "type": "delete"}, 7]})
    answer = await client.post(f"/v1/{path}", content=nan)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert len(sink.events) == 1
    assert [(r.pointer, r.format, r.source) for r in store.refusals.values()] == [
        ("/type", "segment", "segment"),
        ("", "segment", "segment"),
    ]


@pytest.mark.parametrize("bad", [b'{"type":"track","event":"Jos\xc3"}', b'{"a":"\n"}', b'{"a":' + b"[" * 5_000 + b"}"])
async def test_a_message_that_cannot_be_read_is_quarantined_and_its_batch_taken(
    client: httpx.AsyncClient, sink: MemorySink, store: MemoryStore, bad: bytes
) -> None:
    good = json.dumps(TRACK).encode()
    body = b'{"batch":[%s,%s,%s],"writeKey":"api.key.bella"}' % (good, bad, good.replace(b"u-1", b"u-2"))
    answer = await client.post("/v1/batch", content=body, auth=httpx.Auth())
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert [event.source for event in sink.events] == ["bella", "bella"]
    [refusal] = store.refusals.values()
    assert (refusal.message, refusal.source, refusal.raw) == ("is not JSON", "bella", bad.decode("utf-8", "replace"))


async def test_warnings_are_logged_without_what_was_sent(client: httpx.AsyncClient, sink: MemorySink) -> None:
    sink.outcomes = {name: EventOutcome("accepted", ("/subject/id: is a placeholder",)) for name in ("m-1", "m-2")}
    with capture_logs() as logs:
        await client.post("/v1/batch", json={"batch": [{**TRACK, "messageId": name} for name in ("m-1", "m-2", "m-3")]})
    assert [(line["source"], line["warnings"]) for line in logs] == [("segment", {"/subject/id: is a placeholder": 2})]


async def test_an_empty_batch_is_a_success(client: httpx.AsyncClient) -> None:
    assert (await client.post("/v1/batch", json={"batch": []})).json() == {"success": True}


async def test_the_write_key_in_the_body(client: httpx.AsyncClient, sink: MemorySink, store: MemoryStore) -> None:
    body = {"batch": [TRACK, {"type": "x"}], "writeKey": "api.key.bella"}
    answer = await client.post("/v1/batch", json=body, auth=httpx.Auth(), headers={"authorization": ""})
    assert answer.status_code == 200
    assert sink.events[0].source == "bella"
    assert "api.key" not in repr(store.refusals)


@pytest.mark.parametrize(
    ("authorization", "body"),
    [
        ("", {}),
        ("", {"writeKey": "other"}),
        ("", {"writeKey": "api.key.Not A Slug"}),
        ("", {"writeKey": "api.keys"}),
        ("", {"writeKey": "api.key."}),
        ("Bearer api.key", {}),
        ("Basic !!", {"writeKey": "api.key"}),
        ("Basic YXBp", {"writeKey": "api.key"}),
    ],
)
async def test_wrong_keys(client: httpx.AsyncClient, sink: MemorySink, authorization: str, body: Any) -> None:
    headers = {"authorization": authorization}
    answer = await client.post("/v1/track", json={**TRACK, **body}, headers=headers, auth=httpx.Auth())
    assert answer.status_code == 401
    assert answer.json()["code"] == answer.json()["error"]["code"] == "NOT_AUTHENTICATED"
    assert sink.submits == 0


async def test_sources_of_write_keys() -> None:
    sender_of = write_keys("k")
    assert [(await sender_of(key)).source for key in ("k", "k.bella-web")] == ["segment", "bella-web"]
    with pytest.raises(NotAuthenticated):
        await sender_of("")


@pytest.mark.parametrize(("content", "status"), [(b"", 400), (b"oops", 400), (b"7", 400), (b" " * 100_001, 413)])
async def test_what_can_never_be_taken(client: httpx.AsyncClient, content: bytes, status: int) -> None:
    answer = await client.post("/v1/batch", content=content)
    assert (answer.status_code, answer.json()["success"]) == (status, False)


async def test_our_faults_are_worth_another_try(client: httpx.AsyncClient, sink: MemorySink) -> None:
    for fault, status in ((Overloaded("Full."), 429), (Unavailable("Down."), 503), (ValueError("bug"), 503)):
        sink.fault = fault
        answer = await client.post("/v1/batch", json={"batch": [TRACK]})
        assert (answer.status_code, answer.headers["retry-after"]) == (status, "1")


BODY_KEY = b'"writeKey":"other"'
HOSTILE = {
    "objects": b'{"batch":[' + b"{}," * 30_000 + b"{}]," + BODY_KEY + b"}",
    "arrays and what JSON has not": b'{"batch":[' + b"[[]]," * 18_000 + b"NaN]," + BODY_KEY + b"}",
    "no key": b'{"batch":[' + b"{}," * 30_000 + b"{}]}",
    "an array": b"[" + b"{}," * 30_000 + b"{}]",
    "brackets": b"[" * 90_000,
    "brackets behind a key": b"{" + BODY_KEY + b":" + b"[" * 90_000,
    "many keys": b"[" + b'{"writeKey":"other"},' * 4_000 + b"0]",
    "keys without end": b'{"writeKey" ' * 8_000,
    "spaces": b'{"writeKey"' + b" " * 90_000,
    "a key that is no text": b'{"batch":[' + b"{}," * 30_000 + b'{}],"writeKey":7}',
}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
async def test_nothing_is_parsed_for_who_has_no_key(
    client: httpx.AsyncClient, sink: MemorySink, monkeypatch: pytest.MonkeyPatch, body: bytes, packed: bool
) -> None:
    monkeypatch.setattr("api.events.segment_com_endpoint.load_body", None)
    content = gzip.compress(body) if packed else body
    answer = await client.post("/v1/batch", content=content, auth=httpx.Auth(), headers={"authorization": ""})
    assert (answer.status_code, answer.json()["code"]) == (401, "NOT_AUTHENTICATED")
    assert sink.submits == 0


async def test_who_has_no_key_unpacks_no_more_than_a_batch(sink: MemorySink, store: MemoryStore) -> None:
    settings = Settings()  # pyright: ignore[reportCallIssue]
    app = Starlette(routes=routes(sink, store, settings, write_keys("api.key"), default()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars") as client:
        bomb = gzip.compress(b'{"batch":[' + b"{}," * 1_390_000 + b"{}]}")
        assert (await client.post("/v1/batch", content=bomb)).status_code == 413
        fits = json.dumps({"batch": [], "writeKey": "api.key"}).ljust(MAX_BATCH)
        assert (await client.post("/v1/batch", content=fits)).status_code == 200
        assert (await client.post("/v1/batch", content=fits + " ")).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        {"batch": [{**TRACK, "properties": {"writeKey": "other"}}], "writeKey": "api.key"},
        {"writeKey": "api.key", "batch": [{**TRACK, "properties": {"writeKey": "other"}}]},
        {"writeKey": "api.key", "batch": [{**TRACK, "writeKey": "api.key"}]},
    ],
)
async def test_the_write_key_is_found_among_others(client: httpx.AsyncClient, sink: MemorySink, body: Any) -> None:
    answer = await client.post("/v1/batch", json=body, auth=httpx.Auth(), headers={"authorization": ""})
    assert (answer.status_code, len(sink.events)) == (200, 1)


@pytest.mark.parametrize("key", ["", "other"])
async def test_a_write_key_inside_a_message_is_none(client: httpx.AsyncClient, sink: MemorySink, key: str) -> None:
    body = {"batch": [{**TRACK, "writeKey": "api.key"}], **({"writeKey": key} if key else {})}
    answer = await client.post("/v1/batch", json=body, auth=httpx.Auth(), headers={"authorization": ""})
    assert (answer.status_code, sink.submits) == (401, 0)


async def test_a_large_message_is_refused_alone(
    client: httpx.AsyncClient, sink: MemorySink, store: MemoryStore
) -> None:
    large = {**TRACK, "properties": {"text": "x" * MAX_MESSAGE}}
    answer = await client.post("/v1/batch", json={"batch": [large, TRACK]})
    assert (answer.status_code, len(sink.events)) == (200, 1)
    assert [refusal.message for refusal in store.refusals.values()] == [f"is larger than {MAX_MESSAGE} bytes"]
