"""Facts are read off a profile, and how customers stand to segments comes out as rows."""

from __future__ import annotations

from typing import Any

import orjson

from engagement.segments.facts import facts, judge
from engagement.segments.rule_evaluator import VisitFact
from graph.customers import Profile
from graph.segment_feed import VISITS

AT = 1_780_000_000_000
STATS = {"last": "2026-05-28T20:26:40+00:00"}


def profile(**changes: Any) -> Profile:
    base = {
        "number": "CUST-1", "known": True, "tier": "gold", "spendMinor": 1000, "visits": 1, "brands": ["pasta"],
        "preferredChannel": "web", "stats": orjson.dumps(STATS).decode(),
    }  # fmt: skip
    return Profile(base | changes, {VISITS: [[AT, "pasta", "web", "USD", 1000]]})


def test_facts_of_a_profile() -> None:
    found = facts(profile())
    assert (found.known, found.tier, found.spend_minor, found.visit_count) == (True, "gold", 1000, 1)
    assert (found.last_visit, found.brands, found.preferred_channel) == (AT, {"pasta"}, "web")
    assert found.visits == (VisitFact(AT, "pasta", "web", "USD", 1000),)


def test_facts_of_somebody_who_never_bought() -> None:
    found = facts(profile(stats=None, spendMinor=None, visits=None, brands=None, tier=None, known=None))
    assert (found.known, found.spend_minor, found.visit_count, found.last_visit) == (False, 0, 0, None)
    assert found.brands == frozenset()


def test_customers_are_judged_by_the_rules_of_the_segments() -> None:
    segments = [
        {"id": "s-1", "rule": b'{"visits": {"min": 1}}', "sweptTo": None, "silent": False},
        {"id": "s-2", "rule": b'{"visits": {"min": 2}}', "sweptTo": None, "silent": False},
    ]
    [row] = judge([(profile(), {"s-2"})], segments, AT, currency="USD")
    assert (row["number"], row["segments"]) == ("CUST-1", ["s-1"])
    assert sorted(row["news"]) == [["s-1", "entered"], ["s-2", "left"]]
