"""Events that wait for one writer, and those that it is writing."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors import RegularsError, Unavailable
from identity.claims import Claims
from identity.large_components import named
from ingest.delivery import EventOutcome


def stopping() -> Unavailable:
    return Unavailable("The service is stopping.", hint="Send the same request again.")


@dataclass(slots=True)
class Waiting:
    """An event and its answer, which nobody may wait for any more: a request that is cancelled cancels it."""

    claims: Claims
    answer: asyncio.Future[EventOutcome]

    def tell(self, outcome: EventOutcome) -> None:
        if not self.answer.done():
            self.answer.set_result(outcome)

    def fail(self, error: RegularsError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


class Lane:
    """A queue for one writer. `len` counts what is not yet done; `close` lets the writer end when nothing waits."""

    def __init__(self) -> None:
        self._queue: deque[Waiting] = deque()
        self._in_flight = 0
        self._filled = asyncio.Event()
        self._closing = False

    def __len__(self) -> int:
        return len(self._queue) + self._in_flight

    @property
    def ended(self) -> bool:
        return self._closing and not self._queue

    def put(self, waiting: Sequence[Waiting]) -> None:
        self._queue.extend(waiting)
        self._filled.set()

    async def take(self, most: int, linger_s: float) -> list[Waiting]:
        """The next batch, after a little wait for company. Each of it is to be `done`."""
        await self._filled.wait()
        if len(self._queue) < most and not self._closing:
            await asyncio.sleep(linger_s)
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), most))]
        if not self._queue and not self._closing:
            self._filled.clear()
        self._in_flight += len(batch)
        return batch

    def done(self, batch: Sequence[Waiting]) -> None:
        self._in_flight -= len(batch)

    def close(self) -> None:
        self._closing = True
        self._filled.set()

    def stop(self) -> None:
        """Nobody waits for a writer that is gone."""
        for one in self._queue:
            one.fail(stopping())


class LaneApart(Lane):
    """A lane that knows what its events name: others that name the same would wait for its writer's locks."""

    def __init__(self) -> None:
        super().__init__()
        self._named: Counter[str] = Counter()

    def put(self, waiting: Sequence[Waiting]) -> None:
        super().put(waiting)
        for one in waiting:
            self._named.update(named(one.claims))

    def done(self, batch: Sequence[Waiting]) -> None:
        super().done(batch)
        for one in batch:
            self._named.subtract(named(one.claims))
        self._named = +self._named

    def blocks(self, claims: Claims) -> bool:
        return any(key in self._named for key in named(claims))
