"""Pages of a brand may call from their own origins, and from no other."""

from __future__ import annotations

import pytest

from api.origins import allowed_origins
from domain.errors import SetupError
from domain.settings import Settings
from tests.api.serving import SlowStore, service

BRANDS = "{ brands { code } }"


ORIGIN = "https://forno.example"


PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "content-type,x-api-key"}


async def test_only_a_brands_own_pages_may_call() -> None:
    origins = {"forno-nine": [ORIGIN], "burger": ["http://localhost:3000"]}
    async with service(SlowStore(), origins=origins) as client:
        asked = await client.options("/graphql", headers=PREFLIGHT | {"origin": ORIGIN})
        assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (200, ORIGIN)
        assert "access-control-allow-credentials" not in asked.headers
        answer = await client.post("/graphql", json={"query": BRANDS}, headers={"origin": ORIGIN})
        assert (answer.headers["access-control-allow-origin"], answer.headers["vary"]) == (ORIGIN, "Origin")
        for other in ("https://forno.example.evil.test", "null", "https://burger.example"):
            asked = await client.options("/graphql", headers=PREFLIGHT | {"origin": other})
            assert (asked.status_code, asked.headers.get("access-control-allow-origin")) == (400, None)
            answer = await client.post("/graphql", json={"query": BRANDS}, headers={"origin": other})
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize(
    "origin", ["*", "https://a.example/", "a.example", "https://a.example/path", "ftp://a.example"]
)
def test_what_is_no_origin_stops_the_start(origin: str) -> None:
    with pytest.raises(SetupError):
        allowed_origins(Settings.model_validate({"origins": {"burger": [origin]}}))
