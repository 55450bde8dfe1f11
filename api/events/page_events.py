"""What a public key may send: anybody can read it in a page or an app, so anybody can send with it.

It says what one browser or one device did, and nothing about anybody else: no other id counts, no order, no consent. It
reads nothing. What it says of a guest, such as a name, is unproven (`identity.sender_rights`): it makes nobody alike.
"""

from __future__ import annotations

import math

from api.origins import brands_of
from domain.errors import EventRefused, NotAllowed, Throttled
from domain.events import Event, Identify, Page, Track
from domain.settings import Settings
from resolvers.access.caller import Caller
from resolvers.bounds.budget import Bucket

OWN = ("anonymous_id", "device_id")
"""The identifiers by which a page or an app may name its guest."""
_SERVER = "Send it from a server, with a key that nobody can read."


def page_event(event: Event, caller: Caller) -> Event:
    """The event as a public key may say it: of its own browser or device alone. The key's only brand is its brand.

    Raises EventRefused where nothing of the event may be said so.
    """
    if not isinstance(event, Identify | Track | Page):
        raise EventRefused("/type", "is not for a public key: anybody could send it", hint=_SERVER)
    own = {type_: values for type_, values in event.subject.identifiers.items() if type_ in OWN and values}
    if not own:
        raise EventRefused(
            "/subject/identifiers", "names no anonymous_id and no device_id, and a public key names nobody else"
        )
    # The id of a guest, which a page may know, would speak for the record of that guest.
    id_ = f"anon:{own['anonymous_id'][0]}" if "anonymous_id" in own else f"device:{own['device_id'][0]}"
    brand = event.brand or (next(iter(caller.brands)) if caller.brands and len(caller.brands) == 1 else None)
    subject = event.subject.model_copy(update={"id": id_, "identifiers": own})
    # A message id is used once. Without a name of its own, a page could use up that of an order to come.
    return event.model_copy(update={"message_id": f"page:{event.message_id}", "brand": brand, "subject": subject})


async def check_public(caller: Caller, origin: str | None, events: int, settings: Settings, bucket: Bucket) -> None:
    """Raises NotAllowed where a page of none of the public key's brands sends with it, and Throttled where the key has
    sent too many events."""
    if not caller.public:
        return
    if origin is not None and not brands_of(origin, settings) & (caller.brands or frozenset()):
        raise NotAllowed(
            "This page belongs to none of the key's brands.",
            hint="Send from a page that REGULARS_ORIGINS gives the brand.",
        )
    level = await bucket.take(f"pages/{caller.name}", max(1, min(events, bucket.size)))
    if level.wait > 0:
        raise Throttled("Too many events were sent with this public key.", retry_after=math.ceil(level.wait))
