"""Which events a sender may send: of which sources, brands and stores, and whether it may make identity claims.

An event outside the caller's limits is refused alone, like any other event that cannot be accepted: it goes to the
quarantine, where an operator may still release it.
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

_CLAIM = f"makes an identity claim, and this key lacks the scope {IDENTITY_CLAIM}"
_LIMIT = "is outside this key's limits"


def limited_reader(caller: Caller, read: EventReader, policies: Policies) -> EventReader:
    """A reader like `read` that refuses events outside the caller's limits.

    Raises NotAllowed where the caller may send no events at all.
    """
    caller.require(EVENT_WRITE)

    def checked(value: object, /) -> Event:
        event = read(value)
        _check_limits(event, caller)
        if not caller.allows(IDENTITY_CLAIM) and isinstance(event, PersonEvent):
            _check_claims(event, policies)
        return event

    return checked


async def audited(
    audit: AuditLog | None, caller: Caller, what: str, events: int, taking: Awaitable[Receipt]
) -> Receipt:
    """The receipt of the events, once the audit log also names their sender. Raises what either raises.

    Both run at once and the answer waits for both: a second entry for events that are sent again does no harm.
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
                raise EventRefused(
                    "/type", "describes products of the whole group, and this key is limited to some brands"
                )
        case _:
            # An event without a brand is limited by its source alone.
            if event.brand is not None:
                _within(event.brand, caller.brands, "/brand")
            if isinstance(event, OrderPlaced | OrderCompleted):
                _within(event.order.store, caller.stores, "/order/store")


def _within(value: str, limit: frozenset[str] | None, pointer: str) -> None:
    if limit is not None and value not in limit:
        raise EventRefused(pointer, _LIMIT, hint="Send it with a key that is allowed to.")


def _check_claims(event: PersonEvent, policies: Policies) -> None:
    """An event with two identifiers claims that both belong to the same person: an identity claim like any other."""
    if isinstance(event, Identify | Alias):
        raise EventRefused("/type", _CLAIM)
    if _names(event.subject, policies) > 1:
        raise EventRefused("/subject", f"names a person in several ways: it {_CLAIM}", hint="Send one identifier.")


def _names(subject: Subject, policies: Policies) -> int:
    """How many identities the subject names: its id, and its strong and medium identifiers."""
    count = int(subject.id is not None)
    for type_, values in subject.identifiers.items():
        try:
            strength = policies.of(type_).strength
        except InvalidInput:
            continue  # the intake refuses it for that
        count += len(values) if strength in (Strength.STRONG, Strength.MEDIUM) else 0
    return count
