"""What subscribers wait for, looked up once for all of a process: however many wait, the store is asked as often.

Everybody follows the store by a place or state of their own, so that nothing is missed where a connection or a process
was away, and nobody's slowness holds others up.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias, TypeVar

from domain.errors import NotFound
from domain.log import logger
from engagement.segments import facts
from engagement.segments.moves import Move
from graph.identity_feed import IdentityFeed, Whom
from graph.segment_feed import SegmentFeed
from graph.store.database import Database, Row
from graph.store.request_scope import shared_context

_KEPT = 5_000
_PAGE = 500
_LOOK_ON_S = 1.0  # a segment newly followed has everybody to look at, and others wait beside it
_log = logger("regulars.live")
T = TypeVar("T")
_After: TypeAlias = Callable[[int, int], Awaitable[list[Row]]]


@dataclass(slots=True)
class _Tail:
    """The end of a feed, in memory for all who follow it; what one of them has missed comes from the store."""

    read_after: _After
    last: Callable[[], Awaitable[int]]
    _rows: deque[Row] = field(default_factory=lambda: deque[Row](maxlen=_KEPT))
    _end: int | None = None

    async def look(self) -> None:
        end = await self.last() if self._end is None else self._end
        while rows := await self.read_after(end, _PAGE):
            self._rows.extend(rows)
            end = rows[-1]["place"]
        self._end = end

    async def after(self, place: int) -> list[Row]:
        start = self._rows[0]["place"] - 1 if self._rows else self._end
        if start is None or place < start:
            return await self.read_after(place, _PAGE)
        return [row for row in self._rows if row["place"] > place]

    def rest(self) -> None:
        self._end = None
        self._rows.clear()


class Feeds:
    """Looks while somebody waits, every `every` seconds. `currency`: that of the group, for segments' rules."""

    def __init__(self, database: Database, every: float, currency: str) -> None:
        self._changes = IdentityFeed(database)
        self._transitions = SegmentFeed(database, partial(facts.judge, currency=currency))
        self._every = every
        self._looking: asyncio.Task[None] | None = None
        self._looked = asyncio.Event()
        self._identities = _Tail(self._changes.after, self._changes.last)
        self._segments = _Tail(self._transitions.after, self._transitions.last)
        # Who waits for identity changes, for profiles by number or record, for segments by id.
        self._identities_waited: Counter[str] = Counter()
        self._profiles_waited: Counter[Whom] = Counter()
        self._segments_waited: Counter[str] = Counter()
        self._states: dict[Whom, str] = {}
        self._looked_at = 0.0

    @property
    def behind(self) -> float:
        """Seconds since the store was last looked at with success; 0 while nobody waits."""
        return 0.0 if self._looking is None else time.monotonic() - self._looked_at

    async def changes(self, after: int | None) -> AsyncGenerator[Row]:
        """Every identity change after a place, or from now on, in the feed's order. Raises Unavailable at the start."""
        place = await self._changes.now() if after is None else after
        with self._waits(self._identities_waited, ""):
            while True:
                looked = self._looked
                rows = await self._identities.after(place)
                for row in rows:
                    place = row["place"]
                    yield row
                if not rows:
                    await looked.wait()

    async def segment_changes(self, segment: str, after: int | None) -> AsyncGenerator[Row]:
        """Every change of a segment after a place, or from now on: then the first row says `following`, and from which
        place on nothing is missed. Ends when the segment is deleted. Raises NotFound, InvalidInput, Unavailable."""
        place = await self._transitions.start(segment, after)
        with self._waits(self._segments_waited, segment):
            while place is None:
                looked = self._looked
                await looked.wait()
                place = await self._transitions.start(segment, None)
            if after is None:
                yield {"place": place, "kind": Move.FOLLOWING, "number": None, "at": None}
            while True:
                looked = self._looked
                rows = await self._segments.after(place)
                for row in rows:
                    place = row["place"]
                    if row["segment"] == segment:
                        yield row
                if not rows:
                    if self._transitions.gone(segment):
                        return
                    await looked.wait()

    async def states(self, whom: Whom, after: str | None) -> AsyncGenerator[str]:
        """The state of a profile, unless it is `after`, and each that follows. Raises NotFound, Unavailable."""
        state = (await self._changes.states([whom])).get(whom)
        if state is None:
            raise NotFound("There is no such customer.")
        with self._waits(self._profiles_waited, whom):
            while True:
                looked = self._looked
                if state != after:
                    after = state
                    yield state
                else:
                    await looked.wait()
                    state = self._states.get(whom, state)

    @contextmanager
    def _waits(self, waited: Counter[T], what: T) -> Generator[None]:
        waited[what] += 1
        if self._looking is None:
            self._looked_at = time.monotonic()
            self._looking = asyncio.create_task(self._look_on(), context=shared_context())
        try:
            yield
        finally:
            waited[what] -= 1
            if not waited[what]:
                del waited[what]
                self._rest()

    def _rest(self) -> None:
        if not self._identities_waited:
            self._identities.rest()
        if not self._segments_waited:
            self._segments.rest()
        self._states = {whom: state for whom, state in self._states.items() if whom in self._profiles_waited}
        waiting = self._identities_waited or self._profiles_waited or self._segments_waited
        if not waiting and self._looking is not None:
            self._looking.cancel()
            self._looking = None

    async def _look_on(self) -> None:
        while True:
            more = False
            try:
                more = await self._look()
                self._looked_at = time.monotonic()
            except Exception as error:  # whatever it is: subscribers wait on, and the next look finds what this did not
                _log.warning("live.away", type=type(error).__name__)
            looked, self._looked = self._looked, asyncio.Event()
            looked.set()
            await asyncio.sleep(0 if more else self._every)

    async def _look(self) -> bool:
        """Whether there is more to look at."""
        more = False
        if self._identities_waited:
            await self._identities.look()
        if self._profiles_waited:
            states = await self._changes.states(set(self._profiles_waited))
            self._states = {whom: state for whom, state in states.items() if whom in self._profiles_waited}
        if self._segments_waited:
            until = time.monotonic() + _LOOK_ON_S
            while (more := await self._transitions.look(set(self._segments_waited))) and time.monotonic() < until:
                pass
            await self._segments.look()
        return more
