"""A customer as believed at a moment: who was who is of then, what the records say is of today."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from domain.errors import InvalidInput, NotAllowed, TooLarge
from graph.customers import Finder, Profile, ProfilePart
from identity.computed_profile import computed_profile
from resolvers.context import Context
from resolvers.customer.linked_identities import RECORDS

MAX_RECORDS = 500
"""Source records of a customer that a profile shows. From that many on, the profile as of a moment and the profile for
a caller with brand limits are refused with `TOO_LARGE`."""


async def believed(finder: Finder, parts: Collection[ProfilePart], as_of: str, context: Context) -> list[Profile]:
    """The profiles whom the finder finds at the moment, in two round trips.

    Raises InvalidInput, NotAllowed, TooLarge.
    """
    if context.caller.limited:
        raise NotAllowed("What was believed at a moment shows the whole group.", hint="Leave asOf out.")
    moment = _moment(as_of)
    found = await context.customers.find(finder, {*parts, RECORDS}, as_of=moment)
    profiles: list[Profile] = []
    for profile in found:
        keys = [row["key"] for row in profile.parts[RECORDS]]
        if len(keys) == MAX_RECORDS:
            raise TooLarge(f"A customer of {MAX_RECORDS} records or more is not shown as of a moment.")
        computed = await computed_profile(context.parts, profile.base["number"], keys)
        profiles.append(Profile(profile.base | computed, profile.parts))
    return profiles


def _moment(text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise InvalidInput("asOf is no moment with its offset.", hint="Write it as 2026-03-01T19:30:00+01:00.")
    return moment.isoformat()
