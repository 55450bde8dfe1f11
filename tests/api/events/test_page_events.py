"""What a public key says: its own browser or device, whatever else stands in the event."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.cost_bucket import MemoryBucket
from api.events import events_endpoint, segment_com_endpoint
from api.events.page_events import page_event
from api.events.sender_limits import limited_reader, rights_of
from domain.errors import EventRefused
from domain.events import Identify, Track
from domain.settings import Settings
from ingest.parse import parse
from matching.policy import default
from resolvers.access.caller import Caller
from resolvers.access.roles import ROLES
from tests.kit.memory import MemorySink, MemoryStore

PAGE = Caller("page", ROLES["page"].scopes, brands=frozenset(("pasta",)), sources=frozenset(("pages",)))
ENVELOPE = {"messageId": "m-1", "source": "pages", "at": "2026-03-01T18:30:00Z"}
ORDER = {"id": "1", "store": "s-1", "currency": "USD", "total": "1.00"}
COOKIE = {"anonymous_id": "cookie-1"}


def event(type_: str, subject: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**ENVELOPE, "type": type_, "subject": subject, **more}


@pytest.mark.parametrize(
    "raw",
    [
        event("order.completed", {"identifiers": COOKIE}, brand="pasta", order=ORDER),
        event("order.placed", {"identifiers": COOKIE}, brand="pasta", order=ORDER),
        event("order.refunded", {"identifiers": COOKIE}, refund={"id": "1", "order": "1", "currency": "USD"}),
        event("order.cancelled", {"identifiers": COOKIE}, cancellation={"order": "1"}),
        event("consent.changed", {"identifiers": COOKIE}, consent={"purpose": "sms", "granted": True}),
        event("alias", {"identifiers": COOKIE}, previous={"identifiers": {"anonymous_id": "other"}}),
        event("identify", {"id": "20931"}),
        event("identify", {"identifiers": {"email": "ann@x.example", "phone": "+12125550142"}}),
        event("track", {"identifiers": COOKIE}, name="x", brand="burger"),
        event("track", {"identifiers": COOKIE}, name="x", source="till"),
        {**ENVELOPE, "type": "product.upserted", "product": {"id": "p", "name": "P"}},
        {
            **ENVELOPE,
            "type": "store.upserted",
            "store": {"id": "s", "name": "S", "brand": {"id": "pasta", "name": "P"}},
        },
    ],
)
def test_what_a_public_key_may_not_say(raw: dict[str, Any]) -> None:
    with pytest.raises(EventRefused):
        limited_reader(PAGE, parse, default())(raw)


def test_of_the_subject_only_the_browser_and_unproven_traits_count() -> None:
    known = {"email": "ann@x.example", "account_id": "pages:20931", "loyalty_card": "REG-4000-7788"}
    subject = {"id": "20931", "identifiers": COOKIE | known, "traits": {"givenName": "Ann"}}
    said = limited_reader(PAGE, parse, default())(event("identify", subject))
    assert isinstance(said, Identify)
    assert (said.subject.id, said.subject.identifiers) == ("anon:cookie-1", {"anonymous_id": ["cookie-1"]})
    assert (said.subject.traits.given_name, said.brand) == ("Ann", "pasta")
    assert not rights_of(PAGE).identity


def test_its_message_ids_are_no_others_message_ids() -> None:
    said = page_event(parse(event("track", {"identifiers": {"device_id": "d-1"}}, name="x")), PAGE)
    assert isinstance(said, Track)
    assert (said.message_id, said.subject.id) == ("page:m-1", "device:d-1")


class Keys:
    """Knows one public key."""

    async def caller(self, text: str) -> Caller | None:
        return PAGE if text == "rg_page" else None


@pytest.fixture
def sink() -> MemorySink:
    return MemorySink()


@pytest.fixture
async def client(sink: MemorySink) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(origins={"pasta": ["https://pasta.example"], "burger": ["https://burger.example"]})  # pyright: ignore[reportCallIssue]
    few = MemoryBucket(4, 1, clock=lambda: 0.0)

    async def authenticate(_: Any) -> Caller:
        return PAGE

    store = MemoryStore()
    routes = [
        *events_endpoint.routes(sink, store, settings, authenticate, default(), pages=few),
        *segment_com_endpoint.routes(
            sink, store, settings, segment_com_endpoint.write_keys("administrators", Keys()), default(), pages=few
        ),
    ]
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(Starlette(routes=routes)), base_url="http://regulars", auth=("rg_page", "")
    ) as client:
        yield client


async def test_segments_library_in_a_page_sends_as_the_keys_source(client: httpx.AsyncClient, sink: MemorySink) -> None:
    message = {"userId": "20931", "anonymousId": "c-1", "event": "x", "timestamp": "2026-03-01T18:30:00Z"}
    answer = await client.post("/v1/t", json=message, headers={"origin": "https://pasta.example"})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://pasta.example")
    [said] = sink.events
    assert isinstance(said, Track)
    assert (said.source, said.brand, said.subject.id) == ("pages", "pasta", "anon:c-1")
    assert said.subject.identifiers == {"anonymous_id": ["c-1"]}


@pytest.mark.parametrize("path", ["/v1/t", "/v1/events"])
async def test_only_pages_of_its_brands_send_with_it(client: httpx.AsyncClient, sink: MemorySink, path: str) -> None:
    one = (
        event("track", {"identifiers": COOKIE}, name="x")
        if path == "/v1/events"
        else {"anonymousId": "c", "event": "x"}
    )
    for origin in ("https://burger.example", "https://elsewhere.example", "null"):
        answer = await client.post(path, json=one, headers={"origin": origin})
        assert answer.status_code == 403
    assert not sink.events
    assert (await client.post(path, json=one)).status_code == 200  # an app


async def test_a_public_key_has_a_rate(client: httpx.AsyncClient, sink: MemorySink) -> None:
    batch = [event("track", {"identifiers": COOKIE}, name="x", messageId=f"m-{n}") for n in range(3)]
    assert (await client.post("/v1/events", json=batch)).status_code == 200
    answer = await client.post("/v1/batch", json={"batch": [{"type": "track", "anonymousId": "c", "event": "x"}] * 2})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert len(sink.events) == 3


async def test_preflight_of_native_events(client: httpx.AsyncClient) -> None:
    asked = {"origin": "https://pasta.example", "access-control-request-method": "POST"}
    answer = await client.options("/v1/events", headers=asked)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "https://pasta.example")
