"""Bonuses as data: what a programme gives beyond the points of an order, to which orders, and how much at most."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.order_words import Channel
from loyalty.periods import Period

MAX_BONUSES = 50
"""Bonuses of one version of a programme."""
MAX_NAMED = 1_000
"""Ids that one list of a rule names: products, stores, …"""

RuleId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
_Ids = Annotated[frozenset[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=MAX_NAMED)]
_Points = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


def _clock(value: object) -> object:
    if value is not None and not (isinstance(value, str) and _CLOCK.fullmatch(value)):
        raise ValueError('is a time of the day in quotes, such as "10:00"')  # 10:00 without them is a number in YAML
    return value


def _day(value: object) -> object:
    if value is not None and (isinstance(value, datetime) or not isinstance(value, str | date)):
        raise ValueError("is a day, such as 2027-01-31")
    return value


_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_Count = Annotated[int, Field(strict=True, ge=2, le=10_000)]
_Clock = Annotated[time | None, BeforeValidator(_clock)]
_Day = Annotated[date | None, BeforeValidator(_day)]


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Span(StrEnum):
    """Within what an order is a guest's first."""

    GROUP = "group"
    BRAND = "brand"
    STORE = "store"


class Weekday(StrEnum):
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class PointsCap(_Rule):
    """The most points that one guest gets in each period."""

    points: Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
    every: Period


class OrderFilter(_Rule):
    """Which orders a rule is about: all that is named must hold; an empty list means any. `from` and `until` are times
    of the day at the store; a span may pass midnight. `at_least` is what was paid, refunds taken off, in whole units of
    the order's currency."""

    brands: _Ids = frozenset()
    stores: _Ids = frozenset()
    channels: frozenset[Channel] = frozenset()
    products: _Ids = frozenset()
    tiers: _Ids = frozenset()
    weekdays: frozenset[Weekday] = frozenset()
    since: _Clock = Field(default=None, alias="from")
    until: _Clock = None
    at_least: Annotated[Decimal, Field(ge=0, le=1_000_000_000)] = Decimal(0)


class Every(_Rule):
    """Each so-manieth: of the orders that the filter lets through, or of the items that it names."""

    orders: _Count | None = None
    items: _Count | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.orders is None) == (self.items is None):
            raise ValueError("say one of `orders` and `items`")
        return self


class Streak(_Rule):
    """An order in so many periods, one after the other."""

    periods: Annotated[int, Field(strict=True, ge=2, le=366)]
    each: Period


class Bonus(_Rule):
    """One bonus. It gives `points`, or `times` the order's own points (2: as many again).

    To each order that `orders` lets through; or to the guest's `first` one; or to `every` tenth; or to the one that
    completes a `streak`. Its first and last day, and all periods, are those of the store.
    """

    id: RuleId
    name: Annotated[str, Field(min_length=1, max_length=200)]
    points: _Points | None = None
    times: Annotated[Decimal, Field(gt=1, le=100)] | None = None
    orders: OrderFilter = OrderFilter()
    first: Span | None = None
    every: Every | None = None
    streak: Streak | None = None
    first_day: _Day = None
    last_day: _Day = None
    at_most: PointsCap | None = None

    @model_validator(mode="after")
    def _clear(self) -> Self:
        if (self.points is None) == (self.times is None):
            raise ValueError("say one of `points` and `times`")
        if sum(one is not None for one in (self.first, self.every, self.streak)) > 1:
            raise ValueError("say one of `first`, `every` and `streak`, or none")
        if self.every is not None and self.every.items is not None and not self.orders.products:
            raise ValueError("name the `products` whose items count, under `orders`")
        if self.streak is not None and self.streak.each is Period.EVER:
            raise ValueError("a streak is of days, weeks, months or years")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValueError("`last_day` is before `first_day`")
        return self
