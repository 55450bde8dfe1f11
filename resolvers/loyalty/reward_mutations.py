"""Mutations about rewards: a guest gets one, for points or with a coupon, and agents issue personal coupons."""

from __future__ import annotations

from base64 import b64encode
from typing import Annotated

import strawberry

from domain.errors import InvalidInput
from loyalty.commands.command import CommandKind
from loyalty.rewards.coupon_codes import coupon_code
from loyalty.rewards.reward_choice import Wanted
from resolvers.access.caller import LOYALTY_GRANT, LOYALTY_REDEEM
from resolvers.context import Info
from resolvers.customer.loyalty.rewards import InStore, Through
from resolvers.customer.loyalty.wanted_reward import hashed_code, wanted_reward
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.user_errors import user_errors
from resolvers.loyalty.redemption_payload import RedemptionPayload, RequestId, Seconds, UsedAt, Who
from resolvers.loyalty.redemption_requests import COST, of_a_guest, refused, request_key

RewardId = Annotated[str | None, strawberry.argument(description="The reward: its `code`. Name it, or a coupon.")]
CouponText = Annotated[
    str | None, strawberry.argument(description="The code of a coupon, however it is typed. It says which reward.")
]


@strawberry.type(description="What came of a request for a personal coupon.")
class CouponPayload:
    code: str | None = strawberry.field(description="The code; null in an error.")
    customer_number: str | None = strawberry.field(description="The guest's present number; null in an error.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type
class RewardMutations:
    @strawberry.mutation(
        description="The guest gets a reward: points, stock, budget and coupon are used together, or none of them.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=COST),
    )
    async def reward_redeem(
        self,
        info: Info,
        customer: Who,
        request_id: RequestId,
        reward: RewardId = None,
        coupon: CouponText = None,
        brand: UsedAt = None,
        store: InStore = None,
        channel: Through = None,
    ) -> RedemptionPayload:
        try:
            wanted = wanted_reward(info.context, reward, coupon, store, channel)
        except InvalidInput as error:
            return refused(error, "reward" if coupon is None else "coupon")
        return await of_a_guest(info, CommandKind.REDEEM, customer, request_id, brand, wanted=wanted)

    @strawberry.mutation(
        description="Sets a reward aside that the guest is about to get, with its points, stock, budget and coupon. "
        "They come back by themselves.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=COST),
    )
    async def reward_hold(
        self,
        info: Info,
        customer: Who,
        request_id: RequestId,
        reward: RewardId = None,
        coupon: CouponText = None,
        brand: UsedAt = None,
        store: InStore = None,
        channel: Through = None,
        seconds: Seconds = 900,
    ) -> RedemptionPayload:
        try:
            wanted = wanted_reward(info.context, reward, coupon, store, channel)
        except InvalidInput as error:
            return refused(error, "reward" if coupon is None else "coupon")
        return await of_a_guest(info, CommandKind.HOLD, customer, request_id, brand, wanted=wanted, seconds=seconds)

    @strawberry.mutation(
        description="An agent gives the guest a personal coupon, with a code of its own.",
        metadata=requires(LOYALTY_GRANT, cost=COST),
    )
    async def coupon_issue(
        self,
        info: Info,
        customer: Who,
        coupon: Annotated[str, strawberry.argument(description="The programme's own id of a personal coupon.")],
        request_id: RequestId,
    ) -> CouponPayload:
        context = info.context
        try:
            key = request_key(context, request_id)
        except InvalidInput as error:
            return CouponPayload(code=None, customer_number=None, user_errors=user_errors(error, field=()))
        # The code follows from the request, so that the same request has the same code.
        code = coupon_code(context.vault.keyed("coupon code", key))
        done = await of_a_guest(
            info,
            CommandKind.ISSUE,
            customer,
            request_id,
            None,
            wanted=Wanted(context.programme, coupon=coupon, code=hashed_code(context, code)),
            sealed=b64encode(context.vault.seal(key, code)).decode(),
        )
        number = done.customer_number
        return CouponPayload(code=code if number else None, customer_number=number, user_errors=done.user_errors)
