"""A gate before a committer, and an intake behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from identity.claims import Claims
from ingest.commit import Committed, Committer
from ingest.intake import Intake
from tests.kit.building import READER, settings_of
from tests.kit.waiting import LONG_S


class Gate:
    """Stands before a committer: holds every commit until it opens, and knows what went through."""

    def __init__(self, committer: Committer | None = None) -> None:
        self.open = asyncio.Event()
        self.sizes: list[int] = []
        self.fault: Exception | None = None
        self._committer = committer

    async def take(self, batch: Sequence[Claims], *, large: bool) -> Committed:
        self.sizes.append(len(batch))
        await self.open.wait()
        if self.fault is not None:
            raise self.fault
        if self._committer is None:
            return Committed({claims.event for claims in batch})
        return await self._committer.take(batch, large=large)


def held(gate: Gate, **changes: object) -> Intake:
    return Intake(gate, READER, settings_of(**changes))  # pyright: ignore[reportArgumentType]


async def stop(intake: Intake, gate: Gate, writer: asyncio.Task[None]) -> None:
    gate.open.set()
    intake.close()
    await asyncio.wait_for(writer, LONG_S)
