"""The ledger page by page, and behind locks."""

from __future__ import annotations

import asyncio

import pytest

import graph.booked_points
from graph.booked_points import BookedPoints
from graph.store.database import Database, DbTransaction, Row
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
    pages = [[row["number"] for row in rows] async for rows in BookedPoints(store).pages()]
    assert [len(numbers) for numbers in pages] == [2, 2, 1]
    everybody = [number for numbers in pages for number in numbers]
    assert everybody == sorted(set(everybody))
    assert store.round_trips - trips == 7


async def test_behind_locks_are_only_the_customers_that_are_asked_for(store: Database) -> None:
    await five_customers(store)
    [rows] = [page async for page in BookedPoints(store).pages()]
    assert await BookedPoints(store).behind_locks(rows[1:3]) == rows[1:3]


async def test_a_customer_that_is_gone_is_left_out(store: Database) -> None:
    await five_customers(store)
    [rows] = [page async for page in BookedPoints(store).pages()]
    gone = rows[0] | {"number": "CUST-GONE"}
    assert await BookedPoints(store).behind_locks([gone, rows[4]]) == [rows[4]]


async def test_who_writes_a_component_is_waited_for(store: Database) -> None:
    await five_customers(store)
    [rows] = [page async for page in BookedPoints(store).pages()]
    holds = asyncio.Event()

    async def work(tx: DbTransaction) -> None:
        await tx.run("identity/lock_components", batch={"locks": [rows[0]["records"][0]["component"]]})
        holds.set()
        await asyncio.sleep(0.3)
        await tx.run_text("MATCH (c:Customer {number: $number}) SET c.points = 99", number=rows[0]["number"])

    async def look() -> list[Row]:
        await holds.wait()
        return await BookedPoints(store).behind_locks(rows[:1])

    _, [found] = await asyncio.gather(store.write("test", work), look())
    assert found == rows[0] | {"points": 99}


async def test_a_record_that_went_to_another_component_is_followed(store: Database) -> None:
    await five_customers(store)
    [rows] = [page async for page in BookedPoints(store).pages()]
    before = [rows[0] | {"records": [{"component": "one that it left"}]}]
    trips = store.round_trips
    assert await BookedPoints(store).behind_locks(before) == rows[:1]
    assert store.round_trips - trips == 2
