"""Proves the books: the points that are stored are the sum of the ledger, for every record, lot and customer. And the
counter of each limit is the sum of what redemptions took of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.stats import Stats, lot_key
from graph.booked_points import BookedPoints
from loyalty.commands.redemption import utc
from loyalty.ledger.ledger import Account
from loyalty.rewards.limit_counters import LimitCounter

UNSPENT, EARNED, HELD = "*unspent", "*earned", "*held"
TAKEN, SET_ASIDE = "*taken", "*set aside"
TRANSFERRED = "*transferred"
_NO_BRAND = "?"


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored sum of points that is not what its parts add up to. `holder`: the key of a source record, whose parts
    are ledger entries; or the number of a customer, whose parts are records. `points`: which ones: `UNSPENT`,
    `EARNED`, `HELD`, what a brand's orders earned ("grill"), or what is unspent of a lot ("grill|2027-01-31"). Or the
    key of a limit, whose parts are redemptions: what they have `TAKEN`, and `SET_ASIDE`. Or the
    key of a command that gives points to another guest or takes them back: what is `TRANSFERRED` of a lot
    ("*transferred grill|2027-01-31"), and what the other guest's side says of it. `stored` is None where it
    cannot be read."""

    holder: str
    points: str
    stored: int | None
    sum: int


@dataclass(slots=True)
class Books:
    """What was checked. `points`: the sum over all entries, and so over all customers where nothing is wrong.

    `unowned`: source records that no active customer has. `unbooked`: ledger entries that no record has.
    """

    customers: int = 0
    records: int = 0
    entries: int = 0
    limits: int = 0
    points: int = 0
    unowned: int = 0
    unbooked: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])

    @property
    def balanced(self) -> bool:
        return not (self.differences or self.unowned or self.unbooked)


async def verify(booked: BookedPoints, step: Callable[[int], None]) -> Books:
    """Checks the whole store; `step` gets how many more customers are done. What does not add up is read again while
    nobody writes it. A guest that is merged or split meanwhile may be counted twice or not at all. Costs two round
    trips for 500 customers, for 500 limits, and for 500 commands. Raises Unavailable."""
    left_out = await booked.left_out()
    books = Books(unowned=left_out["records"], unbooked=left_out["entries"])
    async for page in booked.pages():
        doubtful = [customer for customer in page if any(differences(customer))]
        for customer in page:
            if customer not in doubtful:
                _count(books, customer)
        for customer in await booked.behind_locks(doubtful) if doubtful else ():
            _count(books, customer)
            books.differences += differences(customer)
        step(len(page))
    async for page in booked.limits():
        books.limits += len(page)
        if doubtful := [row["key"] for row in page if any(limit_differences(row, datetime.now(UTC)))]:
            for row in await booked.limits_behind_locks(doubtful):
                books.differences += limit_differences(row, datetime.now(UTC))
    async for keys in booked.commands():
        # Both sides are written at once and never changed, so one that was seen half is whole when it is read again.
        if doubtful := [row["key"] for row in await booked.transfers(keys) if any(transfer_differences(row))]:
            for row in await booked.transfers(doubtful):
                books.differences += transfer_differences(row)
    return books


def _count(books: Books, customer: Mapping[str, Any]) -> None:
    books.customers += 1
    books.records += len(customer["records"])
    for record in customer["records"]:
        for *_, points, entries in record["booked"]:
            books.points += points
            books.entries += entries


def differences(customer: Mapping[str, Any]) -> Iterator[Difference]:
    """What does not add up in a row of `ledger/customers`. Whatever stands there, it raises nothing."""
    total = Counter({UNSPENT: 0})
    for record in sorted(customer["records"], key=lambda record: record["key"]):
        stats = _read(record["stats"])
        yield from _compared(record["key"], stats, _booked(record["booked"]))
        total.update(_points(stats or Stats()))
    stored = _read(customer["stats"])
    yield from _compared(customer["number"], stored, total)
    points = customer["points"] if isinstance(customer["points"], int) else None
    if stored is not None and points != stored.unspent:
        yield Difference(customer["number"], UNSPENT, points, stored.unspent)


def limit_differences(row: Mapping[str, Any], now: datetime) -> Iterator[Difference]:
    """What does not add up in a row of `ledger/limits`. Holds that are over by this moment are nothing any more."""
    taken, set_aside = 0, Counter[str]()
    for until, amount in row["taken"]:
        if until is None:
            taken += amount
        else:
            set_aside[utc(datetime.fromisoformat(until))] += amount
    counted = LimitCounter(row["key"], taken, dict(set_aside))
    try:
        stored = LimitCounter.of_row(row["key"], row["used"], row["holds"])
        held = stored.lasting(now)
    except (ValueError, TypeError, AttributeError):
        yield Difference(row["key"], TAKEN, None, taken)
        return
    if stored.used != taken:
        yield Difference(row["key"], TAKEN, stored.used, taken)
    if held != counted.lasting(now):
        yield Difference(row["key"], SET_ASIDE, sum(held.values()), sum(counted.lasting(now).values()))


def transfer_differences(row: Mapping[str, Any]) -> Iterator[Difference]:
    """What does not match in a row of `ledger/transfers`. A pair is named once, by the side of the giver; a side that
    has no other one, by itself."""
    if row["other"] and row["key"].endswith(":to"):
        return
    moved, mirrored = _by_lot(row["moved"]), _by_lot(row["mirrored"])
    if not row["other"] and not moved:
        yield Difference(row["key"], TRANSFERRED, None, 0)
    for lot in sorted(moved.keys() | mirrored.keys()):
        if moved[lot] != -mirrored[lot]:
            yield Difference(row["key"], f"{TRANSFERRED} {lot}", moved[lot], -mirrored[lot])


def _by_lot(rows: Iterable[Sequence[Any]]) -> Counter[str]:
    sums = Counter[str]()
    for brand, expires, points in rows:
        sums[lot_key(brand or _NO_BRAND, expires or "")] += points
    return sums


def _booked(rows: Iterable[Sequence[Any]]) -> Mapping[str, int]:
    """What entries say of the points that `_points` reads from stats."""
    sums = Counter({UNSPENT: 0})
    for brand, expires, account, points, _ in rows:
        sums[UNSPENT] += points
        sums[lot_key(brand or _NO_BRAND, expires or "")] += points
        if account is None:
            sums[EARNED] += points
            sums[brand or _NO_BRAND] += points
        elif account == Account.HELD:
            sums[HELD] -= points
    return sums


def _read(text: object) -> Stats | None:
    if not isinstance(text, str | None):
        return None
    try:
        stats = Stats.from_json(text)
        return stats if {int}.issuperset(map(type, _points(stats).values())) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _points(stats: Stats) -> dict[str, int]:
    earned = {brand: tally.points for brand, tally in stats.brands.items()}
    return earned | stats.lots | {UNSPENT: stats.unspent, EARNED: stats.points, HELD: sum(stats.holds.values())}


def _compared(holder: str, stats: Stats | None, sums: Mapping[str, int]) -> Iterator[Difference]:
    if stats is None:
        yield Difference(holder, UNSPENT, None, sums[UNSPENT])
        return
    stored = _points(stats)
    for points in sorted(stored.keys() | sums.keys()):
        if stored.get(points, 0) != sums.get(points, 0):
            yield Difference(holder, points, stored.get(points, 0), sums.get(points, 0))
