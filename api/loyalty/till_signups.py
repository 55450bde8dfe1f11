"""A guest joins the loyalty programme at a till.

The account that the till gets is the source record of the enrolment. What a till types is weak evidence, as an order's
is: it names a guest in one way, and a name that it says makes nobody alike.
"""

from __future__ import annotations

from typing import Any

import orjson

from api.loyalty.till import Till
from connectors.toast.till_answer import signed_up
from connectors.toast.till_request import SignupInformation
from domain.events import Channel
from ingest.enrolments import enrolment_event
from resolvers.access.caller import LOYALTY_ENROL, PROFILE_FIND
from resolvers.loyalty.enrolment_requests import enrolled

_SIGNED_UP = "signed up"
_NOTED = "till.signup"


async def sign_up(till: Till, asked: SignupInformation) -> dict[str, Any]:
    """Durable when this returns. The account leads to whoever has the contact, so it takes the scope to look guests up.
    Raises NotAllowed, InvalidInput, Conflict, Throttled, Unavailable."""
    context = till.context
    context.caller.require(LOYALTY_ENROL)
    context.caller.require(PROFILE_FIND)
    said = orjson.dumps([till.store, asked.email, asked.phone, asked.first_name, asked.last_name]).decode()
    event = enrolment_event(
        till.key(_SIGNED_UP, till.headers.guid, None),
        context.now,
        context.vault.keyed("asked", said),
        email=asked.email,
        phone=asked.phone,
        given_name=asked.first_name,
        family_name=asked.last_name,
        brand=till.brand,
        store=till.store,
        channel=Channel.IN_STORE,
    )
    await context.trail.writes(context.caller, _NOTED, {})
    done = await enrolled(context, event, _NOTED)
    return signed_up(done.record)
