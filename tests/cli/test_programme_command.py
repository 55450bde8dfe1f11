"""`regulars programme` on a real store: versions, preview and publication; wrong rules are named before anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

import cli.programme
from bench.kit.wipe import wipe
from cli.programme import app
from domain.errors import InvalidInput, SetupError
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate

pytestmark = pytest.mark.neo4j

RULES = "points_per_unit: {default: 2}\ntiers: [{name: member, from: 0}]\n"


@pytest.fixture
def rules(neo4j_server: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    config, server = Settings.model_validate({"state_dir": tmp_path}), neo4j_server

    @asynccontextmanager
    async def open_database(settings: Settings) -> AsyncGenerator[Database]:
        async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
            yield database

    async def empty() -> None:
        async with open_database(config) as database:
            await migrate(database)
            await wipe(database)

    asyncio.run(empty())
    monkeypatch.setattr(cli.programme, "settings", lambda: config)
    monkeypatch.setattr(cli.programme, "open_database", open_database)
    file = tmp_path / "rules.yaml"
    file.write_text(RULES)
    return file


def test_rules_are_published_listed_and_shown(rules: Path) -> None:
    runner = CliRunner()
    answer = runner.invoke(app, ["publish", str(rules), "--starts", "2030-01-01"])
    assert answer.stdout == "Version 1 is published.\n"
    listed = orjson.loads(runner.invoke(app, ["list", "--json"]).stdout)
    assert [(one["version"], one["starts"]) for one in listed["versions"]] == [(1, "2030-01-01T00:00:00Z")]
    assert runner.invoke(app, ["show", "1"]).stdout == f"{RULES}\n"
    assert isinstance(runner.invoke(app, ["show"]).exception, InvalidInput)  # none has started
    assert "2030" in runner.invoke(app, ["list"]).stdout


def test_wrong_rules_are_named(rules: Path) -> None:
    rules.write_text(RULES + "bonuses: [{id: Hi, name: Hi, points: 1}]\n")
    answer = CliRunner().invoke(app, ["publish", str(rules)])
    assert isinstance(answer.exception, SetupError)
    assert "bonuses.0.id" in str(answer.exception)


def test_a_preview_of_no_orders_has_no_rows(rules: Path) -> None:
    found = orjson.loads(CliRunner().invoke(app, ["preview", str(rules), "--json"]).stdout)
    assert found == {"guests": 0, "orders": 0, "gaining": 0, "losing": 0, "complete": True, "rules": [], "tiers": []}
    assert "0 orders of 0 guests." in CliRunner().invoke(app, ["preview", str(rules)]).stdout
