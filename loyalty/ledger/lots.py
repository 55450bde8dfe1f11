"""Points by lot: what is in hand, held, owed or expired at a moment, and which lots a redemption uses.

A lot is all points of one brand with one last day. What a record says of its lots are sums (`domain.stats`), and a
customer's are the sums of its records. All else follows from these sums and the moment, by the functions below:

- Points expire, and holds end, because time passes. Nobody has to write that, so no process can miss it or do it twice.
- More may be spent of a lot than is left of what was earned: an order was refunded, or the lot's record is another
  person by now. Other lots of the customer then pay, those that expire first before others; what they cannot pay is a
  debt, and the next points earned pay it. Nobody pays for a stranger, and an undone merge leaves no trace.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NamedTuple

from domain.errors import InvalidInput, NotEnoughPoints
from domain.stats import lot_key

_NEVER = "9999-12-31"


class Lot(NamedTuple):
    """Points of one brand with one last day (ISO date; empty: they never expire)."""

    brand: str
    expires: str

    @classmethod
    def of(cls, key: str) -> Lot:
        brand, _, expires = key.rpartition("|")
        return cls(brand, expires)

    @property
    def key(self) -> str:
        return lot_key(self.brand, self.expires)

    def turn(self) -> tuple[str, str]:
        """Lots are used in the order of this: the earliest last day first."""
        return self.expires or _NEVER, self.brand


@dataclass(frozen=True, slots=True)
class PointsBalance:
    """The points of a customer at a moment. `in_hand`: by lot, in the order in which they are used, none of zero.
    `expired`: points whose last day is over. `held`: set aside by holds that last. `debt`: points that were spent and
    have been taken back since; where there is one, nothing is in hand."""

    in_hand: Mapping[Lot, int] = field(default_factory=dict[Lot, int])
    expired: Mapping[Lot, int] = field(default_factory=dict[Lot, int])
    held: int = 0
    debt: int = 0

    @property
    def points(self) -> int:
        """Points in hand; below zero where points are owed."""
        return sum(self.in_hand.values()) - self.debt

    def usable(self, brands: Collection[str] | None = None) -> int:
        """Points in hand of these brands; None: of all."""
        return sum(points for lot, points in self.in_hand.items() if brands is None or lot.brand in brands)


def points_balance(lots: Mapping[str, int], holds: Mapping[str, int], now: datetime) -> PointsBalance:
    """What sums by lot mean at a moment. `lots` and `holds` are those of `domain.stats.Stats`."""
    today = now.astimezone(UTC).date().isoformat()
    sums = {Lot.of(key): points for key, points in lots.items()}
    held = 0
    for key, points in holds.items():
        until, _, lot = key.partition("|")
        if datetime.fromisoformat(until) > now:
            held += points
        else:
            sums[Lot.of(lot)] = sums.get(Lot.of(lot), 0) + points
    owed = -sum(points for points in sums.values() if points < 0)
    in_hand: dict[Lot, int] = {}
    expired: dict[Lot, int] = {}
    for lot in sorted(sums, key=Lot.turn):
        left = max(sums[lot], 0)
        paid = min(left, owed)
        owed -= paid
        if left > paid:
            (expired if lot.expires and lot.expires < today else in_hand)[lot] = left - paid
    return PointsBalance(in_hand, expired, held, owed)


def end_of_month(year: int, month: int) -> str:
    """The last day of lots of this month (ISO date)."""
    return f"{year}-{month:02}-{monthrange(year, month)[1]}"


def take(balance: PointsBalance, points: int, brands: Collection[str] | None = None) -> dict[Lot, int]:
    """Which lots give these points, those that expire first before others. `brands`: the only ones whose lots may be
    used; None: all. Raises NotEnoughPoints."""
    rest = points
    taken: dict[Lot, int] = {}
    for lot, left in balance.in_hand.items():
        if rest and (brands is None or lot.brand in brands):
            taken[lot] = min(left, rest)
            rest -= taken[lot]
    if rest:
        raise NotEnoughPoints(f"Only {points - rest} points are in hand.")
    return taken


def overdraw(balance: PointsBalance, points: int, lot: Lot, brands: Collection[str] | None = None) -> dict[Lot, int]:
    """Which lots give these points, as in `take`; what they do not have is owed in `lot`."""
    usable = min(points, balance.usable(brands))
    taken = take(balance, usable, brands)
    if points > usable:
        taken[lot] = taken.get(lot, 0) + points - usable
    return taken


def split(taken: Mapping[Lot, int], points: int) -> dict[Lot, int]:
    """Which part of what was taken goes back where only some points do: the lots that expire last first, so that what
    stays used is what a redemption of fewer points would have used."""
    rest = points
    back: dict[Lot, int] = {}
    for lot in sorted(taken, key=Lot.turn, reverse=True):
        if rest and taken[lot]:
            back[lot] = min(taken[lot], rest)
            rest -= back[lot]
    if rest:
        raise InvalidInput(f"Only {points - rest} points can be given back.")
    return back
