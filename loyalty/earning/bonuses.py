"""Which bonuses the orders of one guest earn: a pure function of the programme's versions and of all of these orders.

The orders are walked through in the order of their time, each under the version that was in force then. So it makes no
difference in which order they were reported, or by which of a guest's records: a late order, a refund, a merge or a
split just gives another list of orders, and only the difference to what is booked is booked
(`loyalty.earning.bonus_booking`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from domain.money import from_minor
from loyalty.periods import Period
from loyalty.programme.bonus_rules import Bonus, OrderFilter, PointsCap, Span, Weekday
from loyalty.programme.programme import CAP
from loyalty.programme.programme_history import ProgrammeHistory
from loyalty.tiers.tier_walk import TiersBefore, in_order

MAX_BONUS = 10_000_000
"""Points that one bonus gives for one order: a mistyped quantity makes nobody rich."""
_WEEKDAYS = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class SoldOrder:
    """A completed order that was not given back whole. `at` is in the time of the store. `minor`: what was paid, less
    refunds, in minor units. `points`: what it earns by itself. `items`: how many of each product (id)."""

    key: str
    at: datetime
    brand: str
    store: str | None
    channel: str
    currency: str
    minor: int
    points: int
    items: Mapping[str, Decimal] = field(default_factory=dict[str, Decimal])

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> SoldOrder:
        """From an order of `bonuses/guests` or `programme/guests`."""
        at, items = datetime.fromisoformat(row["at"]), dict[str, Decimal]()
        for product, quantity, *_ in row["items"]:
            items[product] = items.get(product, Decimal(0)) + Decimal(quantity)
        return cls(
            at=at if row["timezone"] is None else at.astimezone(ZoneInfo(row["timezone"])),
            items=items,
            **{name: row[name] for name in ("key", "brand", "store", "channel", "currency", "minor", "points")},
        )


class EarnedBonus(NamedTuple):
    """Points of one rule for one order, by a version of the programme; below zero for `CAP`."""

    order: str
    rule: str
    version: int
    points: int


@dataclass(slots=True)
class _Guest:
    """What the walk has seen so far of one guest."""

    visited: set[tuple[Span, str | None]] = field(default_factory=set[tuple[Span, str | None]])
    counted: dict[tuple[str, str], Decimal] = field(
        default_factory=lambda: defaultdict[tuple[str, str], Decimal](Decimal)
    )
    runs: dict[tuple[str, Period], tuple[int, int]] = field(default_factory=dict[tuple[str, Period], tuple[int, int]])
    got: Counter[tuple[str, Period, int]] = field(default_factory=Counter[tuple[str, Period, int]])


def bonuses(programmes: ProgrammeHistory, orders: Iterable[SoldOrder], currency: str) -> list[EarnedBonus]:
    """What the orders of one guest earn beyond their own points, in the order of their time. `currency`: the group's
    main one, whose spend makes the tier."""
    guest, tiers, earned = _Guest(), TiersBefore(currency), list[EarnedBonus]()
    for order in in_order(orders):
        version = programmes.at(order.at)
        programme = version.programme
        tier = tiers.of(order, programme.tier_rules) if programme.asks_for_tiers else None
        total = order.points
        for bonus in programme.bonuses:
            if points := _points(bonus, order, tier, guest):
                earned.append(EarnedBonus(order.key, bonus.id, version.version, points))
                total += points
        if programme.at_most is not None:
            over = total - _within(programme.at_most, CAP, total, order, guest)
            if over:
                earned.append(EarnedBonus(order.key, CAP, version.version, -over))
        for span in Span:
            guest.visited.add((span, _where(span, order)))
        tiers.add(order)
    return earned


def _points(bonus: Bonus, order: SoldOrder, tier: str | None, guest: _Guest) -> int:
    if not (_in_force(bonus, order) and _let_through(bonus.orders, order, tier)):
        return 0
    if not (times := _occasions(bonus, order, guest)):
        return 0
    if bonus.points is not None:
        points = min(bonus.points * times, MAX_BONUS)
    else:
        more = order.points * ((bonus.times or Decimal(1)) - 1) * times
        points = min(int(more.to_integral_value(ROUND_FLOOR)), MAX_BONUS)
    return points if bonus.at_most is None else _within(bonus.at_most, bonus.id, points, order, guest)


def _in_force(bonus: Bonus, order: SoldOrder) -> bool:
    day = order.at.date()
    return (bonus.first_day is None or bonus.first_day <= day) and (bonus.last_day is None or day <= bonus.last_day)


def _let_through(orders: OrderFilter, order: SoldOrder, tier: str | None) -> bool:
    named = (
        (orders.brands, order.brand),
        (orders.stores, order.store),
        (orders.channels, order.channel),
        (orders.tiers, tier),
        (orders.weekdays, _WEEKDAYS[order.at.weekday()]),
    )
    return (
        all(not wanted or value in wanted for wanted, value in named)
        and (not orders.products or not orders.products.isdisjoint(order.items))
        and from_minor(order.minor, order.currency) >= orders.at_least
        and _at_the_time(orders, order)
    )


def _at_the_time(orders: OrderFilter, order: SoldOrder) -> bool:
    since, until, clock = orders.since, orders.until, order.at.time()
    if since is None or until is None:
        return (since is None or since <= clock) and (until is None or clock < until)
    return since <= clock < until if since <= until else clock >= since or clock < until


def _occasions(bonus: Bonus, order: SoldOrder, guest: _Guest) -> int:
    """How often the order earns the bonus; it counts towards the next ones."""
    if bonus.first is not None:
        return int((bonus.first, _where(bonus.first, order)) not in guest.visited)
    if bonus.every is not None:
        if bonus.every.orders is not None:
            counted, each, more = (bonus.id, "orders"), bonus.every.orders, Decimal(1)
        else:
            counted, each = (bonus.id, "items"), bonus.every.items or 1
            more = sum((order.items.get(one, Decimal(0)) for one in bonus.orders.products), Decimal(0))
        before = guest.counted[counted]
        guest.counted[counted] = before + more
        return int((before + more) // each - before // each)
    if bonus.streak is not None:
        number = bonus.streak.each.number(order.at.date())
        run = bonus.id, bonus.streak.each
        last, length = guest.runs.get(run, (number - 2, 0))
        if number <= last:  # below, where stores are in other time zones
            return 0
        length = length + 1 if number == last + 1 else 1
        guest.runs[run] = number, length
        return int(length % bonus.streak.periods == 0)
    return 1


def _where(span: Span, order: SoldOrder) -> str | None:
    return {Span.GROUP: None, Span.BRAND: order.brand, Span.STORE: order.store}[span]


def _within(cap: PointsCap, rule: str, points: int, order: SoldOrder, guest: _Guest) -> int:
    """As many of the points as the guest may still get in the order's period."""
    period = rule, cap.every, cap.every.number(order.at.date())
    given = max(min(points, cap.points - guest.got[period]), 0)
    guest.got[period] += given
    return given
