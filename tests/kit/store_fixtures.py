"""Fixtures of tests that need a store: a migrated database, empty at the start of each test; and the story in it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from bench.kit.wipe import wipe
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from tests.kit.building import settings_of
from tests.kit.story import Story, told


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated(neo4j_server: Running) -> AsyncGenerator[Database]:
    """One driver for the session, on a migrated store."""
    server = neo4j_server
    async with connect(settings_of(), uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        yield database


@pytest_asyncio.fixture(loop_scope="session")
async def store(migrated: Database) -> Database:
    """The database of a test, wiped."""
    await wipe(migrated)
    return migrated


@pytest_asyncio.fixture(loop_scope="session")
async def second_store(neo4j_server: Running, store: Database) -> AsyncGenerator[Database]:
    """Another driver onto the same store, as another process has it."""
    server = neo4j_server
    async with connect(settings_of(), uri=server.bolt_uri, user=server.user, password=server.password) as database:
        yield database


@pytest.fixture(scope="module")
async def story(neo4j_server: Running) -> AsyncGenerator[Story]:
    """The story, once for each module of tests: a module may add to it."""
    async with told(neo4j_server) as story:
        yield story


__all__ = ["migrated", "second_store", "store", "story"]
