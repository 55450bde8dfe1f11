"""What becomes of a redemption, of points or of a reward: it is captured, released or reversed."""

from __future__ import annotations

import strawberry

from loyalty.commands.command import CommandKind
from resolvers.access.caller import LOYALTY_REDEEM
from resolvers.context import Info
from resolvers.kit.requirements import requires
from resolvers.loyalty.redemption_payload import Of, RedemptionPayload, RequestId, SomePoints
from resolvers.loyalty.redemption_requests import COST, of_a_redemption


@strawberry.type
class RedemptionMutations:
    @strawberry.mutation(
        description="What was set aside is used; points that are not captured come back. A reward is captured whole.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=COST),
    )
    async def redemption_capture(
        self, info: Info, redemption: Of, request_id: RequestId, points: SomePoints = None
    ) -> RedemptionPayload:
        return await of_a_redemption(info, CommandKind.CAPTURE, redemption, request_id, points)

    @strawberry.mutation(
        description="What was set aside comes back: points, and the reward's stock, budget and coupon.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=COST),
    )
    async def redemption_release(
        self, info: Info, redemption: Of, request_id: RequestId, points: SomePoints = None
    ) -> RedemptionPayload:
        return await of_a_redemption(info, CommandKind.RELEASE, redemption, request_id, points)

    @strawberry.mutation(
        description="What was used comes back: points with the last day that they had, and the reward's stock, budget "
        "and coupon. Points that went to another guest need the scope loyalty:transfer besides.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=COST),
    )
    async def redemption_reverse(
        self, info: Info, redemption: Of, request_id: RequestId, points: SomePoints = None
    ) -> RedemptionPayload:
        return await of_a_redemption(info, CommandKind.REVERSE, redemption, request_id, points)
