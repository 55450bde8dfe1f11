"""When time alone may next change whether a rule holds: visits leave its windows, and the last visit gets older."""

from __future__ import annotations

from collections.abc import Iterator

from domain.windows import DAY_MS
from engagement.segments.rule_evaluator import Facts
from engagement.segments.segment_rules import And, Not, Or, Recency, SegmentRule, Spend, Visits


def due(rule: SegmentRule, facts: Facts, *, now: int) -> int | None:
    """The first millisecond after `now` (since 1970) at which the rule's answer may change if nothing is written; None:
    never. Until then the answer stays what it is now."""
    return min((moment for moment in _moments(rule, facts) if moment > now), default=None)


def _moments(rule: SegmentRule, facts: Facts) -> Iterator[int]:
    match rule:
        case And(rules) | Or(rules):
            for part in rules:
                yield from _moments(part, facts)
        case Not(part):
            yield from _moments(part, facts)
        case Spend(days=int(days), brand=brand) | Visits(days=int(days), brand=brand):
            # The window still includes its first millisecond.
            yield from (at + days * DAY_MS + 1 for at in _visits(facts, brand))
        case Recency(min_days, max_days, brand):
            last = facts.last_visit if brand is None else max(_visits(facts, brand), default=None)
            if last is not None:
                if min_days is not None:
                    yield last + min_days * DAY_MS
                if max_days is not None:
                    yield last + (max_days + 1) * DAY_MS
        case _:
            pass


def _visits(facts: Facts, brand: str | None) -> Iterator[int]:
    return (visit.at for visit in facts.visits if brand in (None, visit.brand))
