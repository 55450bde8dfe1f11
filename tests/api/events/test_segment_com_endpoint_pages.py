"""The endpoints as the library for browsers uses them: short addresses, text/plain, and pages of the brands alone."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from api.events.segment_com_endpoint import routes, write_keys
from domain.settings import Settings
from matching.policy import default
from tests.kit.memory import MemorySink, MemoryStore

PAGE = "https://forno.example"
MESSAGE = {"messageId": "m", "userId": "u", "timestamp": "2026-03-01T18:30:00Z", "writeKey": "key.web"}


def browser() -> httpx.AsyncClient:
    settings = Settings.model_validate({"origins": {"forno": [PAGE]}})
    app = Starlette(routes=routes(MemorySink(), MemoryStore(), settings, write_keys("key"), default()))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars")


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("i", {"traits": {"email": "jane@example.org"}}),
        ("t", {"event": "Menu Viewed"}),
        ("p", {"name": "Menu"}),
        ("s", {"name": "Menu"}),
        ("g", {"groupId": "g"}),
        ("a", {"previousId": "an-1"}),
        ("b", {"batch": [MESSAGE | {"type": "page"}]}),
        ("m", {"series": []}),
    ],
)
async def test_a_page_sends_to_short_addresses(path: str, content: dict[str, Any]) -> None:
    async with browser() as client:
        asked = {
            "origin": PAGE,
            "access-control-request-method": "POST",
            "access-control-request-headers": "content-type",
        }
        before = await client.options(f"/v1/{path}", headers=asked)
        assert (before.status_code, before.headers["access-control-allow-origin"]) == (200, PAGE)
        headers = {"origin": PAGE, "content-type": "text/plain"}
        answer = await client.post(f"/v1/{path}", content=json.dumps(MESSAGE | content), headers=headers)
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert answer.headers["access-control-allow-origin"] == PAGE


async def test_a_page_of_somebody_else_gets_no_leave() -> None:
    async with browser() as client:
        asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
        before = await client.options("/v1/t", headers=asked)
        answer = await client.post("/v1/t", content=json.dumps(MESSAGE | {"event": "x"}), headers=asked)
    assert "access-control-allow-origin" not in before.headers
    assert "access-control-allow-origin" not in answer.headers
