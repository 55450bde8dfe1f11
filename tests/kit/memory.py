"""An intake and a quarantine in memory, for tests of what stands before them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import orjson

from domain.errors import RegularsError
from domain.events import Event
from identity.claims import ALL_RIGHTS, SenderRights
from ingest.delivery import EventOutcome, EventRefusal


class MemorySink:
    """Idempotent by source and message id, as the contract of EventSink wants. `fault` is raised once."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.submits = 0
        self.fault: Exception | None = None
        self.outcomes: dict[str, EventOutcome] = {}
        self._seen: set[tuple[str, str]] = set()

    async def submit(self, events: Sequence[Event], rights: SenderRights = ALL_RIGHTS) -> list[EventOutcome]:
        self.submits += 1
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return [self.outcomes.get(event.message_id) or self._take(event) for event in events]

    def _take(self, event: Event) -> EventOutcome:
        key = (event.source, event.message_id)
        if key in self._seen:
            return EventOutcome("duplicate")
        self._seen.add(key)
        self.events.append(event)
        return EventOutcome("accepted")


class MemoryStore:
    """Keeps refusals under a digest of what was refused."""

    def __init__(self) -> None:
        self.refusals: dict[str, EventRefusal] = {}
        self.fault: RegularsError | None = None

    async def put(self, refusals: Sequence[EventRefusal]) -> list[str]:
        if self.fault is not None:
            raise self.fault
        ids: list[str] = []
        for refusal in refusals:
            content = orjson.dumps(refusal.raw, option=orjson.OPT_SORT_KEYS)
            ids.append(hashlib.sha256(content).hexdigest()[:12])
            self.refusals[ids[-1]] = refusal
        return ids
