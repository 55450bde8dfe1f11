"""Neo4j Browser may load the analysts' guide from the service, and nothing else."""

from __future__ import annotations

import httpx
import pytest


async def test_neo4j_browser_may_load_its_guide(client: httpx.AsyncClient) -> None:
    origin = {"origin": "http://localhost:7474"}
    asked = await client.options("/browser/start.html", headers=origin | {"access-control-request-method": "GET"})
    assert (asked.status_code, asked.headers["access-control-allow-origin"]) == (204, "*")
    answer = await client.get("/browser/start.html", headers=origin)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, "*")
    assert answer.headers["content-type"].startswith("text/html")
    assert "<" in answer.text
    assert (await client.get("/browser/style.grass")).headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize("name", ["", "..%2F__init__.py", "%2e%2e/profile/base.cypher", "other.html"])
async def test_nothing_else_is_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/browser/{name}")).status_code == 404
