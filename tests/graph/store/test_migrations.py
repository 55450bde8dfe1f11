"""Migrations run once each and in order, also from several processes at once, and an edited one is refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

import graph.store.migrations
from domain.errors import SetupError
from domain.settings import Settings
from graph.local import LocalNeo4j
from graph.store.database import Database, connect
from graph.store.migrations import Migration, migrate, migrations

pytestmark = pytest.mark.neo4j

ALL = [migration.version for migration in migrations()]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def fresh(
    tmp_path_factory: pytest.TempPathFactory, neo4j_settings: Callable[..., Settings]
) -> AsyncGenerator[list[Database]]:
    """Four processes' drivers onto a store that nobody has migrated."""
    settings = neo4j_settings(tmp_path_factory.mktemp("fresh"))
    local = LocalNeo4j(settings)
    server = await asyncio.to_thread(local.start, tied_to_parent=True)
    async with AsyncExitStack() as stack:
        stack.callback(local.stop)
        yield [
            await stack.enter_async_context(
                connect(settings, uri=server.bolt_uri, user=server.user, password=server.password)
            )
            for _ in range(4)
        ]


async def test_processes_that_migrate_an_empty_store_at_once(fresh: list[Database]) -> None:
    applied = await asyncio.gather(*map(migrate, fresh))
    assert ALL in applied or sorted({version for versions in applied for version in versions}) == ALL
    database = fresh[0]
    [nodes] = await database.read_text(
        "RETURN COUNT { (:Migrations) } AS locks, COUNT { (:Migration) } AS migrations", operation="test"
    )
    assert nodes == {"locks": 1, "migrations": len(ALL)}
    constraints = await database.read_text(
        "SHOW CONSTRAINTS YIELD name RETURN collect(name) AS names", operation="test"
    )
    assert {"event_key", "customer_number", "migrations_id"} <= set(constraints[0]["names"])
    indexes = await database.read_text("SHOW INDEXES YIELD state RETURN DISTINCT state", operation="test")
    assert indexes == [{"state": "ONLINE"}]
    assert await migrate(database) == []


async def test_an_edited_migration_is_refused(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    edited = [replace(migration, checksum="another") for migration in migrations()]
    monkeypatch.setattr(graph.store.migrations, "migrations", lambda: edited)
    with pytest.raises(SetupError, match="0001 was changed after it had been applied"):
        await migrate(store)


async def test_a_new_migration_runs_once_and_again_after_a_crash(
    fresh: list[Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    database = fresh[0]
    await migrate(database)
    new = Migration("9999", "test", "c", ("MERGE (:Probe {id: 1})", "MERGE (p:Probe {id: 1}) SET p.done = true"))
    broken = replace(new, statements=(new.statements[0], "RETRN"))
    monkeypatch.setattr(graph.store.migrations, "migrations", lambda: [*migrations(), broken])
    with pytest.raises(Exception, match="RETRN"):
        await migrate(database)
    monkeypatch.setattr(graph.store.migrations, "migrations", lambda: [*migrations(), new])
    assert await migrate(database) == ["9999"]
    assert await migrate(database) == []
    monkeypatch.undo()
    assert await migrate(database) == []  # a process of the release before, beside the new one
    probes = await database.read_text("MATCH (p:Probe) RETURN p.done AS done", operation="test")
    assert probes == [{"done": True}]


@pytest.mark.parametrize("name", ["V1__short.cypher", "V0001_one.cypher", "V0001__Upper.cypher", "notes.txt"])
def test_a_file_of_another_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / name).write_text("RETURN 1")
    monkeypatch.setattr(graph.store.migrations.resources, "files", lambda package: tmp_path)
    with pytest.raises(SetupError, match=name):
        migrations()
