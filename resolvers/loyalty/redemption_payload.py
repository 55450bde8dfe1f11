"""What requests about points and rewards give, and the arguments that they share."""

from __future__ import annotations

from typing import Annotated

import strawberry

from loyalty.commands.points_commands import CarriedOut
from loyalty.ledger.lots import Lot
from loyalty.rewards.reward_choice import RewardUse
from loyalty.rewards.rewards import Rewards
from resolvers.customer.customer_by import CustomerBy
from resolvers.customer.loyalty.points import PointsLot
from resolvers.customer.loyalty.rewards import Reward
from resolvers.kit.global_ids import global_id
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.scalars import Date, DateTime, Money
from resolvers.places import Brand


@strawberry.type(description="A reward that a redemption got.")
class RedeemedReward:
    code: str = strawberry.field(description="The programme's own id of it.")
    reward: Reward | None = strawberry.field(description="The reward as it is now; null: it is there no more.")
    coupon: str | None = strawberry.field(description="The programme's own id of the coupon that was used.")
    off: list[Money] | None = strawberry.field(
        description="What it took off each line of the basket, in their order; null: it took nothing off one."
    )


@strawberry.type(
    description="Points that a guest used, or has set aside, and for which reward. It stands as it is now."
)
class Redemption:
    id: strawberry.ID = strawberry.field(description="Name it to capture, release or reverse.")
    used: int = strawberry.field(description="Points that are used, or given to another guest, and did not come back.")
    held: int = strawberry.field(description="Points that are set aside.")
    held_until: DateTime | None = strawberry.field(
        description="When what is held comes back by itself; null if it was used at once."
    )
    lots: list[PointsLot] = strawberry.field(description="Where the used and the held points are from.")
    reward: RedeemedReward | None = strawberry.field(description="The reward; null where points alone were used.")

    @classmethod
    def of(cls, done: CarriedOut, brands: frozenset[str] | None, rules: Rewards) -> Redemption:
        """`brands`: the only ones whose lots are shown; None: all."""
        found = done.redemption
        held, used = +found.held, +found.used
        lots = sorted((held + used).items(), key=lambda one: one[0].turn())
        return cls(
            id=global_id("Redemption", found.key),
            used=used.total(),
            held=held.total(),
            held_until=DateTime(found.until) if found.until else None,
            lots=[_lot(lot, points) for lot, points in lots if brands is None or lot.brand in brands],
            reward=None if found.reward is None else _redeemed(found.reward, rules),
        )


def _redeemed(use: RewardUse, rules: Rewards) -> RedeemedReward:
    rule, currency = rules.reward(use.reward), use.worth.currency if use.worth else None
    return RedeemedReward(
        code=use.reward,
        reward=Reward.of(rule) if rule else None,
        coupon=use.coupon,
        off=None if use.off is None or currency is None else [Money.of(minor, currency) for minor in use.off],
    )


def _lot(lot: Lot, points: int) -> PointsLot:
    last_day = Date(lot.expires) if lot.expires else None
    return PointsLot(brand=Brand(row=[lot.brand, None]), last_day=last_day, points=points)


@strawberry.type(description="What came of a request about points or rewards.")
class RedemptionPayload:
    redemption: Redemption | None = strawberry.field(description="The redemption; null in an error or for a grant.")
    customer_number: str | None = strawberry.field(description="The guest's present number; null in an error.")
    points_left: int | None = strawberry.field(description="Points in hand that you could still use; null in an error.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


Who = Annotated[CustomerBy, strawberry.argument(description="The guest.")]
Points = Annotated[int, strawberry.argument(description="How many points.")]
SomePoints = Annotated[int | None, strawberry.argument(description="How many points; none: all that there are.")]
UsedAt = Annotated[
    str | None,
    strawberry.argument(description="The brand where they are used. A key for one brand need not name it."),
]
RequestId = Annotated[
    strawberry.ID,
    strawberry.argument(
        description="Your own id of this request, 1 to 100 characters. Sent again it does nothing more, and gets "
        "what came of it, as it is by then; with another request it is refused."
    ),
]
Of = Annotated[strawberry.ID, strawberry.argument(description="Id of the redemption.")]
Seconds = Annotated[int, strawberry.argument(description="For how long; up to 7 days.")]
