"""Mutations by which points go from one guest to another."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import strawberry

from domain.errors import Conflict, InvalidInput, NotFound
from graph.customers import Finder
from loyalty.commands.command import Allowance, CommandKind, Recipient
from resolvers.access.caller import LOYALTY_TRANSFER, ME_WRITE
from resolvers.context import Info
from resolvers.customer.customer_by import CustomerBy
from resolvers.customer.find_customer import own_record
from resolvers.kit.requirements import requires
from resolvers.loyalty.redemption_payload import Points, RedemptionPayload, RequestId, SomePoints, UsedAt, Who
from resolvers.loyalty.redemption_requests import (
    COST,
    carried_out,
    command_of,
    of_a_guest,
    recipient_of,
    refused,
    shown,
    transferred_in_a_day,
)

MAX_GIVEN_IN_A_DAY = 10_000
"""Points of a guest that others have got in a day (UTC), for `myPointsTransfer` to give more."""


@strawberry.type
class TransferMutations:
    @strawberry.mutation(
        description="Points go from one guest to another, with the brand and the last day that they have: those that "
        "expire first. A caller has a limit by day. `redemptionReverse` takes them back, as long as the other guest "
        "has not used them.",
        metadata=requires(LOYALTY_TRANSFER, whole=False, cost=COST),
    )
    async def points_transfer(
        self,
        info: Info,
        customer: Who,
        to: Annotated[CustomerBy, strawberry.argument(description="The guest who gets them.")],
        request_id: RequestId,
        points: SomePoints = None,
        brand: UsedAt = None,
    ) -> RedemptionPayload:
        try:
            recipient = await recipient_of(to, info.context)
        except InvalidInput as error:
            return refused(error, "to")
        more = {"points": points, "to": recipient, "allowance": transferred_in_a_day(info.context)}
        return await of_a_guest(info, CommandKind.TRANSFER, customer, request_id, brand, **more)

    @strawberry.mutation(
        description="The guest who is signed in gives own points to another guest, up to 10,000 in a day (UTC).",
        metadata=requires(ME_WRITE, whole=False, cost=COST),
    )
    async def my_points_transfer(
        self,
        info: Info,
        to: Annotated[str, strawberry.argument(description="The customer number of the guest who gets them.")],
        points: Points,
        request_id: RequestId,
    ) -> RedemptionPayload:
        context = info.context
        own, of_token = own_record(context), context.caller.own
        try:
            command = command_of(
                info,
                CommandKind.TRANSFER,
                request_id,
                points=points,
                record=own,
                to=Recipient(number=to.strip().upper()),
                allowance=Allowance(None, MAX_GIVEN_IN_A_DAY),
            )
            profiles = await context.own.find(Finder.named("by_record", key=own))
            brand = of_token.brand if of_token is not None else None
            return await carried_out(context, replace(command, brand=brand, lots_of=shown(profiles, context)))
        except (InvalidInput, Conflict, NotFound) as error:
            return refused(error)
