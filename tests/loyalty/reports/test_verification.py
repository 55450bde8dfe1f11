"""The books add up, and where they do not, the record, the brand or the customer is named."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stats import Contribution, Stats
from graph.booked_points import BookedPoints
from graph.store.database import Database
from loyalty.reports.verification import EARNED, UNSPENT, Difference, differences, verify
from tests.kit.building import intake_of, read
from tests.kit.hard_cases import Teller, phone, subject

ORDERS = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["grill", "cafe"]), st.integers(-5, 9)), max_size=12
)
BOOKED_TWICE = """
MATCH (r:SourceRecord)-[:BOOKED]->(l:LedgerEntry {points: 10})
CREATE (r)-[:BOOKED]->(:LedgerEntry {key: 'once more', points: 3, brand: l.brand})
RETURN r.key AS record
"""
STATS = "MATCH (c:Customer) WHERE c.points = $points SET c.points = c.points + 1 RETURN c.number AS number"


def customer_of(orders: list[tuple[str, str, int]]) -> dict[str, Any]:
    """A row of `ledger/customers` of two records, as intake would have written it."""
    records: dict[str, Any] = {}
    for key in ("a", "b"):
        stats, booked = Stats(), dict[str, list[int]]()
        for record, brand, points in orders:
            if record == key:
                stats.apply(Contribution(brand, "shop", "USD", 100, points, "2026-01-01T00:00:00.000000Z"), 1)
                booked.setdefault(brand, []).append(points)
        rows = [[brand, None, None, sum(points), len(points)] for brand, points in booked.items()]
        records[key] = {"key": key, "component": "k", "stats": stats.to_json(), "booked": rows}
    total = Stats.total(Stats.from_json(record["stats"]) for record in records.values())
    return {"number": "CUST-1", "points": total.unspent, "stats": total.to_json(), "records": list(records.values())}


@given(ORDERS)
def test_whatever_was_ordered_the_books_add_up(orders: list[tuple[str, str, int]]) -> None:
    assert list(differences(customer_of(orders))) == []


@given(ORDERS.filter(bool), st.integers(1, 9))
def test_an_entry_that_is_missing_is_found_at_its_record_and_lot(orders: list[Any], points: int) -> None:
    row = customer_of(orders)
    record, brand, _ = orders[0]
    [holder] = [one for one in row["records"] if one["key"] == record]
    [booked] = [one for one in holder["booked"] if one[0] == brand]
    stored, booked[3] = booked[3], booked[3] - points
    everything = sum(one[3] for one in holder["booked"])
    assert set(differences(row)) == {
        Difference(record, EARNED, everything + points, everything),
        Difference(record, UNSPENT, everything + points, everything),
        Difference(record, brand, stored, stored - points),
        Difference(record, f"{brand}|", stored, stored - points),
    }


@given(ORDERS)
def test_a_customer_that_is_not_the_sum_of_its_records_is_found(orders: list[tuple[str, str, int]]) -> None:
    row = customer_of([*orders, ("a", "bakery", 4)])
    row["records"] = row["records"][1:]
    assert {difference.holder for difference in differences(row)} == {"CUST-1"}
    whole = customer_of(orders)
    assert list(differences(whole | {"points": whole["points"] + 1})) == [
        Difference("CUST-1", UNSPENT, whole["points"] + 1, whole["points"])
    ]


@pytest.mark.parametrize("points", [None, "12", 1.5])
def test_points_that_are_no_number_are_a_difference(points: object) -> None:
    row = customer_of([("a", "grill", 4)]) | {"points": points}
    assert list(differences(row)) == [Difference("CUST-1", UNSPENT, None, 4)]


@pytest.mark.parametrize("stats", ["", "[]", "{}", '{"points": "4", "brands": {}}', '{"brands": {"grill": 4}}', 7])
def test_stats_that_cannot_be_read_are_a_difference(stats: object) -> None:
    row = customer_of([("a", "grill", 4), ("b", "grill", 3)])
    row["records"][0]["stats"] = stats
    assert list(differences(row)) == [
        Difference("a", UNSPENT, None, 4),
        Difference("CUST-1", EARNED, 7, 3),
        Difference("CUST-1", UNSPENT, 7, 3),
        Difference("CUST-1", "grill", 7, 3),
        Difference("CUST-1", "grill|", 7, 3),
    ]
    assert list(differences(customer_of([("a", "grill", 4)]) | {"stats": stats})) == [
        Difference("CUST-1", UNSPENT, None, 4)
    ]


def test_other_counters_than_points_are_not_looked_at() -> None:
    row = customer_of([("a", "grill", 4)])
    row["records"][1]["stats"] = '{"visits": "many", "spend": 7, "brands": {}}'
    assert list(differences(row)) == []


def test_an_entry_without_a_brand_is_a_difference() -> None:
    row = customer_of([("a", "grill", 4)])
    row["records"][0]["booked"][0][0] = None
    assert [(one.points, one.stored, one.sum) for one in differences(row)] == [
        ("?", 0, 4),
        ("?|", 0, 4),
        ("grill", 4, 0),
        ("grill|", 4, 0),
    ]


@pytest.mark.neo4j
async def test_a_store_is_verified_customer_by_customer(store: Database) -> None:
    teller = Teller("books")
    teller.order("completed", "till", "O1", subject("ann", given="Ann", phone=phone(1)), "10.00")
    teller.order("completed", "till", "O2", subject("bob", given="Bob", phone=phone(2)), "7.00", brand="cafe")
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    done: list[int] = []
    books = await verify(BookedPoints(store), done.append)
    assert (books.customers, books.records, books.entries, books.points) == (2, 2, 2, 17)
    assert (books.differences, sum(done)) == ([], 2)
    [entry] = await store.run_schema(BOOKED_TWICE)
    [bob] = await store.run_schema(STATS, points=7)
    wrong = (await verify(BookedPoints(store), done.append)).differences
    assert sorted(wrong, key=lambda one: (one.stored, one.points)) == [
        Difference(entry["record"], "grill|", 0, 3),
        Difference(bob["number"], UNSPENT, 8, 7),
        Difference(entry["record"], EARNED, 10, 13),
        Difference(entry["record"], UNSPENT, 10, 13),
        Difference(entry["record"], "grill", 10, 13),
    ]


@pytest.mark.neo4j
async def test_what_belongs_to_nobody_is_counted(store: Database) -> None:
    teller = Teller("nobody")
    teller.order("completed", "till", "O1", subject("ann", given="Ann", phone=phone(1)), "10.00")
    teller.order("completed", "till", "O2", subject("bob", given="Bob", phone=phone(2)), "7.00")
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    await store.run_schema("CREATE (:LedgerEntry {key: 'nobody', points: 500, brand: 'grill'})")
    await store.run_schema(
        "MATCH (:SourceRecord)-[at:RESOLVED_TO]->(c:Customer {points: 7}) SET c.points = 0 DELETE at"
    )
    books = await verify(BookedPoints(store), lambda _: None)
    assert (books.unbooked, books.unowned, books.balanced) == (1, 1, False)


@pytest.mark.neo4j
async def test_orders_that_come_meanwhile_are_no_difference(store: Database) -> None:
    ann = subject("ann", given="Ann", phone=phone(1))
    teller = Teller("meanwhile")
    for number in range(60):
        teller.order("completed", "till", f"O{number}", ann, "10.00", at=number)
    over = asyncio.Event()

    async def write() -> None:
        async with intake_of(store) as intake:
            for event in teller.events:
                await intake.submit(read([event]))
        over.set()

    async def check() -> int:
        seen = 0
        while not over.is_set():
            books = await verify(BookedPoints(store), lambda _: None)
            assert books.differences == []
            seen = max(seen, books.entries)
        return seen

    _, seen = await asyncio.gather(write(), check())
    assert seen > 1
    assert (await verify(BookedPoints(store), lambda _: None)).points == 600
