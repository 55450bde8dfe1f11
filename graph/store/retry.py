"""Retries what the store may answer the next time, and fails fast while the store is silent.

The silence is counted from the moment when this process first met it, not from each request. Once it has lasted, every
request fails at once, but for one at a time that tests whether it is over. Otherwise every request of an outage would
wait for the whole patience, and callers, connections and memory would pile up behind it.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConstraintError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
)

from domain.errors import SetupError, Unavailable

T = TypeVar("T")
_SILENT_FOR_S = 5.0  # long enough for a cluster to elect a leader
_BUSY_FOR_S = 60.0  # while it answers that writers block each other: one of them always proceeds
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


class Patience:
    """What one process knows about the silence of one store."""

    def __init__(self) -> None:
        self._silent_since: float | None = None
        self._worn_out = False
        self._probing = False

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
                answer = await once()
            except AuthError as error:
                raise SetupError(
                    "Neo4j refuses the user or password.", hint="Set REGULARS_NEO4J_USER and REGULARS_NEO4J_PASSWORD."
                ) from error
            except (Neo4jError, DriverError) as error:
                self._note(error, loop.time() + pause)
                if not _worth_another_try(error):
                    raise
                if self._worn_out or loop.time() + pause > started + _BUSY_FOR_S:
                    # The cause's message may quote parameters: it is chained for a debugger, never printed to a caller.
                    raise _unavailable() from error
            else:
                self._answered()
                return answer
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, 1.0)

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
