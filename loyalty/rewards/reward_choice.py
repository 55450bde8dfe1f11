"""Whether a guest gets a reward now, at a place, and if not, why: one decision for redemptions and for what is shown.

It has no side effect and reads nothing: it gets the rules, the guest's own facts and the counters of the limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from domain.errors import (
    BudgetSpent,
    Conflict,
    CouponNotValid,
    CouponUsed,
    GuestLimitReached,
    NotEnoughPoints,
    OutOfStock,
    RewardNotAvailable,
)
from domain.order_words import Channel
from loyalty.periods import Period
from loyalty.rewards.limit_counters import LimitCounter, Stage
from loyalty.rewards.reward_amount import Amount
from loyalty.rewards.rewards import Coupon, CouponKind, Reward, RewardBudget, Rewards


class WhyNot(StrEnum):
    """Why a guest does not get a reward."""

    UNKNOWN = "unknown"
    COUPON_NEEDED = "coupon_needed"
    COUPON_NOT_VALID = "coupon_not_valid"
    NOT_YET = "not_yet"
    OVER = "over"
    WRONG_BRAND = "wrong_brand"
    WRONG_STORE = "wrong_store"
    WRONG_CHANNEL = "wrong_channel"
    WRONG_TIER = "wrong_tier"
    GUEST_LIMIT_REACHED = "guest_limit_reached"
    COUPON_USED = "coupon_used"
    OUT_OF_STOCK = "out_of_stock"
    BUDGET_SPENT = "budget_spent"
    NOT_ENOUGH_POINTS = "not_enough_points"
    BASKET_NEEDED = "basket_needed"
    WRONG_CURRENCY = "wrong_currency"
    MINIMUM_NOT_REACHED = "minimum_not_reached"
    NOTHING_TO_DISCOUNT = "nothing_to_discount"
    BASKET_LIMIT_REACHED = "basket_limit_reached"
    NOT_TOGETHER = "not_together"


_ERRORS: Mapping[WhyNot, type[Conflict]] = {
    WhyNot.COUPON_NOT_VALID: CouponNotValid,
    WhyNot.GUEST_LIMIT_REACHED: GuestLimitReached,
    WhyNot.COUPON_USED: CouponUsed,
    WhyNot.OUT_OF_STOCK: OutOfStock,
    WhyNot.BUDGET_SPENT: BudgetSpent,
    WhyNot.NOT_ENOUGH_POINTS: NotEnoughPoints,
}


class RewardRefusal(NamedTuple):
    """One reason why not, as a code and a sentence. `missing`: points that the guest lacks."""

    why: WhyNot
    sentence: str
    missing: int = 0

    def error(self) -> Conflict:
        return _ERRORS.get(self.why, RewardNotAvailable)(self.sentence)


class RewardPlace(NamedTuple):
    """Where a reward is used; None: not said."""

    brand: str | None = None
    store: str | None = None
    channel: Channel | None = None


class Take(NamedTuple):
    """How much a redemption takes of one limit, and how much there is in all. `why`: if that is not enough."""

    key: str
    amount: int
    most: int
    why: WhyNot

    def left(self, counters: Mapping[str, LimitCounter], now: datetime) -> int:
        """How much there is to be had."""
        counter = counters.get(self.key)
        return self.most - (counter.gone(now) if counter else 0)

    def refusal(self) -> RewardRefusal:
        return RewardRefusal(self.why, _GONE[self.why])


class OwnLimit(NamedTuple):
    """How often one guest can still have something; `refusal` says that this is not enough."""

    key: str
    left: int
    refusal: RewardRefusal


@dataclass(slots=True)
class RewardUse:
    """A reward that a guest got, or has set aside: a fact, whatever the programme says by now. `takes`: how much of
    which limit. `at` and `until` (when its hold ends) are RFC 3339. `off`: what it took off each line of a basket,
    in its order; None: nothing."""

    reward: str
    coupon: str | None = None
    worth: Amount | None = None
    place: RewardPlace = field(default_factory=RewardPlace)
    at: str = ""
    until: str | None = None
    takes: Mapping[str, int] = field(default_factory=dict[str, int])
    stage: Stage = Stage.USED
    off: tuple[int, ...] | None = None

    @classmethod
    def of_row(cls, props: Mapping[str, Any], takes: Iterable[tuple[str, int]], until: str | None) -> RewardUse:
        """From the properties of a command, and its limits."""
        worth = None if props["worth"] is None else Amount(props["worth"], props["currency"])
        channel = props["channel"] and Channel(props["channel"])
        place = RewardPlace(props["brand"], props["store"], channel)
        use = cls(props["reward"], props["coupon"], worth, place, props["at"], until, dict(takes))
        use.off = None if props.get("off") is None else tuple(props["off"])
        return use

    def props(self) -> dict[str, Any]:
        """The properties that `of_row` reads, beside those of every command."""
        return {
            "reward": self.reward,
            "coupon": self.coupon,
            "worth": self.worth and self.worth.minor,
            "currency": self.worth and self.worth.currency,
            "store": self.place.store,
            "channel": self.place.channel and self.place.channel.value,
            "off": None if self.off is None else list(self.off),
        }

    def counts(self, now: datetime) -> bool:
        """Whether it counts against the limits of its guest."""
        if self.stage is Stage.HELD:
            return self.until is None or datetime.fromisoformat(self.until) > now
        return self.stage is Stage.USED

    def move(self, after: Stage, counters: Mapping[str, LimitCounter], before: Stage | None = None) -> None:
        """Comes into another stage, and takes its limits along. `before`: what they have of it by now."""
        for key, amount in self.takes.items():
            counters[key].move(amount, before or self.stage, after, self.until)
        self.stage = after


class Guest(NamedTuple):
    """What decides on the side of a guest: tier, points that can be used, and rewards that were got before."""

    tier: str | None
    points: int
    uses: Iterable[RewardUse] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A wish for a reward, under which rules. One of: `reward` (an id), `coupon` (the id of one) or `code` (the keyed
    hash of a code that may be a personal one); none of them: a code that can be no coupon's."""

    rules: Rewards
    reward: str | None = None
    coupon: str | None = None
    code: str | None = None
    store: str | None = None
    channel: Channel | None = None


class BasketShare(NamedTuple):
    """What a reward takes off each line of a basket, in minor units."""

    lines: tuple[int, ...]
    currency: str

    @property
    def total(self) -> int:
        return sum(self.lines)


@dataclass(frozen=True, slots=True)
class Choice:
    """A reward that is wanted, and with which coupon. `code`: the keyed hash of a personal code."""

    reward: Reward
    coupon: Coupon | None = None
    code: str | None = None
    budget: RewardBudget | None = None

    @classmethod
    def of(cls, wanted: Wanted, issued: Mapping[str, str]) -> Choice:
        """`issued`: the coupons (ids) of known personal codes. Raises RewardNotAvailable, CouponNotValid."""
        found = cls.find(wanted, issued)
        if isinstance(found, RewardRefusal):
            raise found.error()
        return found

    @classmethod
    def find(cls, wanted: Wanted, issued: Mapping[str, str]) -> Choice | RewardRefusal:
        """The same, or why there is none."""
        rules = wanted.rules
        if wanted.reward is not None:
            reward = rules.reward(wanted.reward)
            if reward is None:
                return RewardRefusal(WhyNot.UNKNOWN, "There is no such reward.")
            if rules.coupons_of(reward):
                return RewardRefusal(WhyNot.COUPON_NEEDED, "This reward is got with a coupon only.")
            return cls(reward, budget=rules.budget(reward.budget))
        coupon = rules.coupon(wanted.coupon or issued.get(wanted.code or "", ""))
        reward = coupon and rules.reward(coupon.reward)
        if coupon is None or reward is None:
            return not_valid()
        code = wanted.code if coupon.kind is CouponKind.PERSONAL else None
        return cls(reward, coupon, code, rules.budget(reward.budget))

    def takes(self, points: int, worth: int = 0) -> Iterator[Take]:
        """What a redemption for so many points takes of limits that all guests share; the same limits for any.
        `worth`: minor units that it takes off a basket; a value of its own counts instead where it is none."""
        reward, coupon, budget = self.reward, self.coupon, self.budget
        if reward.stock is not None:
            yield Take(f"stock|{reward.id}", 1, reward.stock, WhyNot.OUT_OF_STOCK)
        if budget is not None:
            worth = worth or (reward.value.minor if reward.value else 0)
            amounts = (
                ("uses", 1, budget.uses),
                ("points", points, budget.points),
                ("amount", worth, budget.amount and budget.amount.minor),
            )
            for what, amount, most in amounts:
                if most is not None:
                    yield Take(f"budget|{budget.id}|{what}", amount, most, WhyNot.BUDGET_SPENT)
        if coupon is not None and coupon.uses is not None:
            yield Take(f"coupon|{coupon.id}", 1, coupon.uses, WhyNot.COUPON_USED)
        if self.code is not None:
            yield Take(code_limit(self.code), 1, 1, WhyNot.COUPON_USED)

    def since(self, now: datetime) -> str | None:
        """The first day (ISO date; empty: ever) whose uses count against what one guest may have; None: any number."""
        each = self.reward.per_guest
        return None if each is None else each.every.begins(_day(now))

    def use(
        self, place: RewardPlace, points: int, at: str, until: str | None, off: BasketShare | None = None
    ) -> RewardUse:
        """What a redemption of it has, before it takes any of it. `off`: what it takes off a basket."""
        worth = self.reward.value if off is None or not off.total else Amount(off.total, off.currency)
        takes = {take.key: take.amount for take in self.takes(points, worth.minor if worth else 0) if take.amount}
        coupon = self.coupon and self.coupon.id
        lines = None if off is None or not off.total else off.lines
        return RewardUse(self.reward.id, coupon, worth, place, at, until, takes, Stage.BACK, lines)


def code_limit(code: str) -> str:
    """The key of the limit of a personal code: it is used once, by whomever its guest turns out to be."""
    return f"code|{code}"


def not_valid() -> RewardRefusal:
    """The same for every code that is nobody's or somebody else's: so none can be tried out."""
    return RewardRefusal(WhyNot.COUPON_NOT_VALID, "This coupon is not valid for this guest.")


def refusals(
    choice: Choice, place: RewardPlace, guest: Guest, counters: Mapping[str, LimitCounter], now: datetime
) -> Iterator[RewardRefusal]:
    """All reasons why the guest does not get it by itself, with no basket; none where it is had. `counters`: those of
    its limits, by key; one that is missing has given nothing yet."""
    if choice.reward.discount is not None:
        yield RewardRefusal(WhyNot.BASKET_NEEDED, "It takes something off a basket: redeem it with one.")
    yield from general_refusals(choice, place, guest, counters, now)


def general_refusals(
    choice: Choice,
    place: RewardPlace,
    guest: Guest,
    counters: Mapping[str, LimitCounter],
    now: datetime,
    worth: int = 0,
) -> Iterator[RewardRefusal]:
    """The reasons that have nothing to do with what is in a basket. `worth`: as in `Choice.takes`."""
    reward, coupon, day = choice.reward, choice.coupon, _day(now)
    if coupon is not None:
        if coupon.first_day and day < coupon.first_day:
            yield RewardRefusal(WhyNot.COUPON_NOT_VALID, f"The coupon is valid from {coupon.first_day} on.")
        if coupon.last_day and day > coupon.last_day:
            yield RewardRefusal(WhyNot.COUPON_NOT_VALID, f"The coupon was valid until {coupon.last_day}.")
    if reward.first_day and day < reward.first_day:
        yield RewardRefusal(WhyNot.NOT_YET, f"It is had from {reward.first_day} on.")
    if reward.last_day and day > reward.last_day:
        yield RewardRefusal(WhyNot.OVER, f"It was had until {reward.last_day}.")
    yield from _elsewhere(reward, place)
    price = reward.price_for(guest.tier)
    if price is None:
        tiers = ", ".join(sorted(reward.price))
        yield RewardRefusal(WhyNot.WRONG_TIER, f"It is for guests of another tier: {tiers}.")
    yield from (one.refusal for one in own_limits(choice, guest, now) if one.left <= 0)
    for take in choice.takes(price or 0, worth):
        if take.amount and take.amount > take.left(counters, now):
            yield take.refusal()
    if price is not None and price > guest.points:
        missing = price - max(guest.points, 0)
        yield RewardRefusal(WhyNot.NOT_ENOUGH_POINTS, f"{missing} points more are needed.", missing)


_GONE = {
    WhyNot.OUT_OF_STOCK: "None is left.",
    WhyNot.BUDGET_SPENT: "The budget of this reward is spent.",
    WhyNot.COUPON_USED: "The coupon was used as often as it may be.",
}


def _elsewhere(reward: Reward, place: RewardPlace) -> Iterator[RewardRefusal]:
    scopes = (
        (WhyNot.WRONG_BRAND, reward.brands, place.brand, "brands"),
        (WhyNot.WRONG_STORE, reward.stores, place.store, "stores"),
        (WhyNot.WRONG_CHANNEL, reward.channels, place.channel, "channels"),
    )
    for why, had_at, here, what in scopes:
        if had_at and here not in had_at:
            where = "these" if len(had_at) > _NAMED else ", ".join(sorted(had_at))
            yield RewardRefusal(
                why, f"It is had at some {what} only: {where}." if here else f"Say where: {what} {where}."
            )


_NAMED = 5


def own_limits(choice: Choice, guest: Guest, now: datetime) -> Iterator[OwnLimit]:
    """How often the guest can still have the reward, and use the coupon."""
    each, coupon = choice.reward.per_guest, choice.coupon
    counted = [use for use in guest.uses if use.counts(now)] if each or coupon else []
    if each is not None:
        since = each.every.begins(_day(now))
        had = sum(use.reward == choice.reward.id and _on(use.at) >= since for use in counted)
        often = f"{each.most} times" if each.most > 1 else "once"
        every = "in all" if each.every is Period.EVER else f"a {each.every}"
        why = RewardRefusal(WhyNot.GUEST_LIMIT_REACHED, f"A guest gets it {often} {every}.")
        yield OwnLimit(f"guest|{choice.reward.id}", each.most - had, why)
    if coupon is not None and coupon.per_guest is not None:
        used = sum(use.coupon == coupon.id for use in counted)
        why = RewardRefusal(WhyNot.COUPON_USED, f"A guest uses this coupon {coupon.per_guest} times at most.")
        yield OwnLimit(f"guest|coupon|{coupon.id}", coupon.per_guest - used, why)


def _day(now: datetime) -> date:
    return now.astimezone(UTC).date()


def _on(at: str) -> str:
    return _day(datetime.fromisoformat(at)).isoformat()
