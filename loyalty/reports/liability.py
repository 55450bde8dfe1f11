"""What the group owes its guests in points, by brand and last day, and what its brands owe each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from domain.stats import Stats
from graph.booked_points import BookedPoints
from loyalty.ledger.ledger import Account
from loyalty.ledger.lots import Lot, points_balance
from loyalty.offline.offline_redemption import OWNERS, OfflineFlag

GUESTS = "guests"


@dataclass(slots=True)
class Liability:
    """Sums over customers at a moment. `in_hand` and `expired`: by lot. `held`: set aside by holds that last. `owed`:
    points that guests used and have to earn anew."""

    at: datetime
    customers: int = 0
    in_hand: Counter[Lot] = field(default_factory=Counter[Lot])
    expired: Counter[Lot] = field(default_factory=Counter[Lot])
    held: int = 0
    owed: int = 0

    def add(self, stats: Stats) -> None:
        """Adds one customer."""
        balance = points_balance(stats.lots, stats.holds, self.at)
        self.customers += 1
        self.in_hand.update(balance.in_hand)
        self.expired.update(balance.expired)
        self.held += balance.held
        self.owed += balance.debt

    @property
    def points(self) -> int:
        """All points of guests: what the other accounts gave and did not get back."""
        return self.in_hand.total() + self.expired.total() + self.held - self.owed


@dataclass(frozen=True, slots=True)
class OfflinePoints:
    """What tills of a store used without a connection, by what was wrong. `points`: by their redemptions; `booked`: by
    the ledger. `missing`: points that guests did not have, and that did not come back."""

    store: str
    owner: str | None
    reason: str | None
    redemptions: int
    points: int
    booked: int
    missing: int

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> OfflinePoints:
        """From a row of `ledger/offline`."""
        owner = OWNERS[OfflineFlag(row["flag"])].value if row["flag"] else None
        return cls(row["store"], owner, row["flag"], row["redemptions"], row["points"], row["booked"], row["missing"])


@dataclass(frozen=True, slots=True)
class PointsReport:
    """The books at a moment. `accounts`: what guests have, held or not, and what each other account has; together zero.
    `by_month`: rows of the last day's month (empty: none), brand, and points in hand and expired. `settlement`: rows of
    the brand that gave points, the brand where they were used (None: not said), and points. `offline`: what tills used
    without a connection, by the time at the till."""

    at: str
    customers: int
    in_hand: int
    held: int
    expired: int
    owed: int
    accounts: Mapping[str, int]
    by_month: list[tuple[str, str, int, int]]
    settlement: list[tuple[str, str | None, int]]
    offline: list[OfflinePoints]

    @property
    def adds_up(self) -> bool:
        nobody_lost = self.accounts.get(Account.TRANSFERRED, 0) == 0  # what one guest gave, another one got
        return (
            nobody_lost and sum(self.accounts.values()) == 0 and all(one.points == one.booked for one in self.offline)
        )

    @classmethod
    def of(
        cls,
        liability: Liability,
        accounts: Mapping[str, int],
        settlement: Iterable[Mapping[str, Any]],
        offline: Iterable[Mapping[str, Any]] = (),
    ) -> PointsReport:
        """`accounts`: what came into hand from each account. What is held is still the guests'."""
        others = {name: -points for name, points in sorted(accounts.items()) if name != Account.HELD and points}
        lots = sorted(liability.in_hand.keys() | liability.expired.keys(), key=Lot.turn)
        return cls(
            at=liability.at.isoformat(),
            customers=liability.customers,
            in_hand=liability.in_hand.total(),
            held=liability.held,
            expired=liability.expired.total(),
            owed=liability.owed,
            accounts={GUESTS: liability.points} | others,
            by_month=[(lot.expires[:7], lot.brand, liability.in_hand[lot], liability.expired[lot]) for lot in lots],
            settlement=[(row["gave"], row["used"], row["points"]) for row in settlement if row["points"]],
            offline=[OfflinePoints.of_row(row) for row in offline],
        )


async def report(
    booked: BookedPoints, at: datetime, period: tuple[str, str], step: Callable[[int], None]
) -> PointsReport:
    """The report at a moment, with the settlement of a period (from and until, RFC 3339); `step` gets how many more
    customers are done. What is written meanwhile may be in one of its parts only. Raises Unavailable."""
    liability = Liability(at)
    async for page in booked.sums():
        for row in page:
            liability.add(Stats.from_json(row["stats"]))
        step(len(page))
    accounts: dict[str, int] = {
        row["account"] or Account.PROGRAMME.value: row["points"] for row in await booked.accounts()
    }
    return PointsReport.of(liability, accounts, await booked.settlement(*period), await booked.offline(*period))
