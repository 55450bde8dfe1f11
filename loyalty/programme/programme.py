"""What a purchase earns, when it expires and which tier sums reach: pure functions of the programme's rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from domain.config_file import parse_config
from domain.errors import SetupError
from domain.events import Channel, Payment
from domain.money import from_minor
from domain.stats import Tally
from loyalty.ledger.lots import end_of_month
from loyalty.programme.bonus_rules import MAX_BONUSES, MAX_NAMED, Bonus, PointsCap
from loyalty.programme.tier_rules import MAX_TIERS, Qualifying, Tier, TierRules, rising
from loyalty.rewards.rewards import DEFAULT, Rewards

CAP = "cap"
"""The rule by which points are taken that are more than the programme gives a guest in a period."""
OWN = "order"
"""The rule by which an order's own points are counted."""
Rate = Annotated[Decimal, Field(ge=0, le=1_000_000)]
_CurrencyName = Annotated[str, Field(pattern=r"^([A-Z]{3}|default)$")]


MAX_ALLOWANCE = 10_000
"""Points that a till without a connection may let one guest use."""
MAX_OFFLINE_HOURS = 168
"""Hours for which a snapshot of an offline till counts."""
MAX_NOTICE_DAYS = 366
"""Days before their last day when others hear that points expire."""


def _by_currency(rule: object) -> object:
    return rule if isinstance(rule, Mapping) else {"default": rule}  # pyright: ignore[reportUnknownVariableType]


Rates = Annotated[dict[_CurrencyName, Rate], BeforeValidator(_by_currency)]
"""Points per whole unit, by currency; a single rate is that of all currencies."""


class NotEarning(BaseModel):
    """What earns no points. Of an order: its tax, tip or service charge, and lines with these products (ids), such as
    gift cards. Whole orders: of these channels, of these sources (a delivery service), or paid in these ways."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    tax: bool = False
    tip: bool = False
    service_charge: bool = False
    products: frozenset[str] = Field(default=frozenset(), max_length=MAX_NAMED)
    channels: frozenset[Channel] = frozenset()
    sources: frozenset[str] = Field(default=frozenset(), max_length=MAX_NAMED)
    payments: frozenset[Payment] = frozenset()

    def earning(self, order: Mapping[str, Any], lines: Iterable[tuple[str, int]]) -> int:
        """The part of an order's total that earns points. `order` has the properties of a `Transaction`, and `lines`
        its products and their amounts; all amounts are in minor units."""
        if order["channel"] in self.channels or order["source"] in self.sources or order["payment"] in self.payments:
            return 0
        excluded = ((self.tax, "taxMinor"), (self.tip, "tipMinor"), (self.service_charge, "serviceChargeMinor"))
        left = order["totalMinor"] - sum(order[name] or 0 for out, name in excluded if out)
        return max(left - sum(minor for product, minor in lines if product in self.products), 0)


class OfflineRules(BaseModel):
    """What a till without a connection may let one guest use: so many `points` at most, for so many `hours`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    points: int = Field(ge=1, le=MAX_ALLOWANCE)
    hours: int = Field(ge=1, le=MAX_OFFLINE_HOURS)


class Programme(Rewards):
    """The group's programme: `points_per_unit` by brand and currency, `tiers`, lowest first, and what is `qualifying`
    for them, `bonuses`, and rewards with their budgets and coupons. `at_most`: the most points that a guest gets in a
    period.

    `points_expire_after_months`: points expire at the end of the month so many months after the order; None: never.
    `expiring_soon_days`: so many days before their last day others hear that points expire; None: never.
    `offline`: what tills without a connection may do; None: nothing.
    """

    points_per_unit: dict[str, Rates]
    not_earning: NotEarning | None = None
    tiers: tuple[Tier, ...] = Field(min_length=1, max_length=MAX_TIERS)
    qualifying: Qualifying = Qualifying()
    points_expire_after_months: int | None = Field(default=None, ge=1, le=120)
    expiring_soon_days: int | None = Field(default=None, ge=1, le=MAX_NOTICE_DAYS)
    bonuses: tuple[Bonus, ...] = Field(default=(), max_length=MAX_BONUSES)
    at_most: PointsCap | None = None
    offline: OfflineRules | None = None

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if wrong := rising(self.tiers, self.qualifying):
            raise ValueError(f"tiers: {wrong}")
        return self

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [bonus.id for bonus in self.bonuses]
        if twice := {name for name in names if names.count(name) > 1 or name in (CAP, OWN)}:
            raise ValueError(f"bonuses: the id {min(twice)} is used twice, or means something else")
        tiers = {tier.name for tier in self.tiers}
        if unknown := {name for bonus in self.bonuses for name in bonus.orders.tiers} - tiers:
            raise ValueError(f"bonuses: there is no tier {min(unknown)}")
        return self

    @model_validator(mode="after")
    def _prices_are_of_tiers(self) -> Self:
        known = {tier.name for tier in self.tiers} | {DEFAULT}
        for reward in self.rewards:
            if unknown := sorted(reward.price.keys() - known):
                raise ValueError(f"the reward {reward.id} has a price for the tier {unknown[0]}, which does not exist")
        return self

    def earning(self, order: Mapping[str, Any], lines: Iterable[tuple[str, int]]) -> int | None:
        """See `NotEarning.earning`; None: all of the order earns points."""
        return None if self.not_earning is None else self.not_earning.earning(order, lines)

    def own_points(self, order: Mapping[str, Any], earning: int | None) -> int:
        """What an order earns by itself, if this part of its total earns points (minor units; None: all). A refund
        takes as much of that part as of the rest."""
        total, left = order["totalMinor"], order["totalMinor"] - order["refundedMinor"]
        if earning is not None:
            left = earning * left // total if total else 0
        return self.points(order["brand"], order["currency"], left)

    def points(self, brand: str, currency: str, minor: int) -> int:
        """Whole points for a net amount; never below zero, rounded down."""
        rate = next(self._rates(brand, currency), Decimal(0))
        return int((from_minor(max(minor, 0), currency) * rate).to_integral_value(ROUND_FLOOR))

    def last_day(self, at: datetime) -> str:
        """The last day (ISO date) of points that an order of this moment earns, in UTC; empty: they never expire."""
        if self.points_expire_after_months is None:
            return ""
        moment = at.astimezone(UTC)
        year, month = divmod(moment.year * 12 + moment.month - 1 + self.points_expire_after_months, 12)
        return end_of_month(year, month + 1)

    def _rates(self, brand: str, currency: str) -> Iterator[Decimal]:
        """The rates that may apply, the one for this brand and currency first."""
        for rates in (self.points_per_unit.get(brand), self.points_per_unit.get("default")):
            yield from (rates[name] for name in (currency, "default") if rates is not None and name in rates)

    @cached_property
    def tier_rules(self) -> TierRules:
        return TierRules(self.tiers, self.qualifying)

    @cached_property
    def asks_for_tiers(self) -> bool:
        """Whether a bonus depends on the guest's tier."""
        return any(bonus.orders.tiers for bonus in self.bonuses)

    @property
    def looks_back(self) -> bool:
        """Whether bonuses or tiers look at each of a guest's orders, and not at their sums alone."""
        return bool(self.bonuses or self.at_most) or not self.tier_rules.by_sums

    def tier(self, currency: str, sums: Tally) -> str | None:
        """The tier by sums over all orders. `currency`: the group's main one. None: the sums do not say it."""
        return self.tier_rules.of_sums(currency, sums)


def parse_programme(text: str | bytes) -> Programme:
    """The programme of a YAML or JSON text. Raises SetupError that names the field."""
    return parse_config(Programme, text, what="The loyalty rules", hint="See loyalty/programme.yaml.")


def programme(path: Path | None) -> Programme:
    """The programme of a YAML file, or the built-in one. Raises SetupError that names the field."""
    try:
        text = (path or resources.files("loyalty").joinpath("programme.yaml")).read_bytes()
    except OSError as error:
        raise SetupError(
            f"The loyalty rules cannot be read: {error.strerror}.", hint="Check REGULARS_LOYALTY_CONFIG."
        ) from None
    found = parse_programme(text)
    if found.looks_back:
        raise SetupError(
            "The loyalty rules of a file have no `bonuses`, no `at_most`, and no tiers by visits or in a period of "
            "`months`: these look back at all orders of a guest.",
            hint="Publish them as a version: regulars programme publish FILE.",
        )
    return found
