"""`regulars quarantine` on a real store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import cli.quarantine
from cli.quarantine import app
from domain.errors import EventRefused, InvalidInput, NotFound
from domain.settings import Settings
from graph.local import Running
from graph.store.database import connect
from graph.store.migrations import migrate
from ingest.delivery import EventRefusal
from ingest.quarantine import Quarantine
from privacy.vault import Vault
from tests.kit.memory import MemorySink

RAW = {"type": "identify", "messageId": "m", "source": "till", "at": "soon", "subject": {"id": "jane@example.org"}}
RUNNER = CliRunner()


@dataclass
class Parts:
    quarantine: Quarantine
    intake: MemorySink = field(default_factory=MemorySink)


@pytest.fixture
def key(neo4j_server: Running, monkeypatch: pytest.MonkeyPatch) -> str:
    sink, running = MemorySink(), neo4j_server

    @asynccontextmanager
    async def open_sink() -> AsyncGenerator[Parts]:
        settings = Settings()  # pyright: ignore[reportCallIssue]
        async with connect(settings, uri=running.bolt_uri, user=running.user, password=running.password) as database:
            yield Parts(Quarantine(database, Vault(b"k" * 32)), sink)

    async def prepare() -> str:
        settings = Settings()  # pyright: ignore[reportCallIssue]
        async with connect(settings, uri=running.bolt_uri, user=running.user, password=running.password) as database:
            await migrate(database)
            await database.run_schema("MATCH (q:Quarantined) DELETE q")
            [key] = await Quarantine(database, Vault(b"k" * 32)).put(
                [EventRefusal(RAW, "/at", "is no time", source="till")]
            )
            return key

    monkeypatch.setattr(cli.quarantine, "open_sink", open_sink)
    return asyncio.run(prepare())


def run(*arguments: str) -> Any:
    result = RUNNER.invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.mark.neo4j
class TestCommands:
    def test_from_list_to_replay(self, key: str, tmp_path: Path) -> None:
        assert [entry["id"] for entry in run("list")] == [key]
        assert run("show", key)["raw"]["subject"] == {"id": "j•••"}
        assert run("show", key, "--reveal")["raw"] == RAW
        patch = tmp_path / "patch.json"
        patch.write_text('{"at": "2026-03-01T18:30:00Z"}')
        assert [outcome["status"] for outcome in run("replay", "--all")] == ["refused"]
        assert run("mend", key, "--file", str(patch), "--merge")["status"] == "waiting"
        assert [outcome["status"] for outcome in run("replay", key)] == ["accepted"]
        assert run("list") == []
        assert [entry["id"] for entry in run("list", "--status", "replayed")] == [key]

    def test_drop(self, key: str) -> None:
        assert run("drop", key) == {"id": key, "status": "dropped"}
        assert run("show", key)["raw"] is None

    def test_tables_hold_no_contact_data(self, key: str) -> None:
        for arguments in (["list"], ["show", key], ["replay", "--all"], ["drop", key]):
            result = RUNNER.invoke(app, arguments, catch_exceptions=False)
            assert result.exit_code == 0
            assert key[:20] in result.stdout
            assert "jane" not in result.stdout

    def test_mistakes(self, key: str, tmp_path: Path) -> None:
        (tmp_path / "x.json").write_text("[1]")
        (tmp_path / "y.json").write_text(json.dumps(RAW))
        for arguments, error in (
            (["show", "q_x"], NotFound),
            (["replay"], InvalidInput),
            (["replay", key, "--all"], InvalidInput),
            (["mend", key, "--file", str(tmp_path / "x.json")], InvalidInput),
            (["mend", key, "--file", str(tmp_path / "y.json")], EventRefused),
        ):
            with pytest.raises(error):
                RUNNER.invoke(app, arguments, catch_exceptions=False)
