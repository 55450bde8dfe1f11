"""Mutations about points: a guest uses them, at once or first set aside."""

from __future__ import annotations

from dataclasses import replace

import strawberry

from domain.errors import Conflict, InvalidInput, NotFound
from graph.customers import Finder
from loyalty.commands.command import CommandKind
from resolvers.access.caller import LOYALTY_REDEEM, ME_WRITE
from resolvers.context import Info
from resolvers.customer.find_customer import own_record
from resolvers.kit.requirements import requires
from resolvers.loyalty.redemption_payload import Points, RedemptionPayload, RequestId, Seconds, UsedAt, Who
from resolvers.loyalty.redemption_requests import COST, carried_out, command_of, of_a_guest, refused, shown


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
