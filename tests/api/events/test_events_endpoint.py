"""POST /v1/events: the statuses and the body that senders rely on."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request

from api.events.events_endpoint import routes
from domain.errors import NotAuthenticated, Overloaded, Unavailable
from domain.settings import Settings
from ingest.delivery import EventOutcome
from matching.policy import default
from resolvers.access.caller import ALL_SCOPES, EVENT_WRITE, Caller
from tests.kit.memory import MemorySink, MemoryStore

EMAIL = "jane.roe@example.org"
KEY = {"authorization": "Bearer let-me-in"}


def identify(number: int, **fields: Any) -> dict[str, Any]:
    event = {"type": "identify", "messageId": f"m-{number}", "source": "till", "at": "2026-03-01T18:30:00Z"}
    return {**event, "subject": {"identifiers": {"email": EMAIL}}, **fields}


async def authenticate(request: Request) -> Caller:
    if request.headers.get("authorization") == "Bearer read-only":
        return Caller("reader", ALL_SCOPES - {EVENT_WRITE})
    if request.headers.get("authorization") != KEY["authorization"]:
        raise NotAuthenticated("The key is not known.")
    return Caller("till", ALL_SCOPES)


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
async def client(sink: MemorySink, store: MemoryStore) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(intake_max_body=100_000, intake_max_events=50)  # pyright: ignore[reportCallIssue]
    app = Starlette(routes=routes(sink, store, settings, authenticate, default()))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars", headers=KEY) as client:
        yield client


async def test_accepts_and_counts_duplicates(client: httpx.AsyncClient, sink: MemorySink) -> None:
    answer = await client.post("/v1/events", json=[identify(1), identify(2), identify(1)])
    assert answer.status_code == 200
    assert answer.json() == {"accepted": 2, "duplicates": 1, "refused": [], "warnings": []}
    assert [event.message_id for event in sink.events] == ["m-1", "m-2"]


async def test_takes_gzip_without_a_header(client: httpx.AsyncClient) -> None:
    answer = await client.post("/v1/events", content=gzip.compress(json.dumps(identify(1)).encode()))
    assert answer.json()["accepted"] == 1


async def test_refusals_are_quarantined_and_the_rest_is_taken(
    client: httpx.AsyncClient, sink: MemorySink, store: MemoryStore
) -> None:
    lines = [json.dumps(identify(1)), "{oops", json.dumps(identify(2, at="yesterday")), json.dumps(identify(3))]
    answer = await client.post("/v1/events", content="\n".join(lines))
    body = answer.json()
    assert answer.status_code == 200
    assert body["accepted"] == 2
    assert [(r["index"], r.get("messageId"), r["pointer"]) for r in body["refused"]] == [
        (1, None, ""),
        (2, "m-2", "/at"),
    ]
    assert all(r["message"] and r["hint"] for r in body["refused"])
    assert [store.refusals[r["quarantineId"]].raw for r in body["refused"]] == ["{oops", json.loads(lines[2])]
    assert [refusal.source for refusal in store.refusals.values()] == ["unknown", "till"]
    assert EMAIL not in answer.text


async def test_refusals_and_warnings_of_the_core(
    client: httpx.AsyncClient, sink: MemorySink, store: MemoryStore
) -> None:
    sink.outcomes["m-1"] = EventOutcome(
        "refused", pointer="/subject/identifiers/x", message="is no type", hint="Use one."
    )
    sink.outcomes["m-2"] = EventOutcome("accepted", warnings=("phone is not valid",))
    body = (await client.post("/v1/events", json=[identify(1), identify(2), {}])).json()
    assert [(r["index"], r["pointer"]) for r in body["refused"]] == [(0, "/subject/identifiers/x"), (2, "/type")]
    assert body["warnings"] == [{"index": 1, "message": "phone is not valid"}]
    assert len(store.refusals) == 2


@pytest.mark.parametrize("content", [b"", b"oops", b"[]", b"7", b'[{"type":', b"\x1f\x8b\x08"])
async def test_a_body_that_can_never_be_taken_is_400(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post("/v1/events", content=content)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "INVALID_INPUT"
    assert answer.json()["error"]["hint"]


@pytest.mark.parametrize(
    "content", [b"x" * 100_001, gzip.compress(b" " * 200_000, mtime=0), json.dumps([0] * 51).encode()]
)
async def test_too_large_is_413(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post("/v1/events", content=content)
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, "TOO_LARGE")


async def test_keys(client: httpx.AsyncClient, sink: MemorySink) -> None:
    answer = await client.post("/v1/events", json=[identify(1)], headers={"authorization": ""})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["error"]["code"] == "NOT_AUTHENTICATED"
    answer = await client.post("/v1/events", json=[identify(1)], headers={"authorization": "Bearer read-only"})
    assert answer.status_code == 403
    assert sink.submits == 0


async def test_overload_says_when_to_come_back(client: httpx.AsyncClient, sink: MemorySink) -> None:
    sink.fault = Overloaded("The queue is full.", retry_after=7)
    answer = await client.post("/v1/events", json=[identify(1)])
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    assert answer.json()["error"] == {"code": "OVERLOADED", "message": "The queue is full.", "hint": None}


@pytest.mark.parametrize(
    "fault", [Unavailable("The store does not answer."), ZeroDivisionError(EMAIL), KeyError(EMAIL)]
)
async def test_every_fault_of_ours_is_503(
    client: httpx.AsyncClient, sink: MemorySink, fault: Exception, capsys: pytest.CaptureFixture[str]
) -> None:
    sink.fault = fault
    answer = await client.post("/v1/events", json=[identify(1)])
    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "UNAVAILABLE")
    assert EMAIL not in answer.text + "".join(capsys.readouterr())
    assert (await client.post("/v1/events", json=[identify(1)])).json()["accepted"] == 1


async def test_no_refusal_is_answered_before_it_is_kept(
    client: httpx.AsyncClient, sink: MemorySink, store: MemoryStore
) -> None:
    store.fault = Unavailable("The quarantine is full.")
    answer = await client.post("/v1/events", json=[identify(1), {}])
    assert answer.status_code == 503
    store.fault = None
    body = (await client.post("/v1/events", json=[identify(1), {}])).json()
    assert (body["accepted"], body["duplicates"], len(body["refused"])) == (0, 1, 1)
