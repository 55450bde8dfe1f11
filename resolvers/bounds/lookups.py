"""Look-ups of a customer by a value that somebody may try out, such as a telephone number.

Each is counted for its caller, and the counts stand in the audit log within a minute. One that finds nobody costs more,
and after too many of them the caller has to wait: who knows the guest's number seldom misses, who tries numbers does.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from domain.errors import Throttled
from domain.log import logger
from privacy.audit_log import AuditLog, Entry
from resolvers.bounds.budget import Bucket, Budget

_EVERY_S = 60.0
_log = logger("regulars.lookups")


class LooksUp(Protocol):
    """Who looks up: a name that may be logged, and the kind of caller."""

    @property
    def name(self) -> str: ...

    @property
    def kind(self) -> StrEnum: ...


@dataclass(slots=True)
class Lookups:
    """The look-ups of one process. `misses` holds how many of each caller may still find nobody."""

    log: AuditLog
    misses: Bucket
    every_s: float = _EVERY_S
    clock: Callable[[], float] = time.monotonic
    _waits: dict[str, float] = field(default_factory=dict[str, float])
    _counts: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    _noting: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def check(self, caller: LooksUp) -> None:
        """Raises Throttled where the caller has found nobody too often."""
        wait = self._waits.get(caller.name, 0.0) - self.clock()
        if wait > 0:
            raise Throttled("Too many of your look-ups found nobody.", retry_after=math.ceil(wait))
        self._waits.pop(caller.name, None)

    async def made(self, caller: LooksUp, meter: Budget, *, found: bool) -> None:
        """Counts a look-up, and charges it where it found nobody. Raises Throttled where that cannot be paid."""
        self._count(caller, "customer.found" if found else "customer.missed")
        if found:
            return
        level = await self.misses.take(f"misses/{caller.name}", 1)
        if level.left < 1:
            self._waits[caller.name] = self.clock() + max(level.wait, 1 / self.misses.per_second)
        await meter.miss()

    def _count(self, caller: LooksUp, what: str) -> None:
        counts = self._counts.get(caller.name)
        if counts is None:
            counts = self._counts[caller.name] = {}
            task = asyncio.create_task(self._write(caller))
            self._noting.add(task)
            task.add_done_callback(self._noting.discard)
        counts[what] = counts.get(what, 0) + 1

    async def _write(self, caller: LooksUp) -> None:
        await asyncio.sleep(self.every_s)
        for what, count in self._counts.pop(caller.name).items():
            at = datetime.now(UTC).isoformat(timespec="microseconds")
            try:
                await self.log.add(Entry(at, caller.name, caller.kind.value, "find", (what,), events=count))
            except Exception as error:  # nobody waits for it
                _log.warning("lookups.not_noted", caller=caller.name, count=count, type=type(error).__name__)
