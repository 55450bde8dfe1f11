"""Compiles a segment's rule to a Cypher condition on a customer `c`, from the fragments in `cypher/segments/`.

No value of a rule becomes text of the query: values are parameters, so that equal shapes share a plan. Every condition
is true or false, never null, so that `not` works.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cypher import load
from domain.windows import span_of_days, window_start
from engagement.segments.rule_parser import MAX_COUNT
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
from graph.query.compose import renamed

_ABOVE_ALL = 2**62


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition's text, in parentheses, and its parameters."""

    text: str
    parameters: dict[str, Any]


def compiled(rule: SegmentRule, *, now: datetime, currency: str, prefix: str = "leaf") -> Condition:
    """The condition that holds for the rule's members at `now`. `prefix` keeps parameters of several rules apart."""
    compiler = _Compiler(now, currency, prefix)
    return Condition(compiler.text(rule), compiler.parameters)


@dataclass(slots=True)
class _Compiler:
    now: datetime
    currency: str
    prefix: str
    parameters: dict[str, Any] = field(default_factory=dict[str, Any])

    def text(self, rule: SegmentRule) -> str:
        match rule:
            case And(rules) | Or(rules):
                connective = load("segments/rules/and" if isinstance(rule, And) else "segments/rules/or")
                return "(" + f"\n{connective} ".join(self.text(part) for part in rules) + ")"
            case Not(part):
                return f"({load('segments/rules/not')} {self.text(part)})"
            case _:
                name, values = self.leaf(rule)
                parameter = f"{self.prefix}{len(self.parameters)}"
                self.parameters[parameter] = values
                return "(" + renamed(load(f"segments/rules/{name}"), "leaf", parameter) + ")"

    def leaf(self, rule: Spend | Visits | Recency | VisitedBrand | UsedChannel | InTier) -> tuple[str, dict[str, Any]]:
        """The fragment's name and its parameters."""
        match rule:
            case Spend():
                bounds = _bounds(rule.min, rule.max, -_ABOVE_ALL, _ABOVE_ALL)
                currency = rule.currency or self.currency
                if rule.days is None and rule.brand is None and currency == self.currency:
                    return "spend", bounds
                since = window_start(self.now, rule.days)
                return "spend_orders", bounds | {"currency": currency, "since": since, "brand": rule.brand}
            case Visits():
                bounds = _bounds(rule.min, rule.max, 0, MAX_COUNT)
                if rule.days is None and rule.brand is None:
                    return "visits", bounds
                return "visits_orders", bounds | {"since": window_start(self.now, rule.days), "brand": rule.brand}
            case Recency():
                after, until = span_of_days(self.now, rule.min_days, rule.max_days)
                if rule.brand is None:
                    return "recency", {"after": after, "until": until}
                return "recency_orders", {"after": after, "until": until, "brand": rule.brand}
            case VisitedBrand(brand):
                return "brand", {"brand": brand}
            case UsedChannel(channel, preferred):
                return "channel_preferred" if preferred else "channel_used", {"channel": channel}
            case InTier(tiers):
                return "tier", {"tiers": list(tiers)}


def _bounds(low: int | None, high: int | None, least: int, most: int) -> dict[str, Any]:
    return {"min": least if low is None else low, "max": most if high is None else high}
