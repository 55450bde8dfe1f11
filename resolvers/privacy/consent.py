"""What guests change themselves: answers to requests for consent, taken as any event of their own record is."""

from __future__ import annotations

from typing import Annotated, Any

import orjson
import strawberry

from domain.errors import EventRefused, InvalidInput, RegularsError, TooLarge
from domain.events import Event, GuestsAnswer
from ingest.parse import parse
from resolvers.access.caller import ME_WRITE
from resolvers.context import Context, Info
from resolvers.customer import customer, find_customer
from resolvers.customer.customer import Customer
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.selection import selected
from resolvers.privacy.own_events import check_own, own_event, own_profiles, take

MAX_PURPOSES = 50
"""Purposes that a person has answers for. After that, a guest can change an answer but not add a purpose."""
_PURPOSE = "/consent/purpose"

Purpose = Annotated[str, strawberry.argument(description="What for, in the group's own word: marketing_email.")]
Granted = Annotated[bool, strawberry.argument(description="Whether it may be done.")]
RequestId = Annotated[
    strawberry.ID | None,
    strawberry.argument(
        description="Your own id of this request: sent again it does nothing more, even where another answer was given "
        "meanwhile; 1 to 100 characters."
    ),
]


@strawberry.type(description="What became of a guest's answer.")
class MyConsentPayload:
    me: Customer | None = strawberry.field(description="The guest as of now; null where nothing was done.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type
class ConsentMutations:
    @strawberry.mutation(
        description="The guest who is signed in grants or refuses something: as the record of the guest's own token, "
        "and of nobody else. A refusal holds at once; what is granted holds unless another record of the person "
        "refuses it.",
        metadata=requires(ME_WRITE, whole=False, cost=1_000),
    )
    async def my_consent_set(
        self, info: Info, purpose: Purpose, granted: Granted, request_id: RequestId = None
    ) -> MyConsentPayload:
        context = info.context
        wanted = {part for field in selected(info).below("me") for part in customer.parts(field)}
        try:
            event = _event(context, purpose, granted, request_id)
            await _take(context, event, purpose)
        except (InvalidInput, TooLarge) as error:
            return _refused(error)
        return MyConsentPayload(me=await find_customer.myself(context, wanted), user_errors=[])


def _event(context: Context, purpose: str, granted: bool, request_id: str | None) -> Event:
    """The guest's answer as an event that names the guest's own record and nothing else of anybody.

    Raises NotAllowed, InvalidInput.
    """
    raw = own_event(context, "consent.changed", request_id, f"{purpose}|{granted}")
    event = _of_the_guest(raw | {"consent": {"purpose": purpose, "granted": granted}})
    check_own(context, event)
    return event


def _of_the_guest(raw: dict[str, Any]) -> GuestsAnswer:
    """Raises EventRefused, as for any event. What the guest says opens all brands, and not only the token's own."""
    return GuestsAnswer.model_validate(parse(raw).model_dump())


async def _take(context: Context, event: Event, purpose: str) -> None:
    """Durable, and in the audit log, when this returns. Raises TooLarge, Overloaded, Unavailable."""
    found = await own_profiles(context)
    answered = {name for profile in found for name in orjson.loads(profile.base["consents"] or "{}")}
    if purpose not in answered and len(answered) >= MAX_PURPOSES:
        raise TooLarge(f"{MAX_PURPOSES} requests for consent are answered, and no more can be.")
    await take(context, event, {profile.base["number"] for profile in found})


def _refused(error: RegularsError) -> MyConsentPayload:
    told = UserError(code=error.code, message=error.message, field=[])
    if isinstance(error, EventRefused):
        field = ["purpose"] if error.pointer == _PURPOSE else list[str]()
        told = UserError(code=InvalidInput.code, message=f"It {error.message}.", field=field)
    return MyConsentPayload(me=None, user_errors=[told])
