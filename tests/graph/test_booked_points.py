"""The ledger page by page, and behind locks."""

from __future__ import annotations

import pytest

import graph.booked_points
from graph.booked_points import BookedPoints
from graph.store.database import Database
from tests.kit.building import intake_of, read
from tests.kit.hard_cases import Teller, phone, subject

pytestmark = pytest.mark.neo4j


async def five_customers(store: Database) -> None:
    teller = Teller("pages")
    for number in range(5):
        guest = subject(f"guest{number}", given="Ann", phone=phone(number))
        teller.order("completed", "till", f"O{number}", guest, f"{number + 1}.00")
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))


async def test_every_customer_is_on_one_page(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph.booked_points, "_PAGE", 2)
    await five_customers(store)
    trips = store.round_trips
    pages = [(after, [row["number"] for row in rows]) async for after, rows in BookedPoints(store).pages()]
    assert [len(numbers) for _, numbers in pages] == [2, 2, 1]
    assert [after for after, _ in pages] == ["", pages[0][1][-1], pages[1][1][-1]]
    everybody = [number for _, numbers in pages for number in numbers]
    assert everybody == sorted(set(everybody))
    assert store.round_trips - trips == 4


async def test_behind_locks_are_only_the_customers_that_are_asked_for(store: Database) -> None:
    await five_customers(store)
    [(after, rows)] = [page async for page in BookedPoints(store).pages()]
    [one, *_] = await BookedPoints(store).behind_locks(after, rows[1:3])
    assert one == rows[1]


async def test_a_customer_that_is_gone_is_left_out(store: Database) -> None:
    await five_customers(store)
    [(after, rows)] = [page async for page in BookedPoints(store).pages()]
    gone = rows[0] | {"number": "CUST-GONE"}
    assert [row["number"] for row in await BookedPoints(store).behind_locks(after, [gone, rows[4]])] == [
        rows[4]["number"]
    ]
