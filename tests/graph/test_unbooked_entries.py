"""Entries hang on the record that owns them: when an order changes hands, and when the release before wrote beside."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from graph.store.database import Database
from graph.unbooked_entries import book_left_behind
from tests.kit.building import VAULT, intake_of, read
from tests.kit.hard_cases import Teller, phone, subject
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

_BOOKED = """
MATCH (r:SourceRecord)-[:BOOKED]->(l:LedgerEntry)-[:FOR]->(:Transaction)
RETURN r.key AS record, l.kind AS kind, l.points AS points, l.brand AS brand
ORDER BY l.at, l.points
"""
# What the release before leaves: it knows neither relationship.
_FORGET = """
MATCH (l:LedgerEntry)
WHERE l.points < $below
MATCH (l)<-[booked:BOOKED]-(), (l)-[for:FOR]->()
DELETE booked, for
RETURN count(*) AS entries
"""


async def take(store: Database, *events: Any) -> None:
    async with intake_of(store) as intake:
        await intake.submit(read(events))


def _sold() -> Teller:
    teller = Teller("ledger")
    ann, bob = subject("ann", given="Ann", phone=phone(1)), subject("bob", given="Bob", phone=phone(2))
    teller.order("completed", "till", "O1", ann, "10.00", at=1)
    teller.order("completed", "till", "O2", bob, "7.00", at=2)
    teller.order("completed", "till", "O1", bob, "12.00", at=3)
    teller.refund("till", "R", "O1", "2.00")
    return teller


async def test_points_follow_an_order_to_its_new_record_by_further_entries(store: Database) -> None:
    for event in _sold().events:
        await take(store, event)
        await invariants(store, VAULT)
    rows = await store.read_text(_BOOKED, operation="test")
    booked = [(row["record"].partition("|")[0], row["kind"], row["points"], row["brand"]) for row in rows]
    assert booked == [
        ("till", "earn", 10, "grill"),
        ("till", "earn", 7, "grill"),
        ("till", "reassign", -10, "grill"),
        ("till", "reassign", 12, "grill"),
        ("till", "refund", -2, "grill"),
    ]
    ann, bob = rows[0]["record"], rows[1]["record"]
    assert [row["record"] for row in rows] == [ann, bob, ann, bob, bob]


async def test_a_corrected_brand_takes_its_points_along(store: Database) -> None:
    teller = Teller("brand")
    who = subject("ann", given="Ann", phone=phone(1))
    teller.order("completed", "till", "O1", who, "10.00", at=1)
    teller.order("completed", "till", "O1", who, "10.00", at=2, brand="cafe")
    await take(store, *teller.events)
    await invariants(store, VAULT)
    rows = await store.read_text(_BOOKED, operation="test")
    assert sorted((row["brand"], row["points"]) for row in rows) == [("cafe", 10), ("grill", -10), ("grill", 10)]


@pytest.mark.parametrize("below", [0, 1_000], ids=["some", "all"])
async def test_entries_of_the_release_before_are_booked_at_the_next_start(store: Database, below: int) -> None:
    await take(store, *(event for event in _sold().events if event["messageId"] != "ledger-3"))
    expected = await store.read_text(_BOOKED, operation="test")
    [gone] = await store.run_schema(_FORGET, below=below)
    assert gone["entries"] == (1 if below == 0 else 3)
    answers = await asyncio.gather(*(book_left_behind(store) for _ in range(3)))
    assert True in answers
    assert await store.read_text(_BOOKED, operation="test") == expected
    await invariants(store, VAULT)
    assert await book_left_behind(store) is False
