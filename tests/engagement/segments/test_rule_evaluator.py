"""Rules hold of facts at their very edges; that the graph agrees is tested with the compiler."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from domain.windows import DAY_MS, millis
from engagement.segments.rule_evaluator import Facts, VisitFact, holds, member
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

NOW = datetime(2026, 6, 1, tzinfo=UTC)
_AT = millis(NOW)
VISITS = (
    VisitFact(_AT - 7 * DAY_MS, "pasta", "delivery", "USD", 1000),
    VisitFact(_AT - 40 * DAY_MS, "burger", "web", "JPY", 900),
)
GUEST = Facts(True, "gold", 1000, 2, VISITS[0].at, frozenset(("pasta", "burger")), "delivery", VISITS)


@pytest.mark.parametrize(
    ("rule", "wanted"),
    [
        (Spend(min=1000, max=1000), True),
        (Spend(min=1001), False),
        (Spend(min=900, currency="JPY"), True),
        (Spend(min=1, currency="JPY", days=30), False),
        (Spend(min=1000, days=7, brand="pasta"), True),
        (Visits(min=2, max=2), True),
        (Visits(min=2, days=30), False),
        (Visits(max=0, brand="sushi"), True),
        (Recency(min_days=7, max_days=7), True),
        (Recency(min_days=8), False),
        (Recency(min_days=40, brand="burger"), True),
        (Recency(min_days=0, brand="sushi"), False),
        (VisitedBrand("burger"), True),
        (VisitedBrand("sushi"), False),
        (UsedChannel("web", False), True),
        (UsedChannel("web", True), False),
        (InTier(("gold", "vip")), True),
        (InTier(("silver",)), False),
        (And((VisitedBrand("pasta"), VisitedBrand("sushi"))), False),
        (Or((VisitedBrand("pasta"), VisitedBrand("sushi"))), True),
        (Not(VisitedBrand("sushi")), True),
    ],
)
def test_a_rule_holds_of_a_guest(rule: SegmentRule, wanted: bool) -> None:
    assert holds(rule, GUEST, now=NOW, currency="USD") is wanted


def test_one_who_is_known_by_a_browser_only_is_in_no_segment() -> None:
    stranger = Facts(False, None, 0, 0, None, frozenset(), None, ())
    everybody = Not(VisitedBrand("sushi"))
    assert holds(everybody, stranger, now=NOW, currency="USD")
    assert not member(everybody, stranger, now=NOW, currency="USD")
