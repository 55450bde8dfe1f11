"""Which tier a guest has: a pure function of the guest's orders, the rules of tiers, and a moment.

The orders are walked through in the order of their time, so it makes no difference in which order they were reported,
or by which of a guest's records. Between two orders only time passes, and a tier may fall. Each tier has a moment until
which it is held. That moment moves when an order brings what counts in the period to the tier's threshold: `keep` for
the tiers that the guest has, `from` for higher ones.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from loyalty.periods import end_of_months, months_later
from loyalty.programme.tier_rules import TierRules

FOR_EVER = datetime.max.replace(tzinfo=UTC)


class CountedOrder(Protocol):
    """A completed order that was not given back whole. `minor`: what was paid, less refunds. `points`: its own."""

    @property
    def key(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def currency(self) -> str: ...
    @property
    def minor(self) -> int: ...
    @property
    def points(self) -> int: ...


Order = TypeVar("Order", bound=CountedOrder)


@dataclass(frozen=True, slots=True)
class TierStanding:
    """A guest's tier at a moment. `since`: None for the lowest one that was never left. `until`: when it falls if
    nothing happens; None: never.

    `to_next`: what is missing for the tier `next`, None for the highest. `to_keep`: what is missing in this period so
    that the tier is kept for one more; None where it is kept for ever. Both are in minor units, visits or points.
    """

    tier: str
    since: datetime | None = None
    until: datetime | None = None
    next: str | None = None
    to_next: int | None = None
    to_keep: int | None = None


def in_order(orders: Iterable[Order]) -> list[Order]:
    """Orders as they took place; of those of one moment, by key."""
    return sorted(orders, key=lambda order: (order.at.astimezone(UTC), order.key))


def standing(rules: TierRules, orders: Iterable[CountedOrder], currency: str, now: datetime) -> TierStanding:
    """The tier at `now`; orders may come in any order. `currency`: the group's main one. An order whose time is later,
    by a clock that is ahead, counts already."""
    walk = TierWalk(rules, currency)
    for order in in_order(orders):
        walk.add(order)
    walk.advance(now)
    return walk.standing()


class TierWalk:
    """Where a walk through a guest's orders stands. A moment before the last one counts as that one."""

    def __init__(self, rules: TierRules, currency: str) -> None:
        self._rules, self._currency = rules, currency
        self._thresholds = rules.thresholds(currency)
        self._level, self._now = 0, datetime.min.replace(tzinfo=UTC)
        self._since: datetime | None = None
        self._held = [FOR_EVER] + [self._now] * (len(rules.tiers) - 1)
        self._counted = 0
        self._window = deque[tuple[datetime, int]]()

    @property
    def tier(self) -> str:
        return self._rules.tiers[self._level].name

    @property
    def until(self) -> datetime | None:
        """When the tier falls if nothing happens; None: never."""
        return None if self._held[self._level] == FOR_EVER else self._falls(self._level)

    def advance(self, now: datetime) -> None:
        """Lets time pass: what ends until then, and at that very moment, is over."""
        self._now = max(self._now, now.astimezone(UTC))
        while (until := self.until) is not None and until <= self._now:
            self._fall(until)
        while self._window and self._window[0][0] <= self._now:
            self._counted -= self._window.popleft()[1]

    def add(self, order: CountedOrder) -> None:
        """Counts an order, at its time."""
        self.advance(order.at)
        value = self._rules.value(self._currency, order.currency, order.minor, order.points)
        self._counted += value
        held, top = FOR_EVER, self._level
        if (months := self._rules.qualifying.months) is not None:
            rolling = self._rules.qualifying.rolling
            end = months_later(self._now, months) if rolling else end_of_months(self._now, months)
            self._window.append((end, value))
            held = end if rolling else months_later(end, months)
        for level, (reach, keep) in enumerate(self._thresholds[1:], start=1):
            if self._counted >= (keep if level <= self._level else reach):
                self._held[level] = max(self._held[level], held)
                top = max(top, level)
        if top > self._level:
            self._level, self._since = top, self._now

    def standing(self) -> TierStanding:
        """The tier at the moment to which the walk has come."""
        above, until = self._level + 1, self.until
        higher = above < len(self._thresholds)
        return TierStanding(
            tier=self.tier,
            since=self._since,
            until=until,
            next=self._rules.tiers[above].name if higher else None,
            to_next=self._thresholds[above][0] - self._counted if higher else None,
            to_keep=None if until is None else max(self._thresholds[self._level][1] - self._counted, 0),
        )

    def _fall(self, at: datetime) -> None:
        lost, qualifying = self._held[self._level], self._rules.qualifying
        self._level, self._since = self._level - 1, at
        if qualifying.soft_landing and qualifying.months is not None and self._level:
            self._held[self._level] = max(self._held[self._level], months_later(lost, qualifying.months))
        while self._level and self._falls(self._level) <= at:
            self._level -= 1

    def _falls(self, level: int) -> datetime:
        return self._held[level] + timedelta(days=self._rules.qualifying.grace)


class TiersBefore:
    """The tier that a guest had before each order, by the rules of that order's time. All orders are added, as they
    took place; rules that are asked for look at those from before, too."""

    def __init__(self, currency: str) -> None:
        self._currency = currency
        self._orders: list[CountedOrder] = []
        self._walks: dict[TierRules, TierWalk] = {}

    def of(self, order: CountedOrder, rules: TierRules) -> str:
        """The tier before an order that is not added yet."""
        if (walk := self._walks.get(rules)) is None:
            walk = self._walks[rules] = TierWalk(rules, self._currency)
            for one in self._orders:
                walk.add(one)
        walk.advance(order.at)
        return walk.tier

    def add(self, order: CountedOrder) -> None:
        self._orders.append(order)
        for walk in self._walks.values():
            walk.add(order)
