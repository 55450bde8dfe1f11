"""Kill -9 of the service and of Neo4j during intake: what was acknowledged is there, and there once."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from api.auth.authenticate import ensure_api_key
from bench.accuracy import gather
from bench.kit.children import environment, stop, wait_until_ready
from domain.settings import Settings
from graph.local import LocalNeo4j
from identity.claims import ClaimsReader
from identity.resolution import resolve_people
from matching import Guards, default
from privacy.vault import open_vault
from runtime.service import open_database
from tests.kit.ports import free_ports
from tests.kit.waiting import LONG_S
from world import World, WorldConfig

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

EVENTS = "MATCH (e:Event) RETURN e.key AS key"
SUMS = """
CALL () {
  MATCH (t:Transaction {completed: true})<-[:MADE]-(:SourceRecord)
  RETURN sum(t.totalMinor - t.refundedMinor) AS owned, sum(t.points) AS earned, count(t) AS completed
}
CALL () { MATCH (:SourceRecord)-[:BOOKED]->(l:LedgerEntry) RETURN sum(l.points) AS ledger }
CALL () {
  MATCH (c:Customer {status: 'active'})
  RETURN sum(c.spendMinor) AS spend, sum(c.points) AS points, sum(c.visits) AS visits
}
RETURN *
"""
KILLS = ("service", "neo4j", "service", "service", "neo4j")
BATCH = 40


class Machine:
    """A service and a Neo4j of their own, each killed and started again at will."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.local = LocalNeo4j(settings)
        self.url = f"http://{settings.host}:{settings.port}"
        self.log = settings.state_dir / "service.log"
        self.pid = self.local.start(tied_to_parent=True).pid
        self.service = self._serve()

    def kill(self, what: str) -> None:
        if what == "service":
            self.service.kill()
            self.service.wait()
            self.service = self._serve()
        else:
            os.kill(self.pid, signal.SIGKILL)
            time.sleep(0.5)
            self.pid = self.local.start(tied_to_parent=True).pid

    def close(self) -> None:
        stop(self.service)
        self.local.stop()

    def _serve(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "cli.main", "serve"]
            process = subprocess.Popen(command, env=environment(self.settings), stdout=log, stderr=log)
        with suppress(Exception):
            wait_until_ready(process, self.url, self.log)
        return process


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory, neo4j_settings: Callable[..., Settings]) -> Iterator[Machine]:
    state: Path = tmp_path_factory.mktemp("killed")
    # Fixed ports: a killed Neo4j must come back where the service looks for it.
    first = free_ports(3)
    settings = neo4j_settings(state, port=first, neo4j_bolt_port=first + 1, neo4j_http_port=first + 2)
    with ExitStack() as stack:
        machine = Machine(settings)
        stack.callback(machine.close)
        yield machine


async def test_every_acknowledged_event_is_there_exactly_once(machine: Machine) -> None:
    world = list(World(WorldConfig(people=90, block_people=90)).events())
    events = [event for event, _ in world]
    key = ensure_api_key(machine.settings)
    sent = asyncio.Event()
    attempts = 0

    async def send() -> None:
        nonlocal attempts
        batches = iter([events[start : start + BATCH] for start in range(0, len(events), BATCH)])
        headers = {"Authorization": f"Bearer {key}"}

        async def connection(client: httpx.AsyncClient) -> None:
            nonlocal attempts
            for batch in batches:
                body = b"\n".join(map(orjson.dumps, batch))
                while True:
                    attempts += 1
                    with suppress(httpx.TransportError):
                        answer = await client.post("/v1/events", content=body)
                        if answer.status_code == 200:
                            assert answer.json()["refused"] == []
                            break
                        assert answer.status_code in (429, 503), answer.text
                    await asyncio.sleep(0.1)

        async with httpx.AsyncClient(base_url=machine.url, headers=headers, timeout=LONG_S) as client:
            await asyncio.gather(connection(client), connection(client))
        sent.set()

    async def chaos() -> int:
        done = 0
        for what in KILLS:
            await asyncio.sleep(0.7)
            await asyncio.to_thread(machine.kill, what)
            done += not sent.is_set()
        return done

    _, kills = await asyncio.gather(send(), chaos())
    assert kills >= 3, "the intake was over before it was disturbed"
    assert attempts > len(events) / BATCH, "nothing was ever sent again"
    await _check(machine.settings, world)


async def _check(settings: Settings, world: list[tuple[dict[str, Any], str | None]]) -> None:
    reader = ClaimsReader(open_vault(settings), default(), settings.default_region)
    expected = gather(world, reader)
    people = resolve_people(expected.records, default(), Guards.ON, lambda: "").persons
    async with open_database(settings) as database:
        rows = await database.read("bench/resolution")
        stored = [row["key"] for row in await database.read_text(EVENTS, operation="test")]
        [sums] = await database.read_text(SUMS, operation="test")
    assert sorted(stored) == sorted({reader.event_key(e["source"], e["messageId"]) for e, _ in world})
    clusters: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        clusters[row["customer"]].add(row["record"])
    assert {frozenset(c) for c in clusters.values()} == {frozenset(r.key for r in p.records) for p in people}
    assert sums["owned"] == sums["spend"]
    assert sums["earned"] == sums["ledger"] == sums["points"]
    assert sums["completed"] == sums["visits"]
