"""What probes, Prometheus and Neo4j Browser ask of the service."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.types import ASGIApp

from api.app import create_app
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import Migration, migrations
from tests.kit.building import parts_of
from tests.kit.memory import MemorySink, MemoryStore

KEY = {"authorization": "Bearer k"}
SETTINGS = Settings()  # pyright: ignore[reportCallIssue]


def app_over(database: Database) -> ASGIApp:
    return create_app(
        SETTINGS,
        parts=parts_of(database),
        sink=MemorySink(),
        quarantine=MemoryStore(),
        api_key="k",
    )


def client_of(app: ASGIApp) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars")


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    """A client of a service whose store is down."""
    async with (
        connect(SETTINGS, uri="bolt://127.0.0.1:9", user="neo4j", password="none") as down,
        client_of(app_over(down)) as client,
    ):
        yield client


async def test_live_needs_no_store_and_no_key(client: httpx.AsyncClient) -> None:
    answer = await client.get("/health/live")
    assert (answer.status_code, answer.text) == (200, "live")


async def test_not_ready_without_a_store(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.ops.process_health._ANSWER_WITHIN_S", 0.3)
    answer = await client.get("/health/ready")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert "127.0.0.1" not in answer.text


@pytest.mark.neo4j
async def test_ready_with_a_store(neo4j_server: Running) -> None:
    server = neo4j_server
    async with (
        connect(SETTINGS, uri=server.bolt_uri, user=server.user, password=server.password) as database,
        client_of(app_over(database)) as client,
    ):
        assert (await client.get("/health/ready")).status_code == 200


@pytest.mark.neo4j
async def test_started_once_the_store_has_had_all_migrations(
    migrated: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = [*migrations(), Migration("9999", "newer", "c", ())]
    async with client_of(app_over(migrated)) as client:
        monkeypatch.setattr("graph.store.migrations.migrations", lambda: newer)
        assert (await client.get("/health/startup")).status_code == 503
        monkeypatch.undo()
        assert (await client.get("/health/startup")).status_code == 200
        monkeypatch.setattr("graph.store.migrations.migrations", lambda: newer)
        assert (await client.get("/health/startup")).status_code == 200  # it is about the start only


async def test_not_started_without_a_store(client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.ops.process_health._ANSWER_WITHIN_S", 0.3)
    assert (await client.get("/health/startup")).status_code == 503


async def test_where_nothing_is_the_answer_is_an_error_like_any_other(client: httpx.AsyncClient) -> None:
    answer = await client.get("/jane.roe@example.org")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "NOT_FOUND")
    assert "jane" not in answer.text


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
