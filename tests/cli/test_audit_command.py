"""`regulars audit verify` on a real store: the chain holds and its end is printed, or the exit code tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

import cli.audit
from bench.kit.wipe import wipe
from cli.audit import app
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from privacy.audit_log import AuditLog, Entry
from privacy.vault import open_vault

pytestmark = pytest.mark.neo4j
ENTRY = Entry(
    at="2026-03-01T12:00:00.000000+00:00", actor="desk", kind="service", action="read", what=("emails",), why=None,
    customers=("CUST-0000-0000-000A",), request="r-1",
)  # fmt: skip


@pytest.fixture
def command(neo4j_server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    config, server = Settings.model_validate({"state_dir": tmp_path}), neo4j_server

    @asynccontextmanager
    async def open_database(settings: Settings) -> AsyncGenerator[Database]:
        async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
            yield database

    async def noted() -> None:
        async with open_database(config) as database:
            await migrate(database)
            await wipe(database)
            await AuditLog(database, open_vault(config)).add(ENTRY)

    asyncio.run(noted())
    monkeypatch.setattr(cli.audit, "settings", lambda: config)
    monkeypatch.setattr(cli.audit, "open_database", open_database)
    return CliRunner()


def test_the_chain_holds_and_an_end_that_was_noted_is_there_still(command: CliRunner) -> None:
    answer = command.invoke(app, ["verify", "--json"])
    found = orjson.loads(answer.stdout)
    assert (answer.exit_code, found["entries"], found["broken_at"]) == (0, 1, None)
    again = command.invoke(app, ["verify", "--end", found["end"]])
    assert (again.exit_code, again.stdout.split()[0]) == (0, "1")


def test_an_end_that_is_gone_ends_in_1(command: CliRunner) -> None:
    answer = command.invoke(app, ["verify", "--end", "9:" + "0" * 64])
    assert answer.exit_code == 1
    assert answer.stdout.startswith("Broken at")
