"""The counters of a customer as the store holds them (`stats` in docs/graph.md), read without making objects."""

from __future__ import annotations

from typing import TypedDict

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
    lots: dict[str, int]
    holds: dict[str, int]


def read_stats(text: str | None) -> StoredStats:
    """The stats of a customer; zeros where none are stored."""
    if text is None:
        return StoredStats(
            visits=0, points=0, spend={}, first=None, last=None, channels={}, brands={}, lots={}, holds={}
        )
    content: StoredStats = orjson.loads(text)
    content.setdefault("holds", {})
    if "lots" not in content:
        content["lots"] = earned_lots((brand, tally["points"]) for brand, tally in content["brands"].items())
    return content
