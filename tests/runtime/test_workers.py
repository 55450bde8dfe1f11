"""`regulars serve --workers`: one port, several processes; what dies comes back, and the end is in order.

Tests cli.serve too.
"""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import typer

from api.auth.authenticate import ensure_api_key
from bench.kit.children import environment, stop, wait_until_ready
from domain.errors import SetupError
from domain.settings import Settings
from graph.local import Running
from identity.claims import ClaimsReader
from privacy.vault import open_vault
from runtime import workers
from runtime.service import open_database, policies_of
from tests.kit.ports import free_ports
from tests.kit.waiting import LONG_S

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]
WORKERS = 2
SENDERS = 4


@dataclass
class Service:
    process: subprocess.Popen[bytes]
    settings: Settings
    log: Path

    def url(self, worker: int | None = None) -> str:
        """The common port, or a worker's own."""
        return f"http://{self.settings.host}:{self.settings.port + (0 if worker is None else 1 + worker)}"

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()

    def requests(self, worker: int, key: str) -> float:
        text = httpx.get(f"{self.url(worker)}/metrics", headers={"x-api-key": key}).text
        found = re.search(r'regulars_requests_total{route="/v1/events",status="200"} ([0-9.]+)', text)
        return float(found[1]) if found else 0.0


@pytest.fixture
def service(tmp_path: Path, neo4j_server: Running, neo4j_settings: Callable[..., Settings]) -> Iterator[Service]:
    settings = neo4j_settings(
        tmp_path,
        port=free_ports(WORKERS + 1),
        neo4j_uri=neo4j_server.bolt_uri,
        neo4j_user=neo4j_server.user,
        neo4j_password=neo4j_server.password,
    )
    log = tmp_path / "service.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "cli.main", "serve", "--workers", str(WORKERS)]
        process = subprocess.Popen(command, env=environment(settings), stdout=output, stderr=output)
    found = Service(process, settings, log)
    try:
        for worker in range(WORKERS):
            wait_until_ready(process, found.url(worker), log)
        yield found
    finally:
        stop(process)


def identify(number: int) -> dict[str, Any]:
    return {
        "type": "identify",
        "messageId": f"worker-{number}",
        "source": "workers",
        "at": "2026-03-01T12:00:00Z",
        "subject": {"id": f"w{number}", "traits": {"givenName": "Ann"}},
    }


async def test_events_sent_while_a_worker_is_killed_and_all_are_ended(service: Service) -> None:
    headers = {"x-api-key": ensure_api_key(service.settings)}
    acknowledged: set[int] = set()
    ended, turn = asyncio.Event(), iter(range(10**6))
    async with httpx.AsyncClient(
        headers=headers, timeout=LONG_S, limits=httpx.Limits(max_keepalive_connections=0)
    ) as client:

        async def sender() -> None:
            while not ended.is_set():
                number = next(turn)
                try:
                    answer = await client.post(f"{service.url()}/v1/events", json=identify(number))
                except httpx.TransportError:
                    continue  # the process that had it is gone: nothing was acknowledged
                if answer.is_success:
                    acknowledged.add(number)

        async with asyncio.TaskGroup() as tasks:
            for _ in range(SENDERS):
                tasks.create_task(sender())
            await until(lambda: len(acknowledged) >= 40)
            assert all(service.requests(worker, headers["x-api-key"]) > 0 for worker in range(WORKERS))
            before = service.workers()
            assert len(before) == WORKERS
            before[0].kill()
            await until(lambda: len({one.pid for one in service.workers()} - {before[0].pid}) == WORKERS)
            for worker in range(WORKERS):
                await asyncio.to_thread(wait_until_ready, service.process, service.url(worker), service.log)
            seen = len(acknowledged)
            await until(lambda: len(acknowledged) >= seen + 20)
            latest = service.workers()
            command = psutil.Process(service.process.pid).cmdline()
            assert all(worker.cmdline() == command for worker in latest), "a worker imports everything anew"
            service.process.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(service.process.wait, LONG_S) == 0
            ended.set()
        assert not any(worker.is_running() for worker in latest)
    await assert_durable(service, acknowledged)


async def until(reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG_S):
        while not reached():  # noqa: ASYNC110 (what is waited for happens in other processes)
            await asyncio.sleep(0.05)


async def assert_durable(service: Service, acknowledged: set[int]) -> None:
    reader = ClaimsReader(open_vault(service.settings), policies_of(service.settings), service.settings.default_region)
    async with open_database(service.settings) as database:
        rows = await database.read_text(
            "MATCH (r:SourceRecord {source: 'workers'}) RETURN r.key AS key", operation="test"
        )
    assert {reader.record_key("workers", f"w{number}") for number in acknowledged} <= {row["key"] for row in rows}


def test_workers_end_with_a_supervisor_that_is_killed(service: Service) -> None:
    workers = service.workers()
    service.process.kill()
    psutil.wait_procs(workers, timeout=LONG_S)
    assert not any(worker.is_running() for worker in workers)


@pytest.mark.parametrize("count", [1, WORKERS])
def test_a_taken_port_is_said_in_one_line(tmp_path: Path, neo4j_settings: Callable[..., Settings], count: int) -> None:
    with workers.listening("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        settings = neo4j_settings(tmp_path, port=port)
        command = [sys.executable, "-m", "cli.main", "serve", "--start-neo4j", "--workers", str(count)]
        done = subprocess.run(
            command, env=environment(settings), capture_output=True, text=True, timeout=LONG_S, check=False
        )
    assert (done.returncode, done.stdout) == (1, "")
    said, hint = done.stderr.splitlines()
    assert said == f"SETUP: Port {port} is taken."
    assert "REGULARS_PORT" in hint


def test_an_address_where_nothing_can_listen_is_named() -> None:
    with pytest.raises(SetupError, match=r"Nothing can listen on 192\.0\.2\.1"):
        workers.listening("192.0.2.1", 0)


def test_a_worker_that_cannot_start_ends_all_and_says_why(
    tmp_path: Path, neo4j_settings: Callable[..., Settings]
) -> None:
    settings = neo4j_settings(tmp_path, port=free_ports(WORKERS + 1), identity_config=tmp_path / "none.yaml")
    command = [sys.executable, "-m", "cli.main", "serve", "--workers", str(WORKERS)]
    done = subprocess.run(
        command, env=environment(settings), capture_output=True, text=True, timeout=LONG_S, check=False
    )
    assert done.returncode == 1
    assert "REGULARS_IDENTITY_CONFIG" in done.stderr


@pytest.mark.parametrize("came_up", [False, True])
def test_a_worker_that_gives_up_is_started_again_where_one_has_served(came_up: bool) -> None:
    worker = workers.Worker(partial(sys.exit, 1))
    first = worker.process
    first.join()
    if came_up:
        workers.look_after(worker, came_up=True)
        worker.process.join()
    else:
        with pytest.raises(typer.Exit):
            workers.look_after(worker, came_up=False)
    assert (worker.process is not first) == came_up
