"""`regulars decisions` on a real store: the log as a file, and a file replayed line by line."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

import cli.decisions
from bench.kit.wipe import wipe
from cli.decisions import app
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from identity.decisions.signed_decision import Signed
from tests.kit.building import READER, committer_of, parts_of, read, settings_of
from tests.kit.hard_cases import Teller

pytestmark = pytest.mark.neo4j
RUNNER = CliRunner()
RECORDS = [READER.record_key("till", name) for name in "ab"]
ACTIVE = "MATCH (c:Customer {status: 'active'}) RETURN count(c) AS n"


async def tell(database: Database) -> None:
    """Two guests whom only an agent could join."""
    teller = Teller("log")
    teller.identify("till", "a", given="Ann", email="ann@log.example")
    teller.identify("till", "b", given="Eve", email="eve@log.example")
    await wipe(database)
    await committer_of(database).commit([READER.claims(event) for event in read(teller.events)])


def test_the_log_goes_out_as_lines_and_comes_back_with_the_bad_ones_named(
    neo4j_server: Running, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    @asynccontextmanager
    async def open_database(_: object) -> AsyncGenerator[Database]:
        server = neo4j_server
        async with connect(settings_of(), uri=server.bolt_uri, user=server.user, password=server.password) as database:
            yield database

    @asynccontextmanager
    async def open_service(_: object) -> AsyncGenerator[object]:
        async with open_database(None) as database:
            yield SimpleNamespace(parts=parts_of(database))

    monkeypatch.setattr(cli.decisions, "open_database", open_database)
    monkeypatch.setattr(cli.decisions, "open_service", open_service)

    async def decided() -> None:
        async with open_database(None) as database:
            await migrate(database)
            await tell(database)
            await AgentDecisions(parts_of(database)).plan(
                DecisionKind.MUST_MATCH,
                Signed("agent", "Ann told me"),
                lambda people: plans.must_match(people, RECORDS),
                records=RECORDS,
            )

    async def built_anew() -> None:
        async with open_database(None) as database:
            await tell(database)

    async def active() -> int:
        async with open_database(None) as database:
            return (await database.read_text(ACTIVE, operation="test"))[0]["n"]

    asyncio.run(decided())
    exported = RUNNER.invoke(app, ["export"])
    assert exported.exit_code == 0
    assert exported.stdout.count("\n") == 1
    assert "Ann" not in exported.stdout

    asyncio.run(built_anew())
    assert asyncio.run(active()) == 2
    log = tmp_path / "log.jsonl"
    elsewhere = exported.stdout.replace(RECORDS[0], RECORDS[0] + "x").replace('"request":"', '"request":"x')
    renamed = exported.stdout.replace('"request":"', '"request":"y')
    log.write_text("{}\n" + elsewhere + exported.stdout + renamed)
    taken = "The store has this decision under another request."
    for second in (f"1 of the named source records do not exist: {RECORDS[0]}x.", taken):
        replayed = RUNNER.invoke(app, ["replay", str(log)])
        assert replayed.exit_code == 1
        assert "1 decisions replayed, 3 refused." in replayed.stdout
        said = replayed.stderr.replace("\n", "")
        assert "log.jsonl:1: This is no decision of a log: id: Field required." in said
        assert f"log.jsonl:2: {second}" in said
        assert f"log.jsonl:4: {taken}" in said
        assert asyncio.run(active()) == 1
