"""The counters of a customer as the store holds them (`stats` in docs/graph.md), read without making objects."""

from __future__ import annotations

from typing import NotRequired, TypedDict

import orjson

from domain.stats import earned_lots


class StoredTally(TypedDict):
    """Spend is by currency, in minor units; times are RFC 3339 in UTC."""

    visits: int
    points: int
    spend: dict[str, int]
    first: str | None
    last: str | None


class StoredStats(StoredTally):
    channels: dict[str, int]
    brands: dict[str, StoredTally]
    lots: NotRequired[dict[str, int]]
    holds: NotRequired[dict[str, int]]


def read_stats(text: str | None) -> StoredStats:
    """The stats of a customer; zeros where none are stored."""
    empty = StoredStats(visits=0, points=0, spend={}, first=None, last=None, channels={}, brands={})
    return empty if text is None else orjson.loads(text)


def stored_lots(stats: StoredStats) -> tuple[dict[str, int], dict[str, int]]:
    """The unspent points by lot, and the held ones by moment and lot, as `domain.stats.Stats` has them."""
    lots = stats.get("lots")
    if lots is None:
        lots = earned_lots((brand, tally["points"]) for brand, tally in stats["brands"].items())
    return lots, stats.get("holds", {})
