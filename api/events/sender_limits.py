"""What a sender may send, and what is believed of it: sources, brands and stores, identity claims, and consents.

An event outside the caller's limits is refused alone, like any other event that cannot be accepted: it goes to the
quarantine, where an operator may still release it. What only the store can tell, such as the brand of an order of the
same id, is decided where the event is merged: `rights_of` says what is believed there. Each event, and each thing of
others that it could change, is a row of `resolvers.access.write_table`.
"""

from __future__ import annotations

from collections.abc import Callable

from api.events.page_events import page_event
from domain.errors import EventRefused, InvalidInput
from domain.events import (
    CROSS_BRAND,
    Alias,
    ConsentChanged,
    Event,
    Identify,
    OrderCompleted,
    OrderPlaced,
    PersonEvent,
    ProductUpserted,
    StoreUpserted,
    Subject,
)
from identity.sender_rights import SenderRights
from ingest.delivery import EventReader
from matching.policy import Policies, Strength
from resolvers.access.caller import CONSENT_GRANT, EVENT_WRITE, IDENTITY_CLAIM, Caller

_CLAIM = f"makes an identity claim, and this key lacks the scope {IDENTITY_CLAIM}"
_LIMIT = "is outside this key's limits"
_OPENS = f"lets other brands see what a brand knows, and this key lacks the scope {CONSENT_GRANT}"


def rights_of(caller: Caller) -> SenderRights:
    """What is believed of the caller's events where they meet what others sent."""
    return SenderRights(caller.brands, caller.stores, caller.allows(IDENTITY_CLAIM))


def limited_reader(
    caller: Caller, read: EventReader, policies: Policies, seen: Callable[[Event], None] | None = None
) -> EventReader:
    """A reader like `read` that refuses events outside the caller's limits, and reads those of a public key as what its
    own browser or device says. `seen` gets each event that it lets pass.

    Raises NotAllowed where the caller may send no events at all.
    """
    if not caller.public:
        caller.require(EVENT_WRITE)

    def checked(value: object, /) -> Event:
        event = read(value)
        if caller.public:
            event = page_event(event, caller)
        _check_limits(event, caller)
        if not caller.public and not caller.allows(IDENTITY_CLAIM) and isinstance(event, PersonEvent):
            _check_claims(event, policies)
        if seen is not None:
            seen(event)
        return event

    return checked


def _check_limits(event: Event, caller: Caller) -> None:
    _within(event.source, caller.sources, "/source")
    match event:
        case StoreUpserted():
            _within(event.store.brand.id, caller.brands, "/store/brand/id")
            _within(event.store.id, caller.stores, "/store/id")
        case ProductUpserted():
            if caller.limited or caller.stores is not None:
                raise EventRefused(
                    "/type", "describes products of the whole group, and this key is limited to a part of it"
                )
        case _:
            # An event without a brand is limited by its source alone.
            if event.brand is not None:
                _within(event.brand, caller.brands, "/brand")
            if isinstance(event, OrderPlaced | OrderCompleted):
                _within(event.order.store, caller.stores, "/order/store")
            if isinstance(event, ConsentChanged):
                _check_grant(event, caller)


def _check_grant(event: ConsentChanged, caller: Caller) -> None:
    """A grant opens what one brand knows, or, without a brand, what all of them know. A refusal closes: anybody may."""
    if event.consent.purpose != CROSS_BRAND or not event.consent.granted:
        return
    if not caller.allows(CONSENT_GRANT):
        raise EventRefused("/consent/granted", _OPENS)
    if event.brand is None and caller.limited:
        raise EventRefused("/brand", "is required: without it the grant is for all brands, and this key is limited")


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
        count += len(values or ()) if strength in (Strength.STRONG, Strength.MEDIUM) else 0
    return count
