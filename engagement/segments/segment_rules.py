"""A segment's rule as a tree of frozen values; `engagement.segments.rule_parser` reads it from JSON, `plain` writes it.

    {"and": [rule, …]}   {"or": [rule, …]}   {"not": rule}
    {"spend":   {"min": "100.00", "max": …, "currency": "USD", "days": 90, "brand": "pasta"}}
    {"visits":  {"min": 2, "max": …, "days": 30, "brand": …}}
    {"recency": {"minDays": 30, "maxDays": 90, "brand": …}}
    {"brand":   {"brand": "pasta"}}
    {"channel": {"channel": "delivery", "preferred": true}}
    {"tier":    {"tiers": ["gold", "vip"]}}

`min` and `max` are inclusive. A window of `days` covers the last `days` times 24 hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

from domain.money import from_minor


@dataclass(frozen=True, slots=True)
class And:
    rules: tuple[SegmentRule, ...]


@dataclass(frozen=True, slots=True)
class Or:
    rules: tuple[SegmentRule, ...]


@dataclass(frozen=True, slots=True)
class Not:
    rule: SegmentRule


@dataclass(frozen=True, slots=True)
class Spend:
    """Net spend in `currency` (None: the group's main one), in minor units."""

    min: int | None = None
    max: int | None = None
    currency: str | None = None
    days: int | None = None
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Visits:
    min: int | None = None
    max: int | None = None
    days: int | None = None
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class Recency:
    """Whole days since the last visit; never true for a customer without a visit."""

    min_days: int | None = None
    max_days: int | None = None
    brand: str | None = None


@dataclass(frozen=True, slots=True)
class VisitedBrand:
    brand: str


@dataclass(frozen=True, slots=True)
class UsedChannel:
    channel: str
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class InTier:
    tiers: tuple[str, ...]


SegmentRule: TypeAlias = And | Or | Not | Spend | Visits | Recency | VisitedBrand | UsedChannel | InTier


def plain(rule: SegmentRule, *, currency: str) -> dict[str, Any]:
    """The rule as JSON values; `engagement.segments.rule_parser.parse` gives the same rule back."""
    match rule:
        case And(rules):
            return {"and": [plain(part, currency=currency) for part in rules]}
        case Or(rules):
            return {"or": [plain(part, currency=currency) for part in rules]}
        case Not(part):
            return {"not": plain(part, currency=currency)}
        case Spend():
            low, high = (
                None if minor is None else format(from_minor(minor, rule.currency or currency), "f")
                for minor in (rule.min, rule.max)
            )
            bounds = {"min": low, "max": high, "currency": rule.currency, "days": rule.days, "brand": rule.brand}
            return {"spend": _without_none(bounds)}
        case Visits():
            return {"visits": _without_none({"min": rule.min, "max": rule.max, "days": rule.days, "brand": rule.brand})}
        case Recency():
            return {"recency": _without_none({"minDays": rule.min_days, "maxDays": rule.max_days, "brand": rule.brand})}
        case VisitedBrand(brand):
            return {"brand": {"brand": brand}}
        case UsedChannel(channel, preferred):
            return {"channel": {"channel": channel, "preferred": preferred}}
        case InTier(tiers):
            return {"tier": {"tiers": list(tiers)}}


def _without_none(content: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in content.items() if value is not None}
