"""All access to Neo4j: sessions, retries, timeouts and a count of round trips.

A single statement, reading or writing, is a transaction of its own (one round trip). Several run in one explicit
transaction. Both are tried again after transient faults, so what writes may run more than once: it must be idempotent.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, LiteralString, TypeVar, cast

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncResult,
    AsyncSession,
    AsyncTransaction,
    Query,
)

from cypher import joined, load
from domain.errors import Unavailable
from domain.log import logger
from domain.settings import Settings
from graph.store import tracing
from graph.store.request_scope import current_request, seconds_left
from graph.store.retry import Patience
from graph.store.shared_runs import SharedRuns

Row = dict[str, Any]
T = TypeVar("T")
_IN_RESERVE = frozenset(
    (
        "audit/append",
        "schema/migration_lock",
        "service_keys/confirm",
        "service_keys/create",
        "service_keys/hold",
        "service_keys/revoke",
        "service_keys/rotate",
    )
)
"""Writes that go on where the disk is nearly full: they are small, and without them no guest could be read in clear, no
process started and no key ended."""
_ENDS_WITHIN_S = 5.0
_log = logger("regulars.store")


class DbTransaction:
    """One open transaction."""

    def __init__(self, inner: AsyncTransaction, database: Database) -> None:
        self._inner = inner
        self._database = database

    async def run(self, *names: str, **parameters: Any) -> list[Row]:
        """The rows of a named query, or of several queries that run in order in one round trip."""
        with self._database.statement(" ".join(names)):
            return await _rows(await self._inner.run(cast(LiteralString, joined(*names)), parameters))

    async def run_text(self, text: str, /, **parameters: Any) -> list[Row]:
        """The rows of a generated query."""
        with self._database.statement("generated"):
            return await _rows(await self._inner.run(cast(LiteralString, text), parameters))


class Database:
    """A driver bound to one database. `round_trips` counts sent queries, for tests. `shared_runs` lets readers share a
    round trip, and `shared_writes` lets writers share a transaction.
    """

    pool_size = 0

    def __init__(self, driver: AsyncDriver, settings: Settings, room: Callable[[], None] | None = None) -> None:
        self._driver = driver
        self._room = room
        self._name = settings.neo4j_database
        self._timeout = settings.query_timeout_s
        self.pool_size = settings.neo4j_pool_size
        self._slow_ms = settings.slow_ms
        self.round_trips = 0
        self._users: dict[AsyncSession, asyncio.Task[Any] | None] = {}
        self._quiet: asyncio.Event | None = None
        self._patience = Patience()
        self.shared_runs: SharedRuns[Any] = SharedRuns()
        self.shared_writes: SharedRuns[Any] = SharedRuns(at_once=True)

    @property
    def running(self) -> int:
        """Statements and transactions that hold or wait for one of `pool_size` connections."""
        return len(self._users)

    async def read(self, name: str, /, **parameters: Any) -> list[Row]:
        """The rows of the query in `cypher/<name>.cypher`, in one round trip. Raises Unavailable."""
        return await self.read_text(load(name), operation=name, **parameters)

    async def read_text(self, text: str, /, *, operation: str, **parameters: Any) -> list[Row]:
        """The rows of a generated query (compiled segments, projections)."""
        return await self._alone(READ_ACCESS, text, operation, parameters)

    async def _alone(self, access: str, text: str, operation: str, parameters: Mapping[str, Any]) -> list[Row]:
        async def once() -> list[Row]:
            with self.statement(operation):
                async with self._session(access) as session:
                    query = Query(
                        cast(LiteralString, text), metadata=_metadata(operation), timeout=seconds_left(self._timeout)
                    )
                    return await _rows(await session.run(query, dict(parameters)))

        return await self._patience.run(once)

    async def write(self, operation: str, work: Callable[[DbTransaction], Awaitable[T]]) -> T:
        """Runs `work` in one transaction, durable when this returns. Raises Unavailable, and StoreFull before its disk
        is full.

        Retried on transient faults and on a constraint that a concurrent writer of the same key met first. Where the
        outcome of the commit is unknown it may run twice, so `work` must be idempotent by key.
        """

        if operation not in _IN_RESERVE:
            self.require_room()

        async def once() -> T:
            async with self._session(WRITE_ACCESS) as session:
                transaction = await session.begin_transaction(
                    metadata=_metadata(operation), timeout=seconds_left(self._timeout)
                )
                async with transaction:
                    result = await work(DbTransaction(transaction, self))
                    await transaction.commit()
                return result

        return await self._patience.run(once)

    async def write_one(self, name: str, /, **parameters: Any) -> list[Row]:
        """One writing query in a transaction of its own, durable when this returns, in one round trip. Retried as
        `write` is, so it must be idempotent. Raises Unavailable, and StoreFull before its disk is full."""
        if name not in _IN_RESERVE:
            self.require_room()
        return await self._alone(WRITE_ACCESS, load(name), name, parameters)

    async def run_schema(self, statement: str, **parameters: Any) -> list[Row]:
        """One auto-commit statement: migrations and CALL … IN TRANSACTIONS only. Raises Unavailable.

        It is retried on transient faults, such as two processes cause that migrate at once, so it must be idempotent.
        """

        async def once() -> list[Row]:
            async with self._driver.session(database=self._name) as session:
                return await _rows(await session.run(cast(LiteralString, statement), parameters))

        return await self._patience.run(once)

    @contextmanager
    def statement(self, name: str) -> Generator[None]:
        """One round trip. The log names slow statements, never their parameters."""
        self.round_trips += 1
        started = time.perf_counter()
        try:
            with tracing.statement(name, self._name):
                yield
        finally:
            took = 1000 * (time.perf_counter() - started)
            if took >= self._slow_ms:
                _log.warning("statement.slow", statement=name, ms=round(took, 1))

    @asynccontextmanager
    async def _session(self, access: str) -> AsyncGenerator[AsyncSession]:
        if self._quiet is not None:
            raise Unavailable("The service is ending.", hint="Try again; nothing was done.")
        session = self._driver.session(database=self._name, default_access_mode=access)
        self._users[session] = asyncio.current_task()
        try:
            async with session:
                yield session
        finally:
            del self._users[session]
            if self._quiet is not None and not self._users:
                self._quiet.set()

    async def end(self) -> None:
        """Lets nobody begin any more, and waits for what runs, such as a shared statement whose readers are gone; what
        then still runs is cancelled. A driver that closes while it opens a connection leaves that one open for ever.
        """
        self._quiet = asyncio.Event()
        if self._users:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._quiet.wait(), _ENDS_WITHIN_S)
        users = {user for user in self._users.values() if user is not None}
        for user in users:
            user.cancel()
        await asyncio.gather(*users, return_exceptions=True)

    def require_room(self) -> None:
        """Raises StoreFull where the store's disk has less space left than it should, and it can be seen from here."""
        if self._room is not None:
            self._room()

    async def watch(self, driver: AsyncDriver) -> None:
        """Ends the waiting of all when the store hangs, until cancelled. `driver` is another than all others use, as
        theirs may have no free connection."""

        async def ask() -> None:
            async with driver.session(database=self._name) as session:
                await (await session.run(cast(LiteralString, load("schema/ready")))).consume()

        await self._patience.watch(ask)

    async def ready(self) -> None:
        """Returns when Neo4j answers; raises Unavailable or SetupError."""
        await self.read("schema/ready")


def _metadata(operation: str) -> dict[str, str]:
    request = current_request()
    return {"operation": operation} if request is None else {"operation": operation, "request": request}


async def _rows(result: AsyncResult) -> list[Row]:
    # Not result.data(): it walks every nested value again, and our queries return plain maps and lists only.
    return [dict(record.items()) async for record in result]


@asynccontextmanager
async def connect(
    settings: Settings, *, uri: str, user: str, password: str, room: Callable[[], None] | None = None
) -> AsyncGenerator[Database]:
    """A Database over a driver that is closed at the end. `room` raises StoreFull before the store's disk is full."""

    def driver(connections: int) -> AsyncDriver:
        return AsyncGraphDatabase.driver(
            uri,
            auth=(user, password),
            max_connection_pool_size=connections,
            connection_acquisition_timeout=10,
            connection_timeout=5,
            max_transaction_retry_time=0,
            notifications_min_severity="OFF",
            user_agent="regulars/0.1",
        )

    async with driver(settings.neo4j_pool_size) as all_others, driver(1) as watching:
        database = Database(all_others, settings, room)
        watch = asyncio.create_task(database.watch(watching))
        try:
            yield database
        finally:
            watch.cancel()
            await asyncio.gather(watch, database.end(), return_exceptions=True)
