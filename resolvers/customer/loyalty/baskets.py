"""A dry run of rewards for a basket: what each takes off, which are not had and why, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from typing import Annotated

import strawberry

from domain.errors import InvalidInput
from domain.money import known_currency, to_minor
from loyalty.baskets.basket import MAX_BASKET, MAX_LINES, MAX_UNITS, MAX_WANTED, Basket, BasketLine, BasketResult
from loyalty.baskets.basket_points import points_earned
from loyalty.baskets.stacking import Asked, evaluate
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import Choice, RewardPlace, RewardRefusal, Wanted, WhyNot, code_limit
from resolvers.context import Context
from resolvers.customer.loyalty.rewards import (
    COUPONS,
    REWARDS,
    Reward,
    RewardWhyNot,
    guest_facts,
    is_seen,
    seen_brand,
)
from resolvers.customer.loyalty.wanted_reward import wanted_reward
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import Channel
from resolvers.kit.facets import facet
from resolvers.kit.scalars import Amount, Money

_COST = 20


@strawberry.input(description="A line of a basket.")
class BasketLineInput:
    product: str = strawberry.field(description="The product's id, as orders have it.")
    unit_price: Amount = strawberry.field(description="What one costs, before discounts.")
    quantity: Amount = strawberry.field(
        default=Amount("1"), description="How many; a fraction with up to 3 decimals is of weighed goods."
    )
    category: str | None = strawberry.field(default=None, description="The category of the product.")


@strawberry.input(description="What a guest is about to buy, and where.")
class BasketInput:
    lines: list[BasketLineInput] = strawberry.field(description="Up to 100 lines, of up to 200 units together.")
    currency: str | None = strawberry.field(default=None, description="ISO 4217; the group's main one if not given.")
    brand: str | None = strawberry.field(default=None, description="The brand. A key for one brand need not name it.")
    store: str | None = strawberry.field(default=None, description="The group's own id of the store.")
    channel: Channel | None = strawberry.field(default=None, description="The channel.")


@strawberry.input(description="A reward that is wanted for a basket: by its `code`, or by a coupon.")
class WantedRewardInput:
    reward: str | None = strawberry.field(default=None, description="The reward: its `code`.")
    coupon: str | None = strawberry.field(default=None, description="The code of a coupon, however it is typed.")
    times: int = strawberry.field(default=1, description="How often it is used for this basket.")


WantedRewards = Annotated[
    list[WantedRewardInput], strawberry.argument(description="What is wanted: up to 20, one used twice counts as two.")
]


@strawberry.type(description="A reward that a guest gets for a basket.")
class BasketReward:
    at: int = strawberry.field(description="Which one of `rewards` it is, from 0.")
    reward: Reward = strawberry.field(description="The reward.")
    points: int = strawberry.field(description="Points that it costs.")
    off: Money = strawberry.field(description="What it takes off.")
    lines: list[Money] = strawberry.field(description="What it takes off each line, in their order.")


@strawberry.type(description="A reward that a guest does not get for a basket.")
class RefusedBasketReward:
    at: int = strawberry.field(description="Which one of `rewards` it is, from 0.")
    why_not: list[RewardWhyNot] = strawberry.field(description="Why not.")


@strawberry.type(description="What rewards take off a basket: those that are had together, and those that are not.")
class BasketOutcome:
    subtotal: Money = strawberry.field(description="What the lines cost before discounts.")
    total: Money = strawberry.field(description="What is left to be paid.")
    lines: list[Money] = strawberry.field(description="What each line still costs, in their order.")
    applied: list[BasketReward] = strawberry.field(description="The rewards that the guest gets.")
    refused: list[RefusedBasketReward] = strawberry.field(description="All others, each with its reasons.")
    points_used: int = strawberry.field(description="Points that they cost.")
    points_earned: int = strawberry.field(
        description="Points that the order itself would earn; bonuses come on top, and tax and tips are not known yet."
    )


@strawberry.type
class BasketFacet(ProfileFacet):
    @facet(
        parts=(REWARDS, COUPONS),
        columns=("stats",),
        cost=_COST,
        description="A dry run: what these rewards would take off a basket, and which are refused. Nothing changes.",
    )
    def basket(
        self,
        basket: Annotated[BasketInput, strawberry.argument(description="The basket.")],
        rewards: WantedRewards,
    ) -> BasketOutcome:
        context = self.context
        place = RewardPlace(seen_brand(basket.brand, context), basket.store, basket.channel)
        found, wishes = basket_of(basket, place, context), list(wishes_of(rewards, place, context))
        guest, limits = guest_facts(self)
        issued = dict[str, str]()
        for row in self.profile.parts[COUPONS]:
            issued[row["code"]] = row["coupon"]
            if row["limit"] is not None:
                key = code_limit(row["code"])
                limits[key] = LimitCounter.of_row(key, *row["limit"])
        asked = [_asked(wanted, issued, context) for _, wanted in wishes]
        result = evaluate(found, context.programme, guest, asked, limits, context.now)
        return _outcome(result, found, [at for at, _ in wishes], context)


def basket_of(basket: BasketInput, place: RewardPlace, context: Context) -> Basket:
    """Raises InvalidInput that names the line."""
    if len(basket.lines) > MAX_LINES:
        raise InvalidInput(f"A basket has {MAX_LINES} lines at most.")
    currency = basket.currency or context.settings.currency
    try:
        known_currency(currency)
    except ValueError:
        raise InvalidInput("The currency is none of ISO 4217.", hint="Such as USD.") from None
    lines = tuple(_line(at, line, currency) for at, line in enumerate(basket.lines))
    return Basket(place, currency, lines)


def wishes_of(
    rewards: Sequence[WantedRewardInput], place: RewardPlace, context: Context
) -> Iterator[tuple[int, Wanted]]:
    """Each reward that is wanted, as often as it is used, with its place in the list. Raises InvalidInput."""
    if any(one.times < 1 for one in rewards) or sum(one.times for one in rewards) > MAX_WANTED:
        raise InvalidInput(f"A basket has {MAX_WANTED} rewards at most; one that is used twice counts as two.")
    for at, one in enumerate(rewards):
        for _ in range(one.times):
            yield at, wanted_reward(context, one.reward, one.coupon, place.store, place.channel)


def _line(at: int, line: BasketLineInput, currency: str) -> BasketLine:
    try:
        price, quantity = Decimal(str(line.unit_price)), Decimal(str(line.quantity))
        if not 1 <= len(line.product) <= 200:
            raise ValueError("product has 1 to 200 letters")
        if not (quantity.is_finite() and 0 < quantity <= MAX_UNITS and quantity == round(quantity, 3)):
            raise ValueError(f"quantity is above 0, up to {MAX_UNITS}, with 3 decimals at most")
        if not (price.is_finite() and 0 <= price <= MAX_BASKET):
            raise ValueError("unitPrice is zero or more")
        return BasketLine.at_price(line.product, to_minor(price, currency), quantity, line.category)
    except InvalidOperation:
        raise InvalidInput(f"Line {at}: a price and a quantity are numbers, such as 3.50.") from None
    except ValueError as error:
        raise InvalidInput(f"Line {at}: {error}.") from None


def _asked(wanted: Wanted, issued: dict[str, str], context: Context) -> Asked:
    choice = Choice.find(wanted, issued)
    if isinstance(choice, Choice) and not is_seen(choice.reward, context):
        return RewardRefusal(WhyNot.UNKNOWN, "There is no such reward.")
    return choice


def _outcome(result: BasketResult, basket: Basket, ats: Sequence[int], context: Context) -> BasketOutcome:
    def money(minor: int) -> Money:
        return Money.of(minor, basket.currency)

    return BasketOutcome(
        subtotal=money(basket.subtotal),
        total=money(result.total),
        lines=[money(minor) for minor in result.left],
        applied=[
            BasketReward(
                at=ats[one.at],
                reward=Reward.of(one.choice.reward),
                points=one.points,
                off=money(sum(one.off)),
                lines=[money(minor) for minor in one.off],
            )
            for one in result.applied
        ],
        refused=[
            RefusedBasketReward(at=ats[one.at], why_not=[RewardWhyNot.of(why) for why in one.refusals])
            for one in result.refused
        ],
        points_used=result.points,
        points_earned=points_earned(context.programme, basket, result),
    )
