"""Stored counters are read as they were written, and nothing stored is zeros."""

from __future__ import annotations

from domain.stats import Contribution, Stats
from domain.stored_stats import read_stats, stored_lots


def test_what_stats_write_is_read() -> None:
    stats = Stats()
    stats.apply(Contribution("cafe", "web", "USD", 1250, 12, "2026-01-01T00:00:00Z"), 1)
    stats.apply(Contribution("grill", "app", "USD", 500, 5, "2026-01-01T00:00:00Z"), 1)
    found = read_stats(stats.to_json())
    assert (found["visits"], found["points"], found["spend"]) == (2, 17, {"USD": 1750})
    assert found["channels"] == {"web": 1, "app": 1}
    assert {brand: tally["visits"] for brand, tally in found["brands"].items()} == {"cafe": 1, "grill": 1}


def test_nothing_stored_is_zeros_that_nobody_shares() -> None:
    one, other = read_stats(None), read_stats(None)
    assert (one["visits"], one["points"], one["last"], one["brands"]) == (0, 0, None, {})
    one["spend"]["USD"] = 1
    assert other["spend"] == {}


def test_lots_are_read_whether_they_are_stored_or_follow_from_the_brands() -> None:
    stats = Stats()
    stats.apply(Contribution("cafe", "web", "USD", 1250, 12, "2026-01-01T00:00:00Z"), 1)
    assert stored_lots(read_stats(stats.to_json())) == (stats.lots, stats.holds) == ({"cafe|": 12}, {})
    stats.hold("2026-03-01T10:00:00+00:00", "cafe|", 5)
    assert stored_lots(read_stats(stats.to_json())) == (stats.lots, stats.holds)
    assert stored_lots(read_stats(None)) == ({}, {})
