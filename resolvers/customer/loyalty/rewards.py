"""Rewards that a guest can get now, at a place, and why not others; and the personal coupons that the guest has."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterable
from typing import Annotated, Any

import strawberry

from domain.errors import NotAllowed
from domain.stored_stats import read_stats, stored_lots
from graph.customers import ProfilePart
from loyalty.commands.redemption import stage_of
from loyalty.ledger.lots import points_balance
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import (
    Choice,
    Guest,
    RewardPlace,
    RewardRefusal,
    RewardUse,
    Wanted,
    WhyNot,
    code_limit,
    refusals,
)
from loyalty.rewards.rewards import Reward as RewardRule
from loyalty.rewards.rewards import RewardKind
from resolvers.access.caller import LOYALTY_REDEEM, PROFILE_READ, CallerKind
from resolvers.context import Context
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import Channel, described
from resolvers.kit.facets import facet
from resolvers.kit.requirements import protected
from resolvers.kit.scalars import Date, DateTime, Money

REWARDS, COUPONS = ProfilePart.of("rewards"), ProfilePart.of("coupons")
_COST = 5

described(
    RewardKind,
    "What a guest gets.",
    PRODUCT="A product.",
    DISCOUNT="Something off an order.",
    AMOUNT="Money off an order, for points.",
    EXPERIENCE="An experience, such as a dinner with the chef.",
    PRIZE="A prize that is collected in a store.",
)
described(
    WhyNot,
    "Why a guest does not get a reward.",
    UNKNOWN="There is none of this id.",
    COUPON_NEEDED="It is got with a coupon only.",
    COUPON_NOT_VALID="The coupon is not valid: on this day, or at all.",
    NOT_YET="Its first day is to come.",
    OVER="Its last day is over.",
    WRONG_BRAND="It is had at other brands.",
    WRONG_STORE="It is had at other stores.",
    WRONG_CHANNEL="It is had by other channels.",
    WRONG_TIER="It is for another tier.",
    GUEST_LIMIT_REACHED="The guest got it as often as one guest may.",
    COUPON_USED="The coupon was used as often as it may be.",
    OUT_OF_STOCK="None is left.",
    BUDGET_SPENT="Its budget is spent.",
    NOT_ENOUGH_POINTS="The guest has fewer points than it costs.",
    BASKET_NEEDED="It takes something off a basket, and none was named.",
    WRONG_CURRENCY="It is had in another currency.",
    MINIMUM_NOT_REACHED="The basket costs too little.",
    NOTHING_TO_DISCOUNT="Nothing in the basket is left that it would take something off.",
    BASKET_LIMIT_REACHED="It is had as often as it may be in one basket.",
    NOT_TOGETHER="It is not had together with what else is had.",
)


@strawberry.type(description="Something that guests get for points, or with a coupon.")
class Reward:
    code: str = strawberry.field(description="The programme's own id of it.")
    name: str = strawberry.field(description="Name for people.")
    kind: RewardKind = strawberry.field(description="What it is.")
    value: Money | None = strawberry.field(description="What it costs the group, or takes off; null: not said.")
    last_day: Date | None = strawberry.field(description="The last day on which it is had; null: no end.")

    @classmethod
    def of(cls, rule: RewardRule) -> Reward:
        return cls(
            code=rule.id,
            name=rule.name,
            kind=rule.kind,
            value=Money.of(*rule.value) if rule.value else None,
            last_day=Date(rule.last_day.isoformat()) if rule.last_day else None,
        )


@strawberry.type(description="A reason why a guest does not get a reward.")
class RewardWhyNot:
    code: WhyNot = strawberry.field(description="The reason.")
    message: str = strawberry.field(description="The reason in a sentence.")
    missing_points: int | None = strawberry.field(description="Points that the guest lacks; null: another reason.")

    @classmethod
    def of(cls, refusal: RewardRefusal) -> RewardWhyNot:
        return cls(code=refusal.why, message=refusal.sentence, missing_points=refusal.missing or None)


@strawberry.type(description="A reward as one guest can get it now, at the place that was named.")
class RewardOffer:
    reward: Reward = strawberry.field(description="The reward.")
    price: int | None = strawberry.field(description="Points that this guest pays; null: not for the guest's tier.")
    available: bool = strawberry.field(description="Whether the guest gets it.")
    why_not: list[RewardWhyNot] = strawberry.field(description="All reasons why not; empty if the guest gets it.")


@protected(PROFILE_READ, whole=False, own=True)
@strawberry.type(description="A personal coupon of a guest.")
class IssuedCoupon:
    coupon: str = strawberry.field(description="The programme's own id of the coupon.")
    code: str | None = strawberry.field(
        description="The code; null for a caller who is not the guest and does not redeem."
    )
    issued_at: DateTime = strawberry.field(description="When the guest got it.")
    last_day: Date | None = strawberry.field(description="The last day on which it is valid; null: no end.")
    offer: RewardOffer = strawberry.field(description="What it gets, and whether it gets it now.")


At = Annotated[str | None, strawberry.argument(description="The brand where. A key for one brand need not name it.")]
InStore = Annotated[str | None, strawberry.argument(description="The group's own id of the store where.")]
Through = Annotated[Channel | None, strawberry.argument(description="The channel by which.")]


@strawberry.type
class RewardsFacet(ProfileFacet):
    @facet(
        parts=(REWARDS,),
        columns=("stats",),
        cost=_COST,
        description="Rewards of the programme that need no coupon, each with whether the guest gets it now.",
    )
    def rewards(self, brand: At = None, store: InStore = None, channel: Through = None) -> list[RewardOffer]:
        rules, offers = (
            self.context.programme,
            _Offers(self, RewardPlace(seen_brand(brand, self.context), store, channel)),
        )
        named = {coupon.reward for coupon in rules.coupons}
        return [
            offers.of(Choice.of(Wanted(rules, one.id), {}))
            for one in rules.rewards
            if one.id not in named and is_seen(one, self.context)
        ]

    @facet(
        parts=(REWARDS, COUPONS),
        columns=("stats",),
        cost=_COST,
        description="Personal coupons of the guest, the newest first; at most 100.",
    )
    def coupons(self, brand: At = None, store: InStore = None, channel: Through = None) -> list[IssuedCoupon]:
        context = self.context
        rules, offers = context.programme, _Offers(self, RewardPlace(seen_brand(brand, context), store, channel))
        shows = context.caller.allows(LOYALTY_REDEEM) or context.caller.kind is CallerKind.GUEST
        found: list[IssuedCoupon] = []
        for row in self.profile.parts[COUPONS]:
            if (coupon := rules.coupon(row["coupon"])) is None:
                continue
            choice = Choice.of(Wanted(rules, code=row["code"]), {row["code"]: coupon.id})
            if not is_seen(choice.reward, context):
                continue
            if row["limit"] is not None:
                offers.count(code_limit(row["code"]), *row["limit"])
            found.append(
                IssuedCoupon(
                    coupon=coupon.id,
                    code=context.vault.open(row["key"], b64decode(row["sealed"])) if shows else None,
                    issued_at=row["at"],
                    last_day=Date(coupon.last_day.isoformat()) if coupon.last_day else None,
                    offer=offers.of(choice),
                )
            )
        return found


class _Offers:
    """What a guest can get at a place, from the part of the profile that says what decides."""

    def __init__(self, facet: ProfileFacet, place: RewardPlace) -> None:
        self._place, self._now = place, facet.context.now
        self._guest, self._limits = guest_facts(facet)

    def count(self, key: str, used: int, holds: str | None) -> None:
        self._limits[key] = LimitCounter.of_row(key, used, holds)

    def of(self, choice: Choice) -> RewardOffer:
        found = list(refusals(choice, self._place, self._guest, self._limits, self._now))
        return RewardOffer(
            reward=Reward.of(choice.reward),
            price=choice.reward.price_for(self._guest.tier),
            available=not found,
            why_not=[RewardWhyNot.of(one) for one in found],
        )


def guest_facts(facet: ProfileFacet) -> tuple[Guest, dict[str, LimitCounter]]:
    """What decides on the side of the guest, and the counters of limits that all guests share."""
    tier, uses, limits = facet.profile.parts[REWARDS]
    lots, holds = stored_lots(read_stats(facet.row["stats"]))
    usable = points_balance(lots, holds, facet.context.now).usable()
    return Guest(tier, usable, tuple(reward_uses(uses))), {row[0]: LimitCounter.of_row(*row) for row in limits}


def reward_uses(rows: Iterable[Any]) -> Iterable[RewardUse]:
    """The rewards that a guest got, or has set aside, from the part of the profile."""
    for reward, coupon, at, until, open_, kinds in rows:
        yield RewardUse(reward, coupon, at=at, until=until, stage=stage_of(kinds, open_=open_))


def seen_brand(brand: str | None, context: Context) -> str | None:
    """Raises NotAllowed for a brand that the caller may not see."""
    brands = context.caller.brands
    if brands is None:
        return brand
    if brand is not None and brand not in brands:
        raise NotAllowed("You may not see this brand.")
    return next(iter(brands)) if brand is None and len(brands) == 1 else brand


def is_seen(reward: RewardRule, context: Context) -> bool:
    """Whether the caller may know of the reward: it is not of other brands only."""
    brands = context.caller.brands
    return brands is None or not reward.brands or not brands.isdisjoint(reward.brands)
