"""Cost, time and number of requests, as a client meets them over HTTP."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from resolvers.bounds.budget import REFUSED
from tests.api.serving import SlowStore, service
from tests.kit.waiting import LONG_S, Clock, until

BRANDS = "{ brands { code } }"


async def ask(client: httpx.AsyncClient, query: str = BRANDS, **more: Any) -> httpx.Response:
    return await client.post("/graphql", json={"query": query, **more})


def code(answer: httpx.Response) -> str:
    [error] = answer.json()["errors"]
    return error["extensions"]["code"]


async def test_the_cost_stands_in_the_answer() -> None:
    async with service(SlowStore(), Clock(), graphql_bucket=100, graphql_restored_per_second=1) as client:
        costs = [(await ask(client)).json()["extensions"]["cost"] for _ in range(2)]
    assert costs[0] == {"requested": 5, "most": 10_000, "left": 95, "size": 100, "restoredPerSecond": 1}
    assert (costs[1]["requested"], costs[1]["left"]) == (5, 90)


async def test_who_has_spent_all_waits_and_is_told_how_long() -> None:
    store, clock = SlowStore(), Clock()
    async with service(store, clock, graphql_bucket=12, graphql_restored_per_second=4) as client:
        for _ in range(2):
            assert (await ask(client)).status_code == 200
        refused = await ask(client)
        assert (refused.status_code, code(refused), refused.headers["retry-after"]) == (429, "THROTTLED", "1")
        assert refused.json()["extensions"]["cost"]["requested"] == 5
        assert "data" not in refused.json()
        assert len(store.given) == 2
        assert (await ask(client, "{__typename}")).status_code == 200
        clock.now += int(refused.headers["retry-after"])
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
    async with service(SlowStore(), Clock(), graphql_bucket=2 * REFUSED + 10, graphql_restored_per_second=10) as client:
        for _ in range(2):
            refused = await ask(client, document)
            assert (refused.status_code, code(refused)) == (400, "INVALID_INPUT")
        spent = await ask(client, document)
        assert (spent.status_code, code(spent), int(spent.headers["retry-after"])) == (429, "THROTTLED", 9)
        left = (await ask(client)).json()["extensions"]["cost"]["left"]
        assert 5 <= left < 10


async def test_a_mutation_by_get_costs_as_much() -> None:
    async with service(SlowStore(), Clock(), graphql_bucket=REFUSED + 10, graphql_restored_per_second=1) as client:
        statuses = [
            (await client.get("/graphql", params={"query": "mutation { __typename }"})).status_code for _ in range(2)
        ]
    assert statuses == [405, 429]


async def test_a_small_bucket_is_no_trap() -> None:
    clock = Clock()
    async with service(SlowStore(), clock, graphql_bucket=8, graphql_restored_per_second=100) as client:
        assert code(await ask(client, "{")) == "INVALID_INPUT"
        clock.now += 0.2
        assert code(await ask(client, "{")) == "INVALID_INPUT"


async def test_a_request_ends_in_time_and_gives_neo4j_no_more() -> None:
    store = SlowStore(takes=LONG_S)
    async with service(store, graphql_timeout_s=2) as client:
        answer = await ask(client)
    assert (answer.status_code, code(answer)) == (504, "TIMED_OUT")
    assert len(store.given) == store.stopped == 1
    assert 0 < store.given[0] <= 2


async def test_more_requests_than_can_be_served_are_turned_away_at_once() -> None:
    store = SlowStore()
    store.open.clear()
    async with service(store, graphql_at_once=3) as client:
        asked = [asyncio.create_task(ask(client)) for _ in range(8)]
        await until(lambda: sum(one.done() for one in asked) == 5)
        store.open.set()
        answers = await asyncio.gather(*asked)
        turned = [answer for answer in answers if answer.status_code == 503]
        assert sorted(answer.status_code for answer in answers) == [200] * 3 + [503] * 5
        assert {(code(answer), answer.headers["retry-after"]) for answer in turned} == {("UNAVAILABLE", "1")}
        assert (await ask(client)).status_code == 200
