"""Decides in Python whether a customer is in a segment, from the customer's facts: as the compiled query decides.

A profile names its segments without a query per segment, and the compiler is tested against this.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.windows import DAY_MS, millis, window_start
from engagement.segments.segment_rules import (
    And,
    InTier,
    Not,
    Or,
    Recency,
    SegmentRule,
    Spend,
    UsedChannel,
    VisitedBrand,
    Visits,
)


@dataclass(frozen=True, slots=True)
class VisitFact:
    """One visit. `at` is in milliseconds since 1970, `minor` is its amount after refunds."""

    at: int
    brand: str
    channel: str
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts about a customer that rules need. `last_visit` is in milliseconds since 1970."""

    known: bool
    tier: str | None
    spend_minor: int
    visit_count: int
    last_visit: int | None
    brands: frozenset[str]
    preferred_channel: str | None
    visits: tuple[VisitFact, ...]


def member(rule: SegmentRule, facts: Facts, *, now: datetime, currency: str) -> bool:
    """Whether the customer is in the rule's segment at `now`. A guest who is only known by a browser is in none."""
    return facts.known and holds(rule, facts, now=now, currency=currency)


def holds(rule: SegmentRule, facts: Facts, *, now: datetime, currency: str) -> bool:
    """Whether the rule is true of the facts."""
    match rule:
        case And(rules):
            return all(holds(part, facts, now=now, currency=currency) for part in rules)
        case Or(rules):
            return any(holds(part, facts, now=now, currency=currency) for part in rules)
        case Not(part):
            return not holds(part, facts, now=now, currency=currency)
        case Spend():
            return _within(_spend(rule, facts, now, currency), rule.min, rule.max)
        case Visits():
            if rule.days is None and rule.brand is None:
                return _within(facts.visit_count, rule.min, rule.max)
            return _within(len(_since(facts, now, rule.days, rule.brand)), rule.min, rule.max)
        case Recency():
            last = facts.last_visit
            if rule.brand is not None:
                last = max((visit.at for visit in facts.visits if visit.brand == rule.brand), default=None)
            return last is not None and _within((millis(now) - last) // DAY_MS, rule.min_days, rule.max_days)
        case VisitedBrand(brand):
            return brand in facts.brands
        case UsedChannel(channel, preferred):
            if preferred:
                return facts.preferred_channel == channel
            return any(visit.channel == channel for visit in facts.visits)
        case InTier(tiers):
            return facts.tier in tiers


def _spend(rule: Spend, facts: Facts, now: datetime, main: str) -> int:
    currency = rule.currency or main
    if rule.days is None and rule.brand is None and currency == main:
        return facts.spend_minor
    return sum(v.minor for v in _since(facts, now, rule.days, rule.brand) if v.currency == currency)


def _since(facts: Facts, now: datetime, days: int | None, brand: str | None) -> list[VisitFact]:
    start = window_start(now, days)
    return [visit for visit in facts.visits if visit.at >= start and brand in (None, visit.brand)]


def _within(value: int, low: int | None, high: int | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)
