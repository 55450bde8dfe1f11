"""What the edge and the core agree on: events go in, one outcome each comes out; refusals are kept, never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from domain.errors import EventRefused
from domain.events import Event
from identity.sender_rights import ALL_RIGHTS, SenderRights
from ingest.card_numbers import without_card_numbers

Format = Literal["native", "segment"]
_PARSED_PER_SLICE = 100  # about 5 ms of one core: other requests of the process wait no longer than that


@dataclass(frozen=True, slots=True)
class EventOutcome:
    """What became of one event. `pointer`, `message` and `hint` are set where it was refused."""

    status: Literal["accepted", "duplicate", "refused"]
    warnings: tuple[str, ...] = ()
    pointer: str = ""
    message: str = ""
    hint: str | None = None


FAULT = EventOutcome(
    "refused", message="the event could not be written", hint="Our fault, and kept: replay it after the next release."
)
"""The outcome of an event that a fault of ours kept from being written."""


class EventSink(Protocol):
    """Takes events durably. Raises Overloaded (wait, then send again) or Unavailable; then nothing was taken."""

    async def submit(self, events: Sequence[Event], rights: SenderRights = ALL_RIGHTS) -> list[EventOutcome]:
        """One outcome per event of a sender with these rights, in order, after the commit."""
        ...


@dataclass(frozen=True, slots=True)
class EventRefusal:
    """An event that cannot be taken as it is, with the reason; `raw` is the JSON value that was sent."""

    raw: Any
    pointer: str
    message: str
    hint: str | None = None
    source: str = "unknown"
    format: Format = "native"


class RefusalStore(Protocol):
    """Keeps refusals durably. Raises Unavailable where it cannot."""

    async def put(self, refusals: Sequence[EventRefusal]) -> list[str]:
        """The id under which each is kept, in order."""
        ...


@dataclass(frozen=True, slots=True)
class Raw:
    """One JSON value of a body or file. `index` is its place there; `error` is set where it is no JSON at all."""

    index: int
    value: Any
    error: EventRefused | None = None


class EventReader(Protocol):
    """Turns a JSON value into an event. Raises EventRefused."""

    def __call__(self, value: Any, /) -> Event: ...


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused event of a receipt."""

    index: int
    message_id: str | None
    error: EventRefused
    quarantine_id: str


@dataclass(slots=True)
class Receipt:
    """What became of a batch; every event of it is counted exactly once."""

    accepted: int = 0
    duplicates: int = 0
    refused: list[Refused] = field(default_factory=list[Refused])
    warnings: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


async def deliver(
    raws: Sequence[Raw],
    read: EventReader,
    sink: EventSink,
    store: RefusalStore,
    *,
    source: str | None = None,
    format: Format = "native",
    rights: SenderRights = ALL_RIGHTS,
) -> Receipt:
    """Every event is durably taken or durably quarantined when this returns.

    Raises Overloaded or Unavailable; the whole batch may then be sent again, because events and refusals are both
    idempotent. `source` names the sender of refusals whose raw form does not; `rights` are what is believed of it.
    """
    receipt = Receipt()
    events: list[Event] = []
    taken: list[Raw] = []
    refused: list[tuple[Raw, EventRefused]] = []
    for count, raw in enumerate(raws):
        if count % _PARSED_PER_SLICE == _PARSED_PER_SLICE - 1:
            await asyncio.sleep(0)
        value, warnings, has_card = without_card_numbers(raw.value)
        raw = replace(raw, value=value)
        try:
            if error := raw.error or has_card:
                raise error
            events.append(read(value))
        except EventRefused as error:
            refused.append((raw, error))
        else:
            taken.append(raw)
            receipt.warnings += [(raw.index, warning) for warning in warnings]
    for raw, outcome in zip(taken, await sink.submit(events, rights) if events else [], strict=True):
        if outcome.status == "refused":
            refused.append((raw, EventRefused(outcome.pointer, outcome.message, hint=outcome.hint)))
            continue
        receipt.accepted += outcome.status == "accepted"
        receipt.duplicates += outcome.status == "duplicate"
        receipt.warnings += [(raw.index, warning) for warning in outcome.warnings]
    refused.sort(key=lambda pair: pair[0].index)
    receipt.warnings.sort()
    if refused:
        ids = await store.put([_refusal(raw, error, source, format) for raw, error in refused])
        for (raw, error), kept in zip(refused, ids, strict=True):
            receipt.refused.append(Refused(raw.index, _text(raw.value, "messageId"), error, kept))
    return receipt


def _refusal(raw: Raw, error: EventRefused, source: str | None, format: Format) -> EventRefusal:
    named = source or _text(raw.value, "source") or "unknown"
    return EventRefusal(raw.value, error.pointer, error.message, error.hint, named, format)


def _text(value: Any, name: str) -> str | None:
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, str) and len(found) <= 200 else None
