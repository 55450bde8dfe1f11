"""Requests are counted by route and status, never by path; and the counts need the key."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

KEY = {"authorization": "Bearer k"}


async def test_metrics_need_the_key(client: httpx.AsyncClient) -> None:
    answer = await client.get("/metrics")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "NOT_AUTHENTICATED")


async def test_metrics_count_by_route_and_never_by_path(client: httpx.AsyncClient) -> None:
    for _ in range(2):
        await client.post("/graphql", json={"query": "{__typename}"}, headers=KEY)
    await client.post("/graphql", json={"query": "{__typename}"})
    await client.get("/browser/jane.roe@example.org")
    await client.get("/jane.roe@example.org")
    text = (await client.get("/metrics", headers=KEY)).text
    samples = {
        (sample.labels["route"], sample.labels["status"]): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == "regulars_requests_total"
    }
    assert samples == {
        ("/graphql", "200"): 2,
        ("/graphql", "401"): 1,
        ("/browser/{name}", "404"): 1,
        ("none", "404"): 1,
    }
    assert "jane" not in text
    assert 'regulars_request_seconds_count{route="/graphql"} 3.0' in text
