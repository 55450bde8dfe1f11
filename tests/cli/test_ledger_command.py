"""`regulars ledger verify` on a real store: what adds up, what does not, and the exit code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

import cli.ledger
from bench.kit.wipe import wipe
from cli.ledger import app
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from tests.kit.building import intake_of, read
from tests.kit.hard_cases import Teller, phone, subject

pytestmark = pytest.mark.neo4j


@pytest.fixture
def command(neo4j_server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    config, server = Settings.model_validate({"state_dir": tmp_path}), neo4j_server

    @asynccontextmanager
    async def open_database(settings: Settings) -> AsyncGenerator[Database]:
        async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
            yield database

    async def ordered() -> None:
        teller = Teller("command")
        teller.order("completed", "till", "O1", subject("ann", given="Ann", phone=phone(1)), "1200.00")
        async with open_database(config) as database:
            await migrate(database)
            await wipe(database)
            async with intake_of(database) as intake:
                await intake.submit(read(teller.events))

    asyncio.run(ordered())
    monkeypatch.setattr(cli.ledger, "settings", lambda: config)
    monkeypatch.setattr(cli.ledger, "open_database", open_database)
    return CliRunner()


def test_what_adds_up_is_one_line(command: CliRunner) -> None:
    answer = command.invoke(app, ["verify"])
    assert answer.exit_code == 0
    assert answer.stdout == "Customers: 1, records: 1, ledger entries: 1, limits: 0.\nThey add up to 1,200 points.\n"


def test_what_does_not_add_up_is_named_and_ends_in_1(command: CliRunner) -> None:
    async def falsify() -> None:
        async with cli.ledger.open_database(cli.ledger.settings()) as database:
            await database.run_schema("MATCH (l:LedgerEntry) SET l.points = 1199")
            await database.run_schema("CREATE (:LedgerEntry {key: 'nobody', points: 500, brand: 'grill'})")

    asyncio.run(falsify())
    answer = command.invoke(app, ["verify"])
    assert answer.exit_code == 1
    assert "They do not add up. What to do: docs/runbooks.md, 13." in answer.stdout
    assert "1,200" in answer.stdout
    assert "1,199" in answer.stdout
    assert "Ledger entries that are booked on no record: 1." in answer.stdout
    found = orjson.loads(command.invoke(app, ["verify", "--json"]).stdout)
    assert [(one["points"], one["stored"], one["sum"]) for one in found["differences"]] == [
        ("*earned", 1200, 1199),
        ("*unspent", 1200, 1199),
        ("grill", 1200, 1199),
        ("grill|2027-01-31", 1200, 1199),
    ]
