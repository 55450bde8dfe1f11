"""Retries what the store may answer the next time, and fails fast while the store is silent.

The silence is counted from the moment when this process first met it, not from each request. Once it has lasted, every
request fails at once, but for one at a time that tests whether it is over. Otherwise every request of an outage would
wait for the whole patience, and callers, connections and memory would pile up behind it.

A store that hangs does not even fail: its connections stay open. So while somebody waits, the store is asked beside for
its life (`watch`). Where it does not answer that, nobody waits any longer. A long query alone proves nothing.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeGuard, TypeVar

from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConstraintError,
    DatabaseError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from domain.errors import SetupError, StoreFull, Unavailable
from domain.log import logger

T = TypeVar("T")
_log = logger("regulars.store")
_SILENT_FOR_S = 5.0  # long enough for a cluster to elect a leader
_BUSY_FOR_S = 60.0  # while it answers that writers block each other: one of them always proceeds
_LOOKS_EVERY_S = 1.0
_LIVES_WITHIN_S = 2.0
_MISSES = 2  # one alone may be a pause of this process: its timers end before it reads what has come
# Client errors that the caller did not cause: a store under load, and a node that was deleted between read and write.
_PASSING = frozenset(
    (
        "Neo.ClientError.Schema.EquivalentSchemaRuleAlreadyExists",  # IF NOT EXISTS does not see one being made
        "Neo.ClientError.Statement.EntityNotFound",
        "Neo.ClientError.Transaction.LockClientStopped",
        "Neo.ClientError.Transaction.TransactionTimedOut",
        "Neo.ClientError.Transaction.TransactionTimedOutClientConfiguration",
    )
)
# Neo4j refuses writes when its disk is full, until it starts again with more space.
_READ_ONLY = frozenset(
    (
        "Neo.ClientError.General.ForbiddenOnReadOnlyDatabase",
        "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase",
    )
)


class Patience:
    """What one process knows about the silence of one store."""

    def __init__(self) -> None:
        self._silent_since: float | None = None
        self._worn_out = False
        self._probing = False
        self._waiting: dict[asyncio.Timeout, float] = {}
        """Those who wait for an answer, since when, the first one first."""

    async def run(self, once: Callable[[], Awaitable[T]]) -> T:
        """The answer, after retries where they help. Raises Unavailable, SetupError, and errors that no retry fixes."""
        if not self._worn_out:
            return await self._retried(once)
        if self._probing:
            raise _unavailable()
        self._probing = True
        try:
            return await self._retried(once)
        finally:
            self._probing = False

    async def _retried(self, once: Callable[[], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        started, pause = loop.time(), 0.02
        while True:
            try:
                answer = await self._unless_silent(once)
            except AuthError as error:
                raise SetupError(
                    "Neo4j refuses the user or password.", hint="Set REGULARS_NEO4J_USER and REGULARS_NEO4J_PASSWORD."
                ) from error
            except (Neo4jError, DriverError) as error:
                self._note(error, loop.time() + pause)
                if isinstance(error, Neo4jError) and error.code in _READ_ONLY:
                    raise StoreFull("The graph store is read-only, usually because its disk was full.") from error
                if not _worth_another_try(error):
                    if _is_the_stores(error):
                        _log.error("store.ill", code=error.code)
                        raise _unavailable() from error
                    raise
                if self._worn_out or loop.time() + pause > started + _BUSY_FOR_S:
                    # The cause's message may quote parameters: it is chained for a debugger, never printed to a caller.
                    raise _unavailable() from error
            else:
                self._answered()
                return answer
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, 1.0)

    async def _unless_silent(self, once: Callable[[], Awaitable[T]]) -> T:
        """What `once` gives. Raises Unavailable as soon as the store is known to hang."""
        limit = asyncio.timeout(None)
        self._waiting[limit] = asyncio.get_running_loop().time()
        try:
            async with limit:
                return await once()
        except TimeoutError:
            if limit.expired():
                raise _unavailable() from None
            raise
        finally:
            del self._waiting[limit]

    async def watch(self, ask: Callable[[], Coroutine[Any, Any, object]]) -> None:
        """Asks for the store's life while somebody waits for it, until cancelled."""
        loop, misses = asyncio.get_running_loop(), 0
        asked: asyncio.Task[object] | None = None
        try:
            while True:
                await asyncio.sleep(_LOOKS_EVERY_S)
                oldest = next(iter(self._waiting.values()), math.inf)
                if asked is None and not self._worn_out and oldest > loop.time() - _LOOKS_EVERY_S:
                    continue
                # A late answer is one, too: the question is not taken back.
                asked = asked or loop.create_task(ask())
                await asyncio.wait((asked,), timeout=_LIVES_WITHIN_S)
                if asked.done():
                    if asked.exception() is None and self._worn_out:
                        self._answered()
                    asked, misses = None, 0
                else:
                    misses += 1
                    if misses >= _MISSES:
                        self._hangs()
        finally:
            if asked is not None:
                asked.cancel()
                await asyncio.gather(asked, return_exceptions=True)

    def _hangs(self) -> None:
        if not self._worn_out:
            _log.error("store.hangs", waiting=len(self._waiting))
        self._worn_out = True
        now = asyncio.get_running_loop().time()
        for limit in self._waiting:
            if not limit.expired():
                limit.reschedule(now)

    def _answered(self) -> None:
        self._silent_since = None
        self._worn_out = False

    def _note(self, error: Neo4jError | DriverError, until: float) -> None:
        """An error of the server is an answer, unless it says that the database is unavailable."""
        if isinstance(error, Neo4jError) and not (error.code or "").endswith("DatabaseUnavailable"):
            self._answered()
        elif self._silent_since is None:
            self._silent_since = until
        else:
            self._worn_out = self._worn_out or until > self._silent_since + _SILENT_FOR_S


def _unavailable() -> Unavailable:
    return Unavailable("The graph store does not answer.", hint="Try again; nothing is lost.")


def _worth_another_try(error: Neo4jError | DriverError) -> bool:
    if isinstance(error, ConstraintError):
        return True  # a concurrent writer created the same key: the next try finds it
    if isinstance(error, ClientError):
        return error.code in _PASSING
    return error.is_retryable() or isinstance(error, ServiceUnavailable | SessionExpired)


def _is_the_stores(error: Neo4jError | DriverError) -> TypeGuard[DatabaseError]:
    """Whether the fault is the store's own, such as a log that cannot be written, and not that of a statement."""
    return isinstance(error, DatabaseError) and not (error.code or "").startswith("Neo.DatabaseError.Statement.")
