"""Rewards, budgets and coupons as the programme names them: what a guest can get, for how many points, and how often.

A reward that a coupon names is got with that coupon only. All days are those of UTC.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.order_words import Channel
from loyalty.periods import Period
from loyalty.rewards.discount_rules import Discount, DiscountStage, Undiscounted
from loyalty.rewards.reward_amount import WrittenAmount

MAX_REWARDS = 500
"""Rewards, and coupons, that a programme has."""
MAX_BUDGETS = 200
"""Budgets that a programme has."""
MAX_PLACES = 1_000
"""Brands, and stores, that a reward names."""
MAX_PRICE = 10_000_000
"""Points that a reward costs."""
MAX_UNITS = 1_000_000_000
"""What a stock, a budget and a coupon's uses may be."""
MAX_GROUPS = 50
"""Stacking groups that a programme has."""

DEFAULT = "default"

Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
_Name = Annotated[str, Field(min_length=1, max_length=200)]
_Places = Annotated[frozenset[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=MAX_PLACES)]
_Units = Annotated[int, Field(ge=1, le=MAX_UNITS)]
_Points = Annotated[int, Field(ge=0, le=MAX_PRICE)]


class RewardKind(StrEnum):
    """What a guest gets."""

    PRODUCT = "product"
    DISCOUNT = "discount"
    AMOUNT = "amount"
    EXPERIENCE = "experience"
    PRIZE = "prize"


class CouponKind(StrEnum):
    """Whether one public code serves everybody, or each guest gets an own one."""

    MASS = "mass"
    PERSONAL = "personal"


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Dated(_Rule):
    first_day: date | None = None
    last_day: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError("last_day is before first_day")
        return self


class GuestLimit(_Rule):
    """How often one guest gets a reward in each period (UTC)."""

    most: int = Field(ge=1, le=10_000)
    every: Period = Period.EVER


class RewardBudget(_Rule):
    """What several rewards may use together: points, uses and money, each only where it is given."""

    id: Id
    points: _Units | None = None
    uses: _Units | None = None
    amount: WrittenAmount | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if self.points is None and self.uses is None and self.amount is None:
            raise ValueError("give points, uses or amount")
        return self


def _by_tier(price: object) -> object:
    return price if isinstance(price, Mapping) else {DEFAULT: price}  # pyright: ignore[reportUnknownVariableType]


class Reward(_Dated):
    """Something that a guest gets. `price`: points, or points by tier; tiers that it does not name pay `default`, and
    without a `default` they do not get it. `value`: what it costs the group, or takes off. Without `brands`, `stores`
    or `channels` it is had at all of them. `stock`: how many there are in all. `budget`: the id of the one it uses.

    `discount`: what it takes off a basket; a value of its own it has then none. `group`: of one stacking group, one
    reward is had in a basket. `per_basket`: how often it is had in one."""

    id: Id
    name: _Name
    kind: RewardKind
    price: Annotated[dict[str, _Points], BeforeValidator(_by_tier), Field(min_length=1, max_length=50)]
    value: WrittenAmount | None = None
    brands: _Places = frozenset()
    stores: _Places = frozenset()
    channels: frozenset[Channel] = frozenset()
    stock: _Units | None = None
    per_guest: GuestLimit | None = None
    per_basket: int | None = Field(default=None, ge=1, le=1_000)
    budget: Id | None = None
    discount: Discount | None = None
    group: Id | None = None

    @model_validator(mode="after")
    def _is_worth_its_discount(self) -> Self:
        if self.discount is not None and self.value is not None:
            raise ValueError("leave `value` out: a discount is worth what it takes off")
        if self.discount is not None and self.kind is RewardKind.AMOUNT and self.discount.of_units:
            raise ValueError("points to cash come off the whole basket, not off single units")
        return self

    @property
    def off(self) -> Discount | None:
        """What it takes off a basket: its discount, or its value where it is money off; None: nothing."""
        if self.discount is None and self.value is not None and self.kind in (RewardKind.DISCOUNT, RewardKind.AMOUNT):
            return Discount(amount=self.value)
        return self.discount

    @property
    def stage(self) -> DiscountStage:
        """When it comes off a basket."""
        if self.kind is RewardKind.AMOUNT:
            return DiscountStage.POINTS
        of_units = self.discount is not None and self.discount.of_units
        return DiscountStage.LINE if of_units else DiscountStage.CART

    def price_for(self, tier: str | None) -> int | None:
        """The points that a guest of this tier pays; None: this tier does not get it."""
        return self.price.get(tier or DEFAULT, self.price.get(DEFAULT))


class Coupon(_Dated):
    """A code that gets a reward. `code` is that of a mass coupon; each guest gets an own code of a personal one, and
    uses it once. `uses`: in all. `per_guest`: by one guest."""

    id: Id
    reward: Id
    kind: CouponKind
    code: str | None = Field(default=None, pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{2,31}$")
    uses: _Units | None = None
    per_guest: int | None = Field(default=None, ge=1, le=10_000)

    @model_validator(mode="after")
    def _has_its_code(self) -> Self:
        if (self.code is not None) != (self.kind is CouponKind.MASS):
            raise ValueError("a mass coupon has a code, and a personal one has none")
        return self


class Rewards(_Rule):
    """The rewards of a programme, with their budgets and coupons.

    `stacking_groups`: the discounts of the groups that are named first come off first. `undiscounted`: what no
    reward takes anything off."""

    rewards: tuple[Reward, ...] = Field(default=(), max_length=MAX_REWARDS)
    budgets: tuple[RewardBudget, ...] = Field(default=(), max_length=MAX_BUDGETS)
    coupons: tuple[Coupon, ...] = Field(default=(), max_length=MAX_REWARDS)
    stacking_groups: tuple[Id, ...] = Field(default=(), max_length=MAX_GROUPS)
    undiscounted: Undiscounted = Undiscounted()

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        for what, named in (("rewards", self.rewards), ("budgets", self.budgets), ("coupons", self.coupons)):
            _once(what, (one.id for one in named))
        _once("codes of coupons", (plain_code(one.code) for one in self.coupons if one.code))
        _once("stacking groups", self.stacking_groups)
        budgets = {one.id: one for one in self.budgets}
        for reward in self.rewards:
            if reward.group is not None and reward.group not in self.stacking_groups:
                raise ValueError(f"the reward {reward.id} names the group {reward.group}: list it in stacking_groups")
            if reward.budget is not None:
                _fits(reward, budgets.get(reward.budget))
        known = {one.id for one in self.rewards}
        for coupon in self.coupons:
            if coupon.reward not in known:
                raise ValueError(f"the coupon {coupon.id} names the reward {coupon.reward}, which does not exist")
        return self

    def reward(self, id_: str) -> Reward | None:
        return next((one for one in self.rewards if one.id == id_), None)

    def budget(self, id_: str | None) -> RewardBudget | None:
        return next((one for one in self.budgets if one.id == id_), None)

    def coupon(self, id_: str) -> Coupon | None:
        return next((one for one in self.coupons if one.id == id_), None)

    def coupons_of(self, reward: Reward) -> list[Coupon]:
        return [one for one in self.coupons if one.reward == reward.id]

    def mass_coupon(self, code: str) -> Coupon | None:
        """The mass coupon with this code, however it is written."""
        plain = plain_code(code)
        return next((one for one in self.coupons if one.code and plain_code(one.code) == plain), None)


def plain_code(code: str) -> str:
    """A code as codes are compared: capitals, without hyphens and spaces."""
    return "".join(letter for letter in code.upper() if letter not in "- \t")


def _once(what: str, ids: Iterable[str]) -> None:
    twice = sorted(id_ for id_, times in Counter(ids).items() if times > 1)
    if twice:
        raise ValueError(f"two {what} are called {twice[0]}")


def _fits(reward: Reward, budget: RewardBudget | None) -> None:
    if budget is None:
        raise ValueError(f"the reward {reward.id} names the budget {reward.budget}, which does not exist")
    if reward.discount is not None and reward.discount.amount is None:
        return  # a percentage has any currency: it is had in that of the budget only
    worth: Any = reward.discount.amount if reward.discount else reward.value
    currency = worth.currency if worth else None
    if budget.amount is not None and budget.amount.currency != currency:
        raise ValueError(f"the reward {reward.id} needs a value in {budget.amount.currency} for the budget {budget.id}")
