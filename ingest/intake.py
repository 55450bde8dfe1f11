"""Group commit: concurrent requests share a transaction, and each is answered when its events are durable.

Events wait in one bounded queue. One writer takes what is there, after a few milliseconds' wait for company, and writes
it. A second writer would mostly wait for the first one's locks: neighbours in a stream are the same guests (measured: a
third slower). Memory is bounded by the queue: past it the answer is Overloaded, at once.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog

from domain.errors import EventRefused, Overloaded, RegularsError, Unavailable
from domain.events import Event
from domain.settings import Settings
from ingest.claims import Claims, Reader
from ingest.commit import Committer
from ingest.sink import Outcome

_READ_PER_SLICE = 50  # events read between two breaths of the event loop
_FAULT = Outcome(
    "refused", message="the event could not be written", hint="Our fault, and kept: replay it after the next release."
)

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Waiting:
    """An event and its answer, which nobody may wait for any more: a request that is cancelled cancels it."""

    claims: Claims
    answer: asyncio.Future[Outcome]

    def tell(self, outcome: Outcome) -> None:
        if not self.answer.done():
            self.answer.set_result(outcome)

    def fail(self, error: RegularsError) -> None:
        if not self.answer.done():
            self.answer.set_exception(error)


def _stopping() -> Unavailable:
    return Unavailable("The service is stopping.", hint="Send the same request again.")


def _stopped(waiting: Iterable[_Waiting]) -> None:
    for one in waiting:
        one.fail(_stopping())


class Intake:
    """Takes events for one process. Make it with `open_intake`."""

    def __init__(self, committer: Committer, reader: Reader, settings: Settings) -> None:
        self._committer = committer
        self._reader = reader
        self._settings = settings
        self._queue: deque[_Waiting] = deque()
        self._reading = 0
        self._in_flight = 0
        self._filled = asyncio.Event()
        self._closing = False

    @property
    def waiting(self) -> int:
        """Events that are taken in and not yet durable."""
        return self._reading + len(self._queue) + self._in_flight

    async def submit(self, events: Sequence[Event]) -> list[Outcome]:
        """One outcome per event, in order, when all of them are durable.

        Raises Overloaded before anything is taken, and Unavailable where the store fails or the service is stopping:
        some events may then be durable, and sending all of them again does no harm.
        """
        room = self._settings.intake_queue - self.waiting
        if len(events) > room:
            raise Overloaded(
                "Too many events are waiting to be written.", retry_after=1, hint="Send the same request again later."
            )
        self._reading += len(events)  # at once, so that concurrent requests cannot pass the bound together
        try:
            outcomes = await self._read(events)
        finally:
            self._reading -= len(events)
        if self._closing:
            raise _stopping()
        waiting = [item for item in outcomes if isinstance(item, _Waiting)]
        if waiting:
            self._queue.extend(waiting)
            self._filled.set()
        # Wait for all before raising, so that no answer is left without a reader.
        await asyncio.gather(*(item.answer for item in waiting), return_exceptions=True)
        return [item if isinstance(item, Outcome) else item.answer.result() for item in outcomes]

    async def _read(self, events: Sequence[Event]) -> list[Outcome | _Waiting]:
        outcomes: list[Outcome | _Waiting] = []
        for count, event in enumerate(events, 1):
            if count % _READ_PER_SLICE == 0:
                await asyncio.sleep(0)
            try:
                outcomes.append(_Waiting(self._reader.claims(event), asyncio.get_running_loop().create_future()))
            except EventRefused as error:
                outcomes.append(Outcome("refused", (), error.pointer, error.message, error.hint))
        return outcomes

    async def write(self) -> None:
        """The writer: commits what waits until `close`, and then what is left."""
        try:
            while self._queue or not self._closing:
                await self._filled.wait()
                await self._linger()
                await self._write_next()
        finally:  # whatever ends it, nobody waits for a writer that is gone
            self.close()
            _stopped(self._queue)

    def close(self) -> None:
        """Lets the writer end when the queue is empty."""
        self._closing = True
        self._filled.set()

    async def _linger(self) -> None:
        if len(self._queue) < self._settings.intake_batch and not self._closing:
            await asyncio.sleep(self._settings.intake_linger_ms / 1000)

    async def _write_next(self) -> None:
        batch = [self._queue.popleft() for _ in range(min(len(self._queue), self._settings.intake_batch))]
        if not self._queue and not self._closing:
            self._filled.clear()
        if not batch:
            return
        self._in_flight += len(batch)
        try:
            await self._commit(batch)
        except BaseException:
            _stopped(batch)
            raise
        finally:
            self._in_flight -= len(batch)

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            new = await self._committer.commit([waiting.claims for waiting in batch])
        except RegularsError as error:
            for waiting in batch:
                waiting.fail(error)
        except Exception as error:
            if len(batch) > 1:  # find the one that does it, and let the others through
                half = len(batch) // 2
                await self._commit(batch[:half])
                await self._commit(batch[half:])
                return
            log.error("event not written", key=batch[0].claims.event, fault=type(error).__name__)
            batch[0].tell(_FAULT)
        else:
            for waiting, is_new in zip(batch, new, strict=True):
                status = "accepted" if is_new else "duplicate"
                waiting.tell(Outcome(status, waiting.claims.warnings))


@asynccontextmanager
async def open_intake(committer: Committer, reader: Reader, settings: Settings) -> AsyncGenerator[Intake]:
    """An Intake with its writer; what waits at the end is still committed."""
    intake = Intake(committer, reader, settings)
    writer = asyncio.create_task(intake.write())
    try:
        yield intake
    finally:
        intake.close()
        await writer
