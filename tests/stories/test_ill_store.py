"""A store that is ill: a process that hangs, a disk without room. Everybody says the same, and there is a way back."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from api.app import create_app
from cli.main import app
from domain.errors import SetupError, StoreFull
from domain.settings import Settings, settings
from graph.local import LocalNeo4j
from runtime.service import Service, open_service
from tests.kit.story import EMAIL, strangers
from tests.kit.waiting import LONG_S

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]
QUERY = {"query": f'{{ customer(by: {{email: "{EMAIL}"}}) {{ number name }} }}'}
NO_MIB = {"disk_reserve_mib": 1_048_576}


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory, neo4j_settings: Callable[..., Settings]) -> Settings:
    return neo4j_settings(tmp_path_factory.mktemp("ill"), journal_days=0)


@pytest.fixture(scope="module")
def local(config: Settings) -> Iterator[LocalNeo4j]:
    local = LocalNeo4j(config)
    local.start(tied_to_parent=True)
    yield local
    local.stop(kill=True)


@pytest.fixture
def command(config: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Runs a command with these settings."""
    for name in ("state_dir", "cache_dir", "neo4j_bolt_port", "neo4j_http_port"):
        monkeypatch.setenv(f"REGULARS_{name.upper()}", str(getattr(config, name)))

    def run(*words: str, **changes: object) -> Any:
        for name, value in changes.items():
            monkeypatch.setenv(f"REGULARS_{name.upper()}", str(value))
        settings.cache_clear()
        return CliRunner().invoke(app, words)

    yield run
    settings.cache_clear()


@asynccontextmanager
async def serving(config: Settings) -> AsyncGenerator[tuple[Service, httpx.AsyncClient]]:
    async with open_service(config) as service:
        whole = create_app(config, parts=service.parts, sink=service.intake, quarantine=service.quarantine, api_key="k")
        transport = httpx.ASGITransport(whole)
        headers = {"authorization": "Bearer k"}
        async with httpx.AsyncClient(transport=transport, base_url="http://regulars", headers=headers) as client:
            yield service, client


async def outcomes(client: httpx.AsyncClient) -> tuple[httpx.Response, httpx.Response, httpx.Response]:
    """A query, an event and the readiness, each answered in any case."""
    async with asyncio.timeout(LONG_S):
        return (
            await client.post("/graphql", json=QUERY),
            await client.post("/v1/events", json={"events": strangers()[:1]}),
            await client.get("/health/ready"),
        )


async def test_a_process_that_hangs_keeps_nobody_waiting(
    config: Settings, local: LocalNeo4j, command: Callable[..., Any]
) -> None:
    running = local.start()
    async with serving(config) as (_, client):
        assert [answer.status_code for answer in await outcomes(client)] == [200, 200, 200]
        os.kill(running.pid, signal.SIGSTOP)
        try:
            query, event, ready = await outcomes(client)
            status = await asyncio.to_thread(command, "neo4j", "status")
            check = await asyncio.to_thread(command, "check")
            with pytest.raises(SetupError, match="is halted"):
                local.stop()
            with pytest.raises(SetupError, match="is halted"):
                local.start()
        finally:
            os.kill(running.pid, signal.SIGCONT)
        assert [answer.status_code for answer in (query, event, ready)] == [503, 503, 503]
        assert query.json()["errors"][0]["extensions"]["code"] == event.json()["error"]["code"] == "UNAVAILABLE"
        assert "runbooks" in ready.text
        assert (status.exit_code, check.exit_code) == (3, 1)
        for shown in (status.output, check.output):
            assert "SIGSTOP" in shown
            assert "kill -CONT" in " ".join(shown.split())
        async with asyncio.timeout(LONG_S):
            while (await client.get("/health/ready")).status_code != 200:  # noqa: ASYNC110 (it is another process)
                await asyncio.sleep(0.1)
        assert [answer.status_code for answer in await outcomes(client)] == [200, 200, 200]


def test_one_that_is_ended_by_force_recovers(local: LocalNeo4j) -> None:
    running = local.start()
    os.kill(running.pid, signal.SIGSTOP)
    assert local.stop(kill=True)
    assert local.status() is None
    again = local.start(tied_to_parent=True)
    assert local.trouble(again) is None


async def test_before_the_disk_is_full_writes_are_refused_and_reads_go_on(
    config: Settings, local: LocalNeo4j, command: Callable[..., Any]
) -> None:
    local.start(tied_to_parent=True)
    async with serving(config.model_copy(update=NO_MIB)) as (service, client):
        query, event, ready = await outcomes(client)
        saved = await client.post(
            "/graphql",
            json={"query": 'mutation { segmentSave(input: {name: "a", rule: {visits: {min: 1}}}) { segment { id } } }'},
        )
        with pytest.raises(StoreFull):
            await service.quarantine.put([])
        await client.post("/graphql", json={"query": "{ auditLog { edges { node { what } } } }"})
    assert (query.status_code, query.json()["data"]["customer"]["name"]) == (200, "Ann Smith")  # and this was noted
    assert (event.status_code, event.headers["retry-after"]) == (503, "60")
    assert event.json()["error"]["code"] == "STORE_FULL"
    assert saved.json()["errors"][0]["extensions"]["code"] == "STORE_FULL"
    assert saved.status_code == 503
    assert (ready.status_code, "nearly full" in ready.text) == (200, True)
    check = await asyncio.to_thread(command, "check", **NO_MIB)
    assert check.exit_code == 1
    assert "writes are refused" in " ".join(check.output.split())
    keys = await asyncio.to_thread(command, "keys", "create", "till", "--role", "till")
    assert keys.exit_code == 0, keys.output  # a key can be made and ended in the reserve


def log_files(local: LocalNeo4j) -> list[Path]:
    folder = local.home / "data" / "transactions" / "neo4j"
    return sorted(folder.glob("neostore.transaction.db.*"))


def test_a_log_that_ends_in_the_middle_is_told_with_the_way_back(
    config: Settings, local: LocalNeo4j, command: Callable[..., Any], tmp_path: Path
) -> None:
    local.start(tied_to_parent=True)
    local.stop()
    kept = tmp_path / "transactions"
    shutil.copytree(local.home / "data" / "transactions", kept)
    os.truncate(log_files(local)[-1], 0)
    try:
        started = command("neo4j", "start")
        assert started.exit_code == 1
        assert "transaction logs" in started.stderr
        assert "Restore the last backup" in started.stderr
        assert local.status() is None
    finally:
        shutil.rmtree(local.home / "data" / "transactions")
        shutil.copytree(kept, local.home / "data" / "transactions")
