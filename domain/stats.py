"""What a source record, or a whole customer, has spent and visited: exact sums that any order of events gives.

Sums (visits, points, spend) are integers that are added and taken back, so corrections and refunds leave no trace of
the path. `first` and `last` are the extremes over the completed orders. An extreme cannot be taken back: if an order
leaves the span, whoever takes it back sets the spans anew.

`points` are what orders earned. What is not spent is kept by lot, since points expire (`loyalty.ledger.lots`).
Lots are sums, too, so a merge, a split and a moved record carry them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import orjson


@dataclass(slots=True)
class Tally:
    """Visits, points and spend (currency → minor units), with the time of the first and last visit (RFC 3339, UTC)."""

    visits: int = 0
    points: int = 0
    spend: dict[str, int] = field(default_factory=dict[str, int])
    first: str | None = None
    last: str | None = None

    def add(self, visits: int, points: int, currency: str, minor: int) -> None:
        self.visits += visits
        self.points += points
        _count(self.spend, currency, minor)

    def seen(self, at: str) -> None:
        self.first = at if self.first is None else min(self.first, at)
        self.last = at if self.last is None else max(self.last, at)

    def merge(self, other: Tally, sign: int = 1) -> None:
        self.visits += sign * other.visits
        self.points += sign * other.points
        for currency, minor in other.spend.items():
            _count(self.spend, currency, sign * minor)
        if other.first is not None and other.last is not None:
            self.seen(other.first)
            self.seen(other.last)

    def plain(self) -> dict[str, Any]:
        return {
            "visits": self.visits,
            "points": self.points,
            "spend": dict(sorted(self.spend.items())),
            "first": self.first,
            "last": self.last,
        }


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one transaction adds to its source record: nothing before it is completed. `at` is RFC 3339, UTC."""

    brand: str
    channel: str
    currency: str
    minor: int
    points: int
    at: str
    expires: str = ""

    @property
    def lot(self) -> str:
        return lot_key(self.brand, self.expires)


def lot_key(brand: str, expires: str = "") -> str:
    """The key of the lot of a brand's points with one last day (ISO date; empty: they never expire)."""
    return f"{brand}|{expires}"


@dataclass(slots=True)
class Stats(Tally):
    """A tally over everything, with visits by channel and a tally by brand.

    `lots`: points that are not spent, by lot; below zero where more was spent than is left of what was earned. `holds`:
    points that are set aside until a moment, by that moment (RFC 3339, UTC) and lot, such as
    "2026-03-01T10:00:00+00:00|grill|".
    """

    channels: dict[str, int] = field(default_factory=dict[str, int])
    brands: dict[str, Tally] = field(default_factory=dict[str, Tally])
    lots: dict[str, int] = field(default_factory=dict[str, int])
    holds: dict[str, int] = field(default_factory=dict[str, int])

    def apply(self, contribution: Contribution, sign: int) -> None:
        """Adds (sign 1) or takes back (sign -1) one transaction's contribution. Taking back leaves the spans as they
        are: see `ends_with`."""
        values = (sign, sign * contribution.points, contribution.currency, sign * contribution.minor)
        self.add(*values)
        _count(self.channels, contribution.channel, sign)
        _count(self.lots, contribution.lot, sign * contribution.points)
        tally = self.brands.setdefault(contribution.brand, Tally())
        tally.add(*values)
        if sign > 0:
            self.seen(contribution.at)
            tally.seen(contribution.at)
        self._forget(contribution.brand)

    def ends_with(self, contribution: Contribution) -> bool:
        """Whether a span begins or ends with this transaction, so that it may be shorter without it."""
        tallies = (self, self.brands.get(contribution.brand, self))
        return any(contribution.at in (tally.first, tally.last) for tally in tallies)

    def span(self, visits: Iterable[tuple[str, str]]) -> None:
        """Sets all spans anew from all completed orders: brand and time of each, or of the first and last by brand."""
        for tally in (self, *self.brands.values()):
            tally.first = tally.last = None
        for brand, at in visits:
            self.seen(at)
            self.brands.setdefault(brand, Tally()).seen(at)
        for brand in list(self.brands):
            self._forget(brand)

    def move(self, lot: str, points: int) -> None:
        """Adds points to a lot, or takes them where negative, for another reason than an order."""
        _count(self.lots, lot, points)

    def hold(self, until: str, lot: str, points: int) -> None:
        """Sets points of a lot aside until a moment, or gives them back where negative."""
        _count(self.lots, lot, -points)
        _count(self.holds, f"{until}|{lot}", points)

    def replace(self, old: Stats, new: Stats) -> None:
        """Exchanges one record's part of a total. Spans only widen: where one is shorter, make the total anew."""
        self._include(old, -1)
        self._include(new, 1)

    @property
    def unspent(self) -> int:
        """All points that are not spent and not held; also those that are expired by now."""
        return sum(self.lots.values())

    def of_brands(self, brands: Collection[str]) -> Stats:
        """The part that these brands made; visits by channel, which are not kept by brand, left out."""
        tallies = {brand: tally for brand, tally in self.brands.items() if brand in brands}
        total = Tally()
        for tally in tallies.values():
            total.merge(tally)
        lots = {lot: points for lot, points in self.lots.items() if lot.rpartition("|")[0] in brands}
        holds = {one: points for one, points in self.holds.items() if _held_brand(one) in brands}
        return Stats(**total.plain(), brands=tallies, lots=lots, holds=holds)

    @property
    def preferred_channel(self) -> str | None:
        """The channel of most visits; the alphabet breaks ties."""
        return min(self.channels, key=lambda channel: (-self.channels[channel], channel), default=None)

    def to_json(self) -> str:
        """Canonical text: equal stats give equal text."""
        content = self.plain() | {
            "channels": dict(sorted(self.channels.items())),
            "brands": {brand: tally.plain() for brand, tally in sorted(self.brands.items())},
        }
        # Left out where they say no more than `brands`: so processes of the release before read most stats.
        if self.lots != earned_lots((brand, tally.points) for brand, tally in self.brands.items()):
            content["lots"] = dict(sorted(self.lots.items()))
        if self.holds:
            content["holds"] = dict(sorted(self.holds.items()))
        return orjson.dumps(content).decode()

    @classmethod
    def from_json(cls, text: str | None) -> Stats:
        if text is None:
            return cls()
        content = orjson.loads(text)
        if "lots" not in content:
            content["lots"] = earned_lots((brand, tally["points"]) for brand, tally in content["brands"].items())
        content["brands"] = {brand: Tally(**tally) for brand, tally in content["brands"].items()}
        return cls(**content)

    @classmethod
    def total(cls, parts: Iterable[Stats]) -> Stats:
        """The sum of several records' stats, in any order."""
        total = cls()
        for part in parts:
            total._include(part, 1)
        return total

    def _include(self, part: Stats, sign: int) -> None:
        self.merge(part, sign)
        for channel, visits in part.channels.items():
            _count(self.channels, channel, sign * visits)
        for lot, points in part.lots.items():
            _count(self.lots, lot, sign * points)
        for held, points in part.holds.items():
            _count(self.holds, held, sign * points)
        for brand, tally in part.brands.items():
            self.brands.setdefault(brand, Tally()).merge(tally, sign)
            self._forget(brand)

    def _forget(self, brand: str) -> None:
        if self.brands[brand] == Tally():
            del self.brands[brand]  # so that taking back leaves what was never there


def earned_lots(points: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The lots of points that never expire, and that nobody spent: from brands with their points."""
    return {lot_key(brand): earned for brand, earned in points if earned}


def _held_brand(key: str) -> str:
    return key.partition("|")[2].rpartition("|")[0]


def _count(counts: dict[str, int], name: str, amount: int) -> None:
    value = counts.get(name, 0) + amount
    if value:
        counts[name] = value
    else:
        counts.pop(name, None)
