"""Which events a sender may send: of which source, brand and store, and whether it may say who somebody is.

What one caller may not say is refused event by event, like any other event that cannot be taken: it is kept in the
quarantine, where an operator may still believe it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime

from domain.errors import EventRefused, InvalidInput
from domain.events import (
    Alias,
    Event,
    Identify,
    OrderCompleted,
    OrderPlaced,
    PersonEvent,
    ProductUpserted,
    StoreUpserted,
    Subject,
)
from ingest.delivery import EventReader, Receipt
from matching.policy import Policies, Strength
from privacy.audit_log import AuditLog, Entry
from resolvers.access.caller import EVENT_WRITE, IDENTITY_CLAIM, Caller

_CLAIM = f"says who somebody is, and this key lacks the scope {IDENTITY_CLAIM}"
_LIMIT = "is none that this key may send for"


def entitled(caller: Caller, read: EventReader, policies: Policies) -> EventReader:
    """Reads as `read` does, and refuses what the caller may not send. Raises NotAllowed where that is everything."""
    caller.require(EVENT_WRITE)

    def checked(value: object, /) -> Event:
        event = read(value)
        _check_limits(event, caller)
        if not caller.allows(IDENTITY_CLAIM) and isinstance(event, PersonEvent):
            _check_claims(event, policies)
        return event

    return checked


async def noted(audit: AuditLog | None, caller: Caller, what: str, events: int, taking: Awaitable[Receipt]) -> Receipt:
    """What became of the events, once it is in the audit log too who sent them. Raises what either raises.

    Both at once, as an entry of something sent again does no harm, and the answer waits for both.
    """
    if audit is None:
        return await taking
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    entry = Entry(at, caller.name, caller.kind.value, "send", (what,), events=events)
    receipt, _ = await asyncio.gather(taking, audit.add(entry))
    return receipt


def _check_limits(event: Event, caller: Caller) -> None:
    _within(event.source, caller.sources, "/source")
    match event:
        case StoreUpserted():
            _within(event.store.brand.id, caller.brands, "/store/brand/id")
            _within(event.store.id, caller.stores, "/store/id")
        case ProductUpserted():
            if caller.limited:
                raise EventRefused("/type", "describes the whole group's products, and this key is of some brands")
        case _:
            # Without a brand it says nothing of one: it is its source's word, and sources have their own limit.
            if event.brand is not None:
                _within(event.brand, caller.brands, "/brand")
            if isinstance(event, OrderPlaced | OrderCompleted):
                _within(event.order.store, caller.stores, "/order/store")


def _within(value: str, limit: frozenset[str] | None, pointer: str) -> None:
    if limit is not None and value not in limit:
        raise EventRefused(pointer, _LIMIT, hint="Send it with a key that may.")


def _check_claims(event: PersonEvent, policies: Policies) -> None:
    """Two names of a person in one event say that they are one person's: that is a claim like any other."""
    if isinstance(event, Identify | Alias):
        raise EventRefused("/type", _CLAIM)
    if _names(event.subject, policies) > 1:
        raise EventRefused("/subject", f"names a person in several ways: it {_CLAIM}", hint="Send one identifier.")


def _names(subject: Subject, policies: Policies) -> int:
    """How many ways of naming one person the subject holds: its id, and strong and medium identifiers."""
    found = int(subject.id is not None)
    for type_, values in subject.identifiers.items():
        try:
            strength = policies.of(type_).strength
        except InvalidInput:
            continue  # refused for that by the intake
        found += len(values) if strength in (Strength.STRONG, Strength.MEDIUM) else 0
    return found
