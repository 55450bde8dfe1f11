"""Mutations about a basket: all of its rewards are redeemed or set aside together, or none of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

import strawberry

from domain.errors import Conflict, InvalidInput, NotFound, RegularsError
from loyalty.commands.command import CommandKind
from loyalty.commands.points_commands import Outcome, PointsCommands
from loyalty.rewards.reward_choice import RewardPlace
from resolvers.access.caller import LOYALTY_REDEEM
from resolvers.context import Info
from resolvers.customer.customer_by import CustomerBy
from resolvers.customer.loyalty.baskets import BasketInput, WantedRewardInput, WantedRewards, basket_of, wishes_of
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.user_errors import user_errors
from resolvers.loyalty.redemption_payload import Redemption, RequestId, Seconds, Who
from resolvers.loyalty.redemption_requests import AskedGuest, asked_guest, command_of, used_at

_COST = 40
_Basket = Annotated[BasketInput, strawberry.argument(description="The basket that they are for.")]


@strawberry.type(description="What came of a request for the rewards of a basket.")
class BasketPayload:
    redemptions: list[Redemption] = strawberry.field(
        description="A redemption for each reward, in their order, one used twice as two; empty in an error."
    )
    customer_number: str | None = strawberry.field(description="The guest's present number; null in an error.")
    points_left: int | None = strawberry.field(description="Points in hand that you could still use; null in an error.")
    user_errors: list[UserError] = strawberry.field(
        description="Why nothing was done; the field names a reward by its place, such as rewards, 1."
    )


@strawberry.type
class BasketMutations:
    @strawberry.mutation(
        description="The guest gets all of these rewards for a basket, as its dry run says, or none of them.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=_COST),
    )
    async def basket_redeem(
        self, info: Info, customer: Who, basket: _Basket, rewards: WantedRewards, request_id: RequestId
    ) -> BasketPayload:
        return await _for_a_basket(info, CommandKind.REDEEM, customer, basket, rewards, request_id, 0)

    @strawberry.mutation(
        description="Sets all of these rewards aside for a basket, or none of them. They come back by themselves; each "
        "is captured or released as a redemption of its own.",
        metadata=requires(LOYALTY_REDEEM, whole=False, cost=_COST),
    )
    async def basket_hold(
        self,
        info: Info,
        customer: Who,
        basket: _Basket,
        rewards: WantedRewards,
        request_id: RequestId,
        seconds: Seconds = 900,
    ) -> BasketPayload:
        return await _for_a_basket(info, CommandKind.HOLD, customer, basket, rewards, request_id, seconds)


async def _for_a_basket(
    info: Info,
    kind: CommandKind,
    customer: CustomerBy,
    basket: BasketInput,
    rewards: Sequence[WantedRewardInput],
    request_id: str,
    seconds: int,
) -> BasketPayload:
    context = info.context
    try:
        place = RewardPlace(used_at(basket.brand, context), basket.store, basket.channel)
        found, wishes = basket_of(basket, place, context), list(wishes_of(rewards, place, context))
        if not wishes:
            raise InvalidInput("Name a reward or a coupon.")
        more = {"brand": place.brand, "basket": found, "seconds": seconds}
        first = command_of(info, kind, request_id, wanted=wishes[0][1], lots_of=context.caller.brands, **more)
        guest = await asked_guest(context, customer)
        if isinstance(guest, AskedGuest):
            first = guest.command(first)
        commands = [
            # The first one bears the request's own key, so that the request's id is used up.
            replace(
                first, key=context.vault.keyed("points", f"{first.key}|{turn}") if turn else first.key, wanted=wanted
            )
            for turn, (_, wanted) in enumerate(wishes)
        ]
        outcomes = await PointsCommands(context.database).carry_out_all(commands, context.now, whole=True)
    except (InvalidInput, Conflict, NotFound) as error:
        return _refused(user_errors(error, field=()))
    if not isinstance(guest, AskedGuest) and any(isinstance(one, NotFound) for one in outcomes):
        return _refused(user_errors(guest, field=()))
    return _payload(info, outcomes, [at for at, _ in wishes], first.lots_of)


def _payload(
    info: Info, outcomes: Sequence[Outcome], ats: Sequence[int], lots_of: frozenset[str] | None
) -> BasketPayload:
    """Raises what is an error of the whole request."""
    errors = list[UserError]()
    redemptions, number, left = list[Redemption](), None, None
    for at, outcome in zip(ats, outcomes, strict=True):
        if isinstance(outcome, InvalidInput | Conflict | NotFound):
            errors += user_errors(outcome, field=("rewards", str(at)))
        elif isinstance(outcome, RegularsError):
            raise outcome
        else:
            redemptions.append(Redemption.of(outcome, lots_of, info.context.programme))
            number, left = outcome.number, outcome.left
    return (
        _refused(errors)
        if errors
        else BasketPayload(redemptions=redemptions, customer_number=number, points_left=left, user_errors=[])
    )


def _refused(errors: list[UserError]) -> BasketPayload:
    return BasketPayload(redemptions=[], customer_number=None, points_left=None, user_errors=errors)
