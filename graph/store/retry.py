"""Tries again what the store may answer the next time, and keeps nobody waiting for a store that is silent.

The silence is counted from when this process first met it, not from each caller's coming: who comes when it has lasted
is told so at once, while one at a time asks whether it is over. Without it every request of an outage waits the whole
patience, and callers, connections and memory pile up behind them.
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
_SILENT_FOR_S = 5.0  # long enough for another member of a cluster to lead
_BUSY_FOR_S = 60.0  # while it answers that writers are in each other's way: one of them always gets on
# Client errors by name that are none of the caller's making: a store under load, and a node deleted between its read
# and its write.
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
    """What one process knows of one store's silence."""

    def __init__(self) -> None:
        self._silent_since: float | None = None
        self._worn_out = False
        self._asking = False

    async def run(self, once: Callable[[], Awaitable[T]]) -> T:
        """The answer, after as many tries as are worth it. Raises Unavailable, SetupError, and what no try mends."""
        if not self._worn_out:
            return await self._tried(once)
        if self._asking:
            raise _unavailable()
        self._asking = True
        try:
            return await self._tried(once)
        finally:
            self._asking = False

    async def _tried(self, once: Callable[[], Awaitable[T]]) -> T:
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
                self._heard()
                return answer
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, 1.0)

    def _heard(self) -> None:
        self._silent_since = None
        self._worn_out = False

    def _note(self, error: Neo4jError | DriverError, until: float) -> None:
        """A server's error is an answer, unless it says that its database is not there."""
        if isinstance(error, Neo4jError) and not (error.code or "").endswith("DatabaseUnavailable"):
            self._heard()
        elif self._silent_since is None:
            self._silent_since = until
        else:
            self._worn_out = self._worn_out or until > self._silent_since + _SILENT_FOR_S


def _unavailable() -> Unavailable:
    return Unavailable("The graph store does not answer.", hint="Try again; nothing is lost.")


def _worth_another_try(error: Neo4jError | DriverError) -> bool:
    if isinstance(error, ConstraintError):
        return True  # a concurrent writer made the same key: the next try finds it
    if isinstance(error, ClientError):
        return error.code in _PASSING
    return error.is_retryable() or isinstance(error, ServiceUnavailable | SessionExpired)
