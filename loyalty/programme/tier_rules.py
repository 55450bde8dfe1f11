"""Tiers as data: what reaches them, what keeps them, and in which period that is counted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from domain.money import exponent
from domain.stats import Tally

MAX_TIERS = 50
"""Tiers of one programme."""
_Threshold = Annotated[Decimal, Field(ge=0, le=1_000_000_000)]


class Qualifier(StrEnum):
    """What is counted for a tier."""

    SPEND = "spend"
    VISITS = "visits"
    POINTS = "points"


class Tier(BaseModel):
    """A level: reached with `from`, and kept with `keep`, which may be less."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    reach: _Threshold = Field(alias="from")
    keep: _Threshold | None = None

    @property
    def to_keep(self) -> Decimal:
        return self.reach if self.keep is None else self.keep


class Qualifying(BaseModel):
    """What counts for a tier: spend in the group's main currency, visits, or the points that orders earn by themselves.

    Without `months`: since the guest's first order, and a tier is kept for ever. Else in a period of so many months:
    of the calendar (12: a year, 1: a month; UTC), or `rolling`: those before each order. A tier is kept to the end of
    the period after the one in which it was reached, and `grace` days longer. With `soft_landing` it then falls by one
    tier, and the next one is kept for one more period.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    by: Qualifier = Qualifier.SPEND
    months: Annotated[int, Field(strict=True, ge=1, le=60)] | None = None
    rolling: bool = False
    grace: Annotated[int, Field(strict=True, ge=0, le=366)] = 0
    soft_landing: bool = False

    @model_validator(mode="after")
    def _clear(self) -> Self:
        if self.months is None and (self.rolling or self.grace or self.soft_landing):
            raise ValueError("`rolling`, `grace` and `soft_landing` need `months`: without it a tier is kept for ever")
        if self.months is not None and not self.rolling and 12 % self.months and self.months % 12:
            raise ValueError("`months` of the calendar are 1, 2, 3, 4, 6, 12, or whole years; or say `rolling: true`")
        return self


@dataclass(frozen=True, slots=True)
class TierRules:
    """The tiers of a programme, lowest first, with what qualifies for them."""

    tiers: tuple[Tier, ...]
    qualifying: Qualifying

    @property
    def by_sums(self) -> bool:
        """Whether a guest's sums say the tier. They do not say when orders were, and a visit stays a visit in them when
        the order is given back."""
        return self.qualifying.months is None and self.qualifying.by is not Qualifier.VISITS

    def value(self, currency: str, order_currency: str, minor: int, points: int) -> int:
        """What an order counts: minor units of the main currency, one visit, or points."""
        match self.qualifying.by:
            case Qualifier.SPEND:
                return max(minor, 0) if order_currency == currency else 0
            case Qualifier.VISITS:
                return 1
            case Qualifier.POINTS:
                return max(points, 0)

    def thresholds(self, currency: str) -> list[tuple[int, int]]:
        """What it takes to reach and to keep each tier, in the units of `value`, rounded up."""
        places = exponent(currency) if self.qualifying.by is Qualifier.SPEND else 0
        return [(_whole(tier.reach, places), _whole(tier.to_keep, places)) for tier in self.tiers]

    def of_sums(self, currency: str, sums: Tally) -> str | None:
        """The tier that these sums over all orders reach; None: they do not say it (`by_sums`)."""
        if not self.by_sums:
            return None
        counted = sums.points if self.qualifying.by is Qualifier.POINTS else sums.spend.get(currency, 0)
        levels = zip(self.tiers, self.thresholds(currency), strict=True)
        return [tier.name for tier, (reach, _) in levels if reach <= max(counted, 0)][-1]


def rising(tiers: Iterable[Tier], qualifying: Qualifying) -> str | None:
    """What is wrong with the thresholds of tiers, in words; None: nothing."""
    tiers = list(tiers)
    if tiers[0].reach != 0 or any(low.reach >= high.reach for low, high in pairwise(tiers)):
        return "start at 0 and rise"
    for low, high in pairwise(tiers):
        if high.to_keep > high.reach:
            return f"`keep` of {high.name} is {high.keep}, more than its `from`: {high.reach}"
        if high.to_keep < low.to_keep:
            return f"`keep` of {high.name} is less than that of {low.name}"
    if qualifying.months is None and any(tier.keep is not None for tier in tiers):
        return "`keep` needs `qualifying.months`: without it a tier is kept for ever"
    return None


def _whole(threshold: Decimal, places: int) -> int:
    return int(threshold.scaleb(places).to_integral_value(ROUND_CEILING))
