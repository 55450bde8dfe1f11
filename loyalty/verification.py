"""Proves the books: the points that are stored are the sum of the ledger, for every record, brand and customer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.stats import Stats
from graph.booked_points import BookedPoints

ALL_BRANDS = "*"
_NO_BRAND = "?"


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored sum of points that is not what its parts add up to. `holder`: the key of a source record, whose parts
    are ledger entries; or the number of a customer, whose parts are records. `brand`: its id, or `ALL_BRANDS`.
    `stored` is None where it cannot be read."""

    holder: str
    brand: str
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
    trips for 500 customers. Raises Unavailable."""
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
    return books


def _count(books: Books, customer: Mapping[str, Any]) -> None:
    books.customers += 1
    books.records += len(customer["records"])
    for record in customer["records"]:
        for _, points, entries in record["booked"]:
            books.points += points
            books.entries += entries


def differences(customer: Mapping[str, Any]) -> Iterator[Difference]:
    """What does not add up in a row of `ledger/customers`. Whatever stands there, it raises nothing."""
    total = Counter({ALL_BRANDS: 0})
    for record in sorted(customer["records"], key=lambda record: record["key"]):
        stats = _read(record["stats"])
        booked = {brand or _NO_BRAND: points for brand, points, _ in record["booked"]}
        yield from _compared(record["key"], stats, booked | {ALL_BRANDS: sum(booked.values())})
        total.update(_points(stats or Stats()))
    stored = _read(customer["stats"])
    yield from _compared(customer["number"], stored, total)
    points = customer["points"] if isinstance(customer["points"], int) else None
    if stored is not None and points != stored.points:
        yield Difference(customer["number"], ALL_BRANDS, points, stored.points)


def _read(text: object) -> Stats | None:
    if not isinstance(text, str | None):
        return None
    try:
        stats = Stats.from_json(text)
        return stats if {int}.issuperset(map(type, _points(stats).values())) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _points(stats: Stats) -> dict[str, int]:
    return {brand: tally.points for brand, tally in stats.brands.items()} | {ALL_BRANDS: stats.points}


def _compared(holder: str, stats: Stats | None, sums: Mapping[str, int]) -> Iterator[Difference]:
    if stats is None:
        yield Difference(holder, ALL_BRANDS, None, sums[ALL_BRANDS])
        return
    stored = _points(stats)
    for brand in sorted(stored.keys() | sums.keys()):
        if stored.get(brand, 0) != sums.get(brand, 0):
            yield Difference(holder, brand, stored.get(brand, 0), sums.get(brand, 0))
