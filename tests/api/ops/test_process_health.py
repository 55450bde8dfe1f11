"""What probes, Prometheus and Neo4j Browser ask of the service."""

from __future__ import annotations

import httpx
import pytest

from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import Migration, migrations
from tests.api.ops.serving import SETTINGS, app_over, client_of


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
