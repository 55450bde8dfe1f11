"""Mutations about points: a guest uses them, at once or first set aside, and agents give some."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated

import strawberry

from domain.errors import Conflict, InvalidInput, NotFound
from graph.customers import Finder
from loyalty.commands.redemption import CommandKind
from loyalty.ledger.lots import end_of_month
from resolvers.access.caller import LOYALTY_GRANT, LOYALTY_GRANT_ANY, LOYALTY_REDEEM, ME_WRITE
from resolvers.context import Context, Info
from resolvers.customer.find_customer import own_record
from resolvers.kit.enums import described
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import Date
from resolvers.loyalty.redemption_payload import Points, RedemptionPayload, RequestId, Seconds, UsedAt, Who
from resolvers.loyalty.redemption_requests import COST, carried_out, command_of, of_a_guest, refused, shown

MAX_GRANT = 1_000
"""Points that an agent gives or takes at once."""


class GrantReason(StrEnum):
    """Why an agent gives points, or takes them."""

    COMPLAINT = "complaint"
    GOODWILL = "goodwill"
    MISSING_ORDER = "missing_order"
    CORRECTION = "correction"
    CAMPAIGN = "campaign"


described(
    GrantReason,
    "Why an agent gives points, or takes them.",
    COMPLAINT="A guest complained.",
    GOODWILL="A gesture.",
    MISSING_ORDER="An order did not earn what it should have.",
    CORRECTION="An earlier grant was wrong.",
    CAMPAIGN="An action that is no rule of the programme.",
)


@strawberry.type
class PointsMutations:
    @strawberry.mutation(
        description="The guest uses points: those that expire first, of all brands that you may see.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=COST),
    )
    async def points_redeem(
        self,
        info: Info,
        customer: Who,
        points: Points,
        request_id: RequestId,
        brand: UsedAt = None,
    ) -> RedemptionPayload:
        return await of_a_guest(info, CommandKind.REDEEM, customer, request_id, brand, points=points)

    @strawberry.mutation(
        description="Sets points aside that the guest is about to use. They come back by themselves.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=COST),
    )
    async def points_hold(
        self,
        info: Info,
        customer: Who,
        points: Points,
        request_id: RequestId,
        brand: UsedAt = None,
        seconds: Seconds = 900,
    ) -> RedemptionPayload:
        more = {"points": points, "seconds": seconds}
        return await of_a_guest(info, CommandKind.HOLD, customer, request_id, brand, **more)

    @strawberry.mutation(
        description="An agent gives points of a brand, or takes them where negative: 1,000 at once, or any number with "
        "the scope loyalty:grant_any.",
        metadata=requires(LOYALTY_GRANT, cost=COST),
    )
    async def points_grant(
        self,
        info: Info,
        customer: Who,
        points: Points,
        brand: Annotated[str, strawberry.argument(description="The brand that gives them.")],
        reason: Annotated[GrantReason, strawberry.argument(description="Why.")],
        request_id: RequestId,
        last_day: Annotated[
            Date | None,
            strawberry.argument(
                description="They can be used until the end of this day's month; none: no end. Not if you take points."
            ),
        ] = None,
    ) -> RedemptionPayload:
        context = info.context
        if abs(points) > MAX_GRANT and not context.caller.allows(LOYALTY_GRANT_ANY):
            error = InvalidInput(f"You may give or take {MAX_GRANT:,} points at once.", hint="Ask an administrator.")
            return refused(error, "points")
        try:
            more = {"points": points, "expires": _end_of_month(last_day, context), "reason": reason.value}
        except InvalidInput as error:
            return refused(error, "lastDay")
        payload = await of_a_guest(info, CommandKind.GRANT, customer, request_id, brand, **more)
        payload.redemption = None
        return payload

    @strawberry.mutation(
        description="The guest who is signed in uses own points, at the brand of the token.",
        metadata=requires(ME_WRITE, whole=False, cost=COST),
    )
    async def my_points_redeem(self, info: Info, points: Points, request_id: RequestId) -> RedemptionPayload:
        context = info.context
        own, of_token = own_record(context), context.caller.own
        try:
            command = command_of(info, CommandKind.REDEEM, request_id, points=points, record=own)
            profiles = await context.own.find(Finder.named("by_record", key=own))
            brand = of_token.brand if of_token is not None else None
            return await carried_out(context, replace(command, brand=brand, lots_of=shown(profiles, context)))
        except (InvalidInput, Conflict, NotFound) as error:
            return refused(error)


def _end_of_month(day: object, context: Context) -> str:
    """The last day of points that can be used on this day; lots are by month. Raises InvalidInput."""
    if day is None:
        return ""
    try:
        found = date.fromisoformat(day if isinstance(day, str) else "")
    except ValueError:
        raise InvalidInput("This is no day, such as 2027-01-31.") from None
    if found < context.now.date():
        raise InvalidInput("This day is over.")
    return end_of_month(found.year, found.month)
