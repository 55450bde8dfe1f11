"""What subscribers wait for, looked up once for all of a process: however many wait, the store is asked as often.

Everybody follows the store by a place or state of their own, so that nothing is missed where a connection or a process
was away, and nobody's slowness holds others up.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager

import structlog

from domain.errors import NotFound
from graph.changes import Changes
from graph.database import Database, Row
from graph.serving import of_all

_KEPT = 5_000
_PAGE = 500
_log = structlog.get_logger("regulars.live")


class Live:
    """Looks while somebody waits, every `every` seconds."""

    def __init__(self, database: Database, every: float) -> None:
        self._changes = Changes(database)
        self._every = every
        self._looking: asyncio.Task[None] | None = None
        self._looked = asyncio.Event()
        self._waiting: Counter[str] = Counter()
        self._tail: deque[Row] = deque(maxlen=_KEPT)
        self._end: int | None = None
        self._states: dict[str, str] = {}
        self._looked_at = 0.0

    @property
    def behind(self) -> float:
        """Seconds since the store was last looked at with success; 0 while nobody waits."""
        return 0.0 if self._looking is None else time.monotonic() - self._looked_at

    async def changes(self, after: int | None) -> AsyncGenerator[Row]:
        """Every identity change after a place, or from now on, in the feed's order. Raises Unavailable at the start."""
        place = await self._changes.last() if after is None else after
        with self._waits_for(""):
            while True:
                looked = self._looked
                rows = await self._after(place)
                for row in rows:
                    place = row["place"]
                    yield row
                if not rows:
                    await looked.wait()

    async def states(self, number: str, after: str | None) -> AsyncGenerator[str]:
        """The state of a profile, unless it is `after`, and each that follows. Raises NotFound, Unavailable."""
        state = (await self._changes.states([number])).get(number)
        if state is None:
            raise NotFound("There is no such customer.")
        with self._waits_for(number):
            while True:
                looked = self._looked
                if state != after:
                    after = state
                    yield state
                else:
                    await looked.wait()
                    state = self._states.get(number, state)

    async def _after(self, place: int) -> list[Row]:
        """What all have in common from memory, what one has missed from the store."""
        start = self._tail[0]["place"] - 1 if self._tail else self._end
        if start is None or place < start:
            return await self._changes.after(place, _PAGE)
        return [row for row in self._tail if row["place"] > place]

    @contextmanager
    def _waits_for(self, what: str) -> Generator[None]:
        self._waiting[what] += 1
        if self._looking is None:
            self._looked_at = time.monotonic()
            self._looking = asyncio.create_task(self._look_on(), context=of_all())
        try:
            yield
        finally:
            self._waiting[what] -= 1
            if not self._waiting[what]:
                del self._waiting[what]
                self._states.pop(what, None)
            if not self._waiting:
                self._rest()

    def _rest(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        self._looking, self._end = None, None
        self._tail.clear()

    async def _look_on(self) -> None:
        while True:
            try:
                await self._look()
                self._looked_at = time.monotonic()
            except Exception as error:  # whatever it is: subscribers wait on, and the next look finds what this did not
                _log.warning("live.away", type=type(error).__name__)
            looked, self._looked = self._looked, asyncio.Event()
            looked.set()
            await asyncio.sleep(self._every)

    async def _look(self) -> None:
        if "" in self._waiting:
            end = await self._changes.last() if self._end is None else self._end
            while rows := await self._changes.after(end, _PAGE):
                self._tail.extend(rows)
                end = rows[-1]["place"]
            self._end = end
        numbers = set(self._waiting) - {""}
        if numbers:
            states = await self._changes.states(numbers)
            self._states = {number: state for number, state in states.items() if number in self._waiting}
