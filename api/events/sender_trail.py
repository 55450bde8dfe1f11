"""What the intake leaves in the audit log: who sent how many events, and whose consents they changed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from domain.events import ConsentChanged, Event
from identity.claims import ClaimsReader
from ingest.delivery import Receipt
from privacy.audit_log import AuditLog, Entry
from resolvers.access.caller import Caller


@dataclass(frozen=True, slots=True)
class SenderTrail:
    """The trail of one request. Without a log it notes nothing: for tests below the service."""

    caller: Caller
    what: str
    log: AuditLog | None = None
    reader: ClaimsReader | None = None
    answers: list[frozenset[str]] = field(default_factory=list[frozenset[str]])
    """The records of each answer to a request for consent."""

    def saw(self, event: Event) -> None:
        """Remembers whose an answer to a request for consent is.

        Raises EventRefused as the intake would: once the other events are durable, that would be too late.
        """
        if isinstance(event, ConsentChanged) and self.reader is not None:
            self.answers.append(frozenset(subject.record for subject in self.reader.claims(event).subjects))

    async def receipt(self, events: int, taking: Awaitable[Receipt]) -> Receipt:
        """The receipt of the events, once the audit log also names their sender. Raises what either raises.

        Both run at once and the answer waits for both: a second entry for events that are sent again does no harm.
        Whose consents were changed is known only then, and stands in an entry of its own.
        """
        if self.log is None:
            return await taking
        receipt, _ = await asyncio.gather(taking, self.log.add(self._entry(self.what, events)))
        if self.answers:
            customers = await self.log.customers_of(frozenset[str]().union(*self.answers))
            await self.log.add(self._entry("consent.changed", len(self.answers), customers))
        return receipt

    def _entry(self, what: str, events: int, customers: tuple[str, ...] = ()) -> Entry:
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        return Entry(at, self.caller.name, self.caller.kind.value, "send", (what,), customers=customers, events=events)
