"""`regulars jobs`: what is dead can be seen, retried and cancelled, and what is due can be run without a service."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from typer.testing import CliRunner

from bench.kit.wipe import wipe
from cli.main import app
from domain.errors import Conflict, NotFound
from domain.settings import settings
from graph.jobs import Jobs
from graph.local import Running
from graph.store.migrations import migrate
from graph.webhooks import DELIVER
from runtime.service import open_database

pytestmark = pytest.mark.neo4j
Command = Callable[..., Any]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, neo4j_server: Running) -> Command:
    """Runs the command on an empty store; its JSON."""
    values = {
        "STATE_DIR": str(tmp_path),
        "NEO4J_URI": neo4j_server.bolt_uri,
        "NEO4J_USER": neo4j_server.user,
        "NEO4J_PASSWORD": neo4j_server.password,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"REGULARS_{name}", value)
    settings.cache_clear()

    async def empty() -> None:
        async with open_database(settings()) as database:
            await migrate(database)
            await wipe(database)
            await migrate(database)

    def run(*words: str) -> Any:
        result = CliRunner().invoke(app, ["jobs", *words, "--json"])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return orjson.loads(result.stdout)

    asyncio.run(empty())
    return run


async def dead(kind: str = "other.kind") -> str:
    """A dead job; its id."""
    async with open_database(settings()) as database:
        jobs = Jobs(database)
        await jobs.put(kind, "a", {"step": 3})
        [job] = await jobs.claim([kind], 1, seconds=60)
        await jobs.leave(job, ended="dead", error="ValueError at x.py:1", tries=8)
        return job.id


def test_a_dead_job_is_seen_and_retried(command: Command) -> None:
    id_ = asyncio.run(dead())
    assert [(row["id"], row["state"]) for row in command("list", "--state", "dead")] == [(id_, "dead")]
    assert command("show", id_)["progress"] == {"step": 3}
    assert command("retry", id_) == {"id": id_, "state": "waiting"}
    assert command("cancel", id_) == {"id": id_, "state": "cancelled"}
    with pytest.raises(Conflict):
        command("cancel", id_)
    with pytest.raises(NotFound):
        command("show", "none")
    assert command("list", "--kind", "nothing") == []


def test_the_job_of_a_webhook_is_not_cancelled(command: Command) -> None:
    id_ = asyncio.run(dead(DELIVER))
    with pytest.raises(Conflict, match="delivers as long as it is there"):
        command("cancel", id_)
    assert command("show", id_)["state"] == "dead"


def test_what_is_due_is_run_once(command: Command) -> None:
    assert command("run", "--once") == {"runs": 3}
    assert {(row["kind"], row["state"]) for row in command("list")} == {
        ("jobs.forget", "done"),
        ("limits.forget", "done"),
        ("points.expiring", "done"),
    }
    assert command("run", "--once") == {"runs": 0}
