"""Proves the books: the points that are stored are the sum of the ledger, for every record, brand and customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.stats import Stats
from graph.booked_points import BookedPoints

ALL_BRANDS = "*"


@dataclass(frozen=True, slots=True)
class Difference:
    """A stored sum of points that is not what its parts add up to. `holder`: the key of a source record, whose parts
    are ledger entries; or the number of a customer, whose parts are records. `brand`: its id, or `ALL_BRANDS`."""

    holder: str
    brand: str
    stored: int
    sum: int


@dataclass(slots=True)
class Books:
    """What was checked. `points`: the sum over all entries, and so over all customers where there is no difference."""

    customers: int = 0
    records: int = 0
    entries: int = 0
    points: int = 0
    differences: list[Difference] = field(default_factory=list[Difference])


async def verify(points: BookedPoints, step: Callable[[int], None]) -> Books:
    """Checks all active customers; `step` gets how many more are done. What does not add up is read again while nobody
    writes it. Costs one round trip for 500 customers. Raises Unavailable."""
    books = Books()
    async for after, page in points.pages():
        if doubtful := [customer for customer in page if any(differences(customer))]:
            anew = {customer["number"]: customer for customer in await points.behind_locks(after, doubtful)}
            doubted = {customer["number"] for customer in doubtful}
            page = [customer for customer in page if customer["number"] not in doubted] + list(anew.values())
        for customer in page:
            _add(books, customer)
        step(len(page))
    return books


def _add(books: Books, customer: Mapping[str, Any]) -> None:
    books.customers += 1
    books.records += len(customer["records"])
    for record in customer["records"]:
        for _, points, entries in record["booked"]:
            books.points += points
            books.entries += entries
    books.differences += differences(customer)


def differences(customer: Mapping[str, Any]) -> Iterator[Difference]:
    """What does not add up in a row of `ledger/customers`."""
    total = Stats()
    for record in sorted(customer["records"], key=lambda record: record["key"]):
        stats = Stats.from_json(record["stats"])
        booked = {brand: points for brand, points, _ in record["booked"]}
        yield from _compared(record["key"], _points(stats), booked | {ALL_BRANDS: sum(booked.values())})
        total = Stats.total((total, stats))
    stored = Stats.from_json(customer["stats"])
    yield from _compared(customer["number"], _points(stored), _points(total))
    if customer["points"] != stored.points:
        yield Difference(customer["number"], ALL_BRANDS, customer["points"], stored.points)


def _points(stats: Stats) -> dict[str, int]:
    return {brand: tally.points for brand, tally in stats.brands.items()} | {ALL_BRANDS: stats.points}


def _compared(holder: str, stored: Mapping[str, int], sums: Mapping[str, int]) -> Iterator[Difference]:
    for brand in sorted(stored.keys() | sums.keys()):
        if stored.get(brand, 0) != sums.get(brand, 0):
            yield Difference(holder, brand, stored.get(brand, 0), sums.get(brand, 0))
