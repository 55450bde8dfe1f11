"""`regulars keys` on a real store."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from typer.testing import CliRunner, Result

import cli.keys
from api.auth.key_ring import KeyRing, key_cache, make
from bench.kit.wipe import wipe
from cli.keys import app
from domain.errors import InvalidInput, NotFound
from domain.settings import Settings
from graph.local import Running
from graph.service_keys import ServiceKeys
from graph.store.database import Database, connect
from graph.store.migrations import migrate

pytestmark = pytest.mark.neo4j


SETTINGS = Settings()  # pyright: ignore[reportCallIssue]


@pytest.fixture(scope="module")
async def database(neo4j_server: Running) -> AsyncGenerator[Database]:
    server = neo4j_server
    async with connect(SETTINGS, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        yield database
        await wipe(database)


@pytest.fixture
def command(neo4j_server: Running, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    @asynccontextmanager
    async def open_database(settings: Settings) -> AsyncGenerator[Database]:
        server = neo4j_server
        async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
            yield database

    monkeypatch.setattr(cli.keys, "open_database", open_database)
    return CliRunner()


def test_the_command(command: CliRunner, database: Database) -> None:
    limits = ["--brand", "b", "--source", "s", "--store", "1"]
    answer = command.invoke(app, ["create", "till-9", "--role", "till", *limits, "--days", "3", "--json"])
    made = json.loads(answer.stdout)
    assert make(made["id"]).text.startswith(f"rg_{made['id']}_")
    listed = command.invoke(app, ["list", "--json"]).stdout
    [row] = [row for row in json.loads(listed) if row["id"] == made["id"]]
    assert (row["name"], row["brands"], row["stores"]) == ("till-9", ["b"], ["1"])
    assert made["key"].rpartition("_")[2] not in listed
    assert "till-9" in command.invoke(app, ["list"]).stdout
    rotated = json.loads(command.invoke(app, ["rotate", made["id"], "--json"]).stdout)
    assert rotated["id"] == made["id"]
    assert rotated["key"] != made["key"]
    assert command.invoke(app, ["revoke", made["id"]]).exit_code == 0
    assert isinstance(command.invoke(app, ["rotate", made["id"]]).exception, NotFound)


async def test_keys_that_wait_since_a_restore_are_confirmed_by_name_or_all(
    command: CliRunner, database: Database
) -> None:
    async def run(*words: str) -> Result:
        return await asyncio.to_thread(command.invoke, app, words)

    made = [json.loads((await run("create", f"key-{n}", "--role", "till", "--json")).stdout) for n in range(3)]
    await run("revoke", made[2]["id"])
    await ServiceKeys(database).hold()

    async def callers() -> list[bool]:
        ring = KeyRing(ServiceKeys(database), key_cache(None), cache_s=5)
        return [await ring.caller(one["key"]) is not None for one in made]

    assert await callers() == [False, False, False]
    assert "regulars keys confirm" in " ".join((await run("list")).stdout.split())
    for wrong in (["confirm"], ["confirm", "--all", made[0]["id"]]):
        assert isinstance((await run(*wrong)).exception, InvalidInput)
    assert json.loads((await run("confirm", made[0]["id"], "--json")).stdout) == [made[0]["id"]]
    assert await callers() == [True, False, False]
    assert isinstance((await run("confirm", made[2]["id"])).exception, NotFound)
    assert (await run("confirm", "--all")).exit_code == 0
    assert await callers() == [True, True, False]


@pytest.mark.parametrize(
    "arguments",
    [
        ["Till 9", "--role", "till"],
        ["till-9"],
        ["till-9", "--role", "admin"],
        ["till-9", "--role", "guest"],
        ["till-9", "--scope", "me:read"],
        ["till-9", "--scope", "me:write"],
        ["till-9", "--scope", "everything"],
        ["till-9", "--role", "till", "--brand", "b"],
        ["page", "--role", "page"],
        ["page", "--role", "page", "--brand", "b"],
        ["page", "--role", "page", "--source", "s"],
        ["page", "--role", "page", "--role", "till", "--brand", "b", "--source", "s"],
        ["page", "--role", "page", "--scope", "profile:read", "--brand", "b", "--source", "s"],
        ["till-9", "--role", "till", "--source", "s", "--store", "1"],
    ],
)
def test_what_makes_no_key(arguments: list[str]) -> None:
    answer = CliRunner().invoke(app, ["create", *arguments])
    assert answer.exception is not None
    assert "rg_" not in answer.output
