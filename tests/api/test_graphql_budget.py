"""Cost, time and number of requests, as a client meets them over HTTP."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.origins import allowed_origins
from domain.errors import SetupError
from domain.settings import Settings
from graph.store import request_scope
from graph.store.database import Row
from resolvers.bounds.budget import REFUSED
from tests.api.serving import KEY, NoStore, served
from tests.kit.building import parts_of
from tests.memory import MemorySink, MemoryStore

BRANDS = "{ brands { code } }"
RESPONSE = "application/graphql-response+json"


class SlowStore(NoStore):
    """Knows no brands, and takes its time; notes the seconds that each query was given."""

    def __init__(self, takes: float = 0.0) -> None:
        super().__init__()
        self.takes = takes
        self.given: list[float] = []
        self.stopped = 0

    async def read(self, name: str, /, **parameters: Any) -> list[Row]:
        self.given.append(request_scope.seconds_left(30))
        try:
            await asyncio.sleep(self.takes)
        except asyncio.CancelledError:
            self.stopped += 1
            raise
        return []


@asynccontextmanager
async def service(store: SlowStore, **changes: Any) -> AsyncGenerator[httpx.AsyncClient]:
    app = create_app(
        Settings.model_validate(changes),
        parts=parts_of(store),
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key=KEY,
    )
    headers = {"x-api-key": KEY, "accept": RESPONSE}
    async with served(app) as url, httpx.AsyncClient(base_url=url, headers=headers, timeout=20) as client:
        yield client


async def ask(client: httpx.AsyncClient, query: str = BRANDS, **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more})


def code(answer: httpx.Response) -> str:
    [error] = answer.json()["errors"]
    return error["extensions"]["code"]


async def test_the_cost_stands_in_the_answer() -> None:
    async with service(SlowStore(), graphql_bucket=100, graphql_restored_per_second=1) as client:
        costs = [(await ask(client)).json()["extensions"]["cost"] for _ in range(2)]
    assert costs[0] == {"requested": 5, "most": 10_000, "left": 95, "size": 100, "restoredPerSecond": 1}
    assert (costs[1]["requested"], costs[1]["left"]) == (5, 90)


async def test_who_has_spent_all_waits_and_is_told_how_long() -> None:
    store = SlowStore()
    async with service(store, graphql_bucket=12, graphql_restored_per_second=4) as client:
        for _ in range(2):
            assert (await ask(client)).status_code == 200
        refused = await ask(client)
        assert (refused.status_code, code(refused), refused.headers["retry-after"]) == (429, "THROTTLED", "1")
        assert refused.json()["extensions"]["cost"]["requested"] == 5
        assert "data" not in refused.json()
        assert len(store.given) == 2
        assert (await ask(client, "{__typename}")).status_code == 200
        await asyncio.sleep(int(refused.headers["retry-after"]))
        assert (await ask(client)).status_code == 200


async def test_what_can_never_be_paid_is_refused_as_such() -> None:
    store = SlowStore()
    async with service(store, graphql_max_cost=20) as client:
        document = "query($n: Int) { stores(first: $n) { edges { cursor } } }"
        assert (await ask(client, document, variables={"n": 19})).status_code == 200
        refused = await ask(client, document, variables={"n": 20})
        assert (refused.status_code, code(refused)) == (400, "TOO_LARGE")
        shown = refused.json()["extensions"]["cost"]
        assert (shown["requested"], shown["most"], shown["size"] - shown["left"]) == (21, 20, REFUSED)
        old = await client.post(
            "/graphql", json={"query": document, "variables": {"n": 20}}, headers={"accept": "application/json"}
        )
        assert (old.status_code, code(old)) == (200, "TOO_LARGE")
    assert len(store.given) == 1


WRONG = {
    "syntax": "{ brands {",
    "unknown field": "{ nothing }",
    "over a limit": "{ brands { " + "code " * 600 + "} }",
    "too many tokens": "{ brands { " + "code " * 3_000 + "} }",
    "which of two": "query A { __typename } query B { __typename }",
    "a subscription": "subscription { identityChanged { cursor } }",
}


@pytest.mark.parametrize("document", WRONG.values(), ids=WRONG)
async def test_a_document_that_is_refused_costs_what_reading_it_costs_us(document: str) -> None:
    async with service(SlowStore(), graphql_bucket=2 * REFUSED + 10, graphql_restored_per_second=10) as client:
        for _ in range(2):
            refused = await ask(client, document)
            assert (refused.status_code, code(refused)) == (400, "INVALID_INPUT")
        spent = await ask(client, document)
        assert (spent.status_code, code(spent), int(spent.headers["retry-after"])) == (429, "THROTTLED", 9)
        left = (await ask(client)).json()["extensions"]["cost"]["left"]
        assert 5 <= left < 10


async def test_a_mutation_by_get_costs_as_much() -> None:
    async with service(SlowStore(), graphql_bucket=REFUSED + 10, graphql_restored_per_second=1) as client:
        statuses = [
            (await client.get("/graphql", params={"query": "mutation { __typename }"})).status_code for _ in range(2)
        ]
    assert statuses == [405, 429]


async def test_a_small_bucket_is_no_trap() -> None:
    async with service(SlowStore(), graphql_bucket=8, graphql_restored_per_second=100) as client:
        assert code(await ask(client, "{")) == "INVALID_INPUT"
        await asyncio.sleep(0.2)
        assert code(await ask(client, "{")) == "INVALID_INPUT"


async def test_a_request_ends_in_time_and_gives_neo4j_no_more() -> None:
    store = SlowStore(takes=20)
    async with service(store, graphql_timeout_s=0.3) as client:
        answer = await ask(client)
    assert (answer.status_code, code(answer)) == (504, "TIMED_OUT")
    assert len(store.given) == store.stopped == 1
    assert 0 < store.given[0] <= 0.3


async def test_more_requests_than_can_be_served_are_turned_away_at_once() -> None:
    async with service(SlowStore(takes=0.5), graphql_at_once=3) as client:
        answers = await asyncio.gather(*(ask(client) for _ in range(8)))
        turned = [answer for answer in answers if answer.status_code == 503]
        assert sorted(answer.status_code for answer in answers) == [200] * 3 + [503] * 5
        assert {(code(answer), answer.headers["retry-after"]) for answer in turned} == {("UNAVAILABLE", "1")}
        assert (await ask(client)).status_code == 200


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


SAFE = {"x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store"}


async def test_every_answer_carries_safe_headers() -> None:
    async with service(SlowStore(takes=5), graphql_timeout_s=0.1) as client:
        answers = [
            await ask(client),
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


async def test_the_explorer_runs_its_own_scripts_only() -> None:
    async with service(SlowStore()) as client:
        page = await client.get("/graphql", headers={"accept": "text/html"})
    policy = page.headers["content-security-policy"]
    scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    assert scripts
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy
    assert not re.search(r"script-src[^;]*('unsafe-inline'|'unsafe-eval'|\*)", policy)
    for source in re.findall(r'(?:src|href)="(https://[^/"]+)', page.text):
        assert source in policy
