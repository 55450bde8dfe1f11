"""What every answer carries, whoever asks."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.api.serving import SlowStore, service
from tests.kit.waiting import LONG_S

BRANDS = "{ brands { code } }"


async def ask(client: httpx.AsyncClient, query: str = BRANDS, **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more})


SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}


async def test_every_answer_carries_safe_headers() -> None:
    async with service(SlowStore(takes=LONG_S), graphql_timeout_s=0.1) as client:
        late = await ask(client)
    async with service(SlowStore()) as client:
        answers = [
            late,
            await ask(client, "{__typename}"),
            await ask(client, "{"),
            await client.get("/health/live"),
            await client.get("/nowhere"),
            await client.post("/v1/events", content=b"{"),
        ]
    assert [answer.status_code for answer in answers] == [504, 200, 400, 200, 404, 400]
    for answer in answers:
        assert SAFE.items() <= dict(answer.headers).items()
        assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert "strict-transport-security" not in answer.headers


async def test_behind_tls_browsers_are_told_to_stay_there() -> None:
    async with service(SlowStore()) as client:
        answer = await client.get("/health/live", headers={"x-forwarded-proto": "https"})
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


@pytest.mark.parametrize(
    "path", ["/v1/events/", "/graphql/", "/health/live/", "/metrics/", "/v1/batch/", "/openapi.json/", "//evil.example"]
)
async def test_no_redirect_names_the_callers_host(path: str) -> None:
    async with service(SlowStore()) as client:
        for method in ("GET", "POST"):
            answer = await client.request(method, path, headers={"host": "evil.example"})
            assert answer.status_code == 404
            assert "location" not in answer.headers
            assert "evil" not in answer.text
