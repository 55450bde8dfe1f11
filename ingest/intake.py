"""Group commit: concurrent requests share a transaction, and each is answered when its events are durable.

Events wait in one bounded queue. One writer takes what is there, after a few milliseconds' wait for company, and writes
it. A second writer would mostly wait for the first one's locks: neighbours in a stream are the same guests (measured: a
third slower). But events that stand in a large component have a lane and writer of their own, so that nobody else waits
while one of them is decided. Memory is bounded by the queue: past it the answer is Overloaded, at once.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from domain.errors import EventRefused, Overloaded, RegularsError
from domain.events import Event
from domain.log import logger
from domain.settings import Settings
from identity.claims import Claims, ClaimsReader
from identity.large_components import InLargeComponents
from identity.sender_rights import ALL_RIGHTS, SenderRights
from ingest.commit import Committer
from ingest.delivery import FAULT, EventOutcome
from ingest.misdated import dated
from ingest.write_queue import Lane, LaneApart, Waiting, stopping

_READ_PER_SLICE = 50  # events read between two breaths of the event loop

log = logger(__name__)

KeepRefusals = Callable[[Sequence[Claims]], Awaitable[None]]
"""Keeps refusals of consent outside the store too, before they are answered. Raises Unavailable."""


class Intake:
    """Takes events for one process. Make it with `open_intake`."""

    def __init__(
        self, committer: Committer, reader: ClaimsReader, settings: Settings, keep_refusals: KeepRefusals | None = None
    ) -> None:
        self._committer = committer
        self._reader = reader
        self._settings = settings
        self._keep_refusals = keep_refusals
        self._reading = 0
        self._lane = Lane()
        self._apart = LaneApart()
        self._closing = False

    @property
    def waiting(self) -> int:
        """Events that are taken in and not yet durable."""
        return self._reading + len(self._lane) + len(self._apart)

    async def submit(self, events: Sequence[Event], rights: SenderRights = ALL_RIGHTS) -> list[EventOutcome]:
        """One outcome per event of a sender with these rights, in order, when all of them are durable.

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
            outcomes = await self._read(events, rights)
        finally:
            self._reading -= len(events)
        if self._closing:
            raise stopping()
        waiting = [item for item in outcomes if isinstance(item, Waiting)]
        if waiting:
            self._lane.put(waiting)
        # Wait for all before raising, so that no answer is left without a reader.
        await asyncio.gather(*(item.answer for item in waiting), return_exceptions=True)
        return [item if isinstance(item, EventOutcome) else item.answer.result() for item in outcomes]

    async def _read(self, events: Sequence[Event], rights: SenderRights) -> list[EventOutcome | Waiting]:
        outcomes: list[EventOutcome | Waiting] = []
        received = datetime.now(UTC)
        for count, event in enumerate(events, 1):
            if count % _READ_PER_SLICE == 0:
                await asyncio.sleep(0)
            try:
                claims = dated(self._reader.claims(event, rights), received)
                outcomes.append(Waiting(claims, asyncio.get_running_loop().create_future()))
            except EventRefused as error:
                outcomes.append(EventOutcome("refused", (), error.pointer, error.message, error.hint))
        return outcomes

    async def write(self) -> None:
        """The writers: they commit what waits until `close`, and then what is left."""
        apart = asyncio.create_task(self._write(self._apart))
        try:
            await self._write(self._lane)
            self._apart.close()
            await apart
        finally:  # whatever ends them, nobody waits for a writer that is gone
            self.close()
            apart.cancel()
            self._lane.stop()
            self._apart.stop()

    def close(self) -> None:
        """Lets the writers end when nothing waits."""
        self._closing = True
        self._lane.close()

    async def _write(self, lane: Lane) -> None:
        settings = self._settings
        while not lane.ended:
            batch = await lane.take(settings.intake_batch, settings.intake_linger_ms / 1000)
            try:
                if len(self._apart) and lane is self._lane:
                    batch = self._set_apart(batch, [one for one in batch if self._apart.blocks(one.claims)])
                await self._commit(lane, batch)
            except BaseException:
                for waiting in batch:
                    waiting.fail(stopping())
                raise

    def _set_apart(self, batch: list[Waiting], crowded: list[Waiting]) -> list[Waiting]:
        """The batch without those that stand in large components, which go to the lane apart."""
        self._lane.done(crowded)
        self._apart.put(crowded)
        return [waiting for waiting in batch if waiting not in crowded]

    async def _commit(self, lane: Lane, batch: list[Waiting]) -> None:
        if not batch:
            return
        try:
            committed = await self._committer.take([waiting.claims for waiting in batch], large=lane is self._apart)
            # New or not: the sender of one that was not kept the first time sends it again.
            refusals = [waiting.claims for waiting in batch if waiting.claims.refuses]
            if refusals and self._keep_refusals is not None:
                await self._keep_refusals(refusals)
        except InLargeComponents as found:
            crowded = [waiting for waiting in batch if waiting.claims.event in found.events]
            await self._commit(lane, self._set_apart(batch, crowded))
            return
        except RegularsError as error:
            for waiting in batch:
                waiting.fail(error)
        except Exception as error:
            if len(batch) > 1:  # find the one that does it, and let the others through
                half = len(batch) // 2
                await self._commit(lane, batch[:half])
                await self._commit(lane, batch[half:])
                return
            log.error("event not written", key=batch[0].claims.event, fault=type(error).__name__)
            batch[0].tell(FAULT)
        else:
            for waiting, is_new in zip(batch, committed.new([waiting.claims for waiting in batch]), strict=True):
                status = "accepted" if is_new else "duplicate"
                warnings = (*waiting.claims.warnings, *committed.notes.get(waiting.claims.event, ()))
                waiting.tell(EventOutcome(status, warnings))
        lane.done(batch)


@asynccontextmanager
async def open_intake(
    committer: Committer, reader: ClaimsReader, settings: Settings, keep_refusals: KeepRefusals | None = None
) -> AsyncGenerator[Intake]:
    """An Intake with its writer; what waits at the end is still committed."""
    intake = Intake(committer, reader, settings, keep_refusals)
    writer = asyncio.create_task(intake.write())
    try:
        yield intake
    finally:
        intake.close()
        await writer
