"""Events that guests make themselves: of the record of their own token, and of nobody else."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from domain.errors import InvalidInput, NotAllowed, Unavailable
from domain.events import Event
from graph.customers import Finder, Profile
from identity.sender_rights import ALL_RIGHTS, SenderRights
from resolvers.context import Context
from resolvers.customer import find_customer


def own_event(context: Context, type_: str, request_id: str | None, sent: str) -> dict[str, Any]:
    """An event of the guest's own record, not validated. `sent` is what is asked, as part of its id: another request
    under the same requestId is not lost. Raises NotAllowed, InvalidInput."""
    find_customer.own_record(context)
    own = context.caller.own
    if own is None:
        raise NotAllowed("Nothing is known of how you are named in events.")
    if request_id is not None and not 1 <= len(request_id) <= 100:
        raise InvalidInput("A requestId has 1 to 100 characters.")
    id_ = f"{context.caller.name}|{request_id}|{sent}" if request_id else uuid.uuid4().hex
    return {
        "type": type_,
        "messageId": context.vault.keyed("request", id_),
        "source": own.source,
        "brand": own.brand,
        "at": context.now.isoformat(),
        "subject": {"id": own.id},
    }


def check_own(context: Context, event: Event) -> None:
    """Raises NotAllowed where the event is not of the guest's own record: events are read with the spaces around an id
    taken off, and it must not become somebody else's."""
    if [claim.record for claim in context.reader.claims(event).subjects] != [find_customer.own_record(context)]:
        raise NotAllowed("Your record cannot be named in events.")


async def own_profiles(context: Context) -> list[Profile]:
    """The guest's customer, as the service knows it; none where it knows nothing yet."""
    return await context.own.find(Finder.named("by_record", key=find_customer.own_record(context)))


async def take(context: Context, event: Event, numbers: set[str], rights: SenderRights = ALL_RIGHTS) -> None:
    """Durable, and in the audit log, when this returns. Raises Overloaded, Unavailable."""
    [outcome], _ = await asyncio.gather(
        context.intake.submit([event], rights), context.trail.sends(context.caller, event.type, numbers)
    )
    if outcome.status == "refused":
        raise Unavailable("This cannot be taken now.", hint="Send it again later.")
