"""An order that turns out to be of another record or brand takes its points along, by entries that say so."""

from __future__ import annotations

from typing import Any

import pytest

from graph.store.database import Database
from tests.kit.building import VAULT, intake_of, read
from tests.kit.hard_cases import Raw, Teller, phone, subject
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

_BOOKED = """
MATCH (r:SourceRecord)-[:BOOKED]->(l:LedgerEntry)-[:FOR]->(:Transaction)
RETURN r.key AS record, l.kind AS kind, l.points AS points, l.brand AS brand
ORDER BY l.at, l.points
"""
ANN, BOB = subject("ann", given="Ann", phone=phone(1)), subject("bob", given="Bob", phone=phone(2))


async def booked_after_each(store: Database, events: list[Raw]) -> list[Any]:
    """The entries at the end; the sums hold after every event."""
    for event in events:
        async with intake_of(store) as intake:
            await intake.submit(read([event]))
        await invariants(store, VAULT)
    return await store.read_text(_BOOKED, operation="test")


async def test_points_follow_an_order_to_its_new_record(store: Database) -> None:
    teller = Teller("record")
    teller.order("completed", "till", "O1", ANN, "10.00", at=1)
    teller.order("completed", "till", "O2", BOB, "7.00", at=2)
    teller.order("completed", "till", "O1", BOB, "12.00", at=3)
    teller.refund("till", "R", "O1", "2.00")
    rows = await booked_after_each(store, teller.events)
    assert [(row["kind"], row["points"]) for row in rows] == [
        ("earn", 10),
        ("earn", 7),
        ("reassign", -10),
        ("reassign", 12),
        ("refund", -2),
    ]
    ann, bob = rows[0]["record"], rows[1]["record"]
    assert [row["record"] for row in rows] == [ann, bob, ann, bob, bob]


async def test_points_follow_an_order_to_its_corrected_brand(store: Database) -> None:
    teller = Teller("brand")
    teller.order("completed", "till", "O1", ANN, "10.00", at=1)
    teller.order("completed", "till", "O1", ANN, "10.00", at=2, brand="cafe")
    rows = await booked_after_each(store, teller.events)
    assert sorted((row["brand"], row["points"], row["kind"]) for row in rows) == [
        ("cafe", 10, "adjust"),
        ("grill", -10, "adjust"),
        ("grill", 10, "earn"),
    ]
