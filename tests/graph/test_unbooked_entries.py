"""What processes of the release before write in the meantime is booked at the next start."""

from __future__ import annotations

import asyncio

import pytest

from graph.store.database import Database
from graph.unbooked_entries import book_left_behind
from tests.kit.building import VAULT, intake_of, read
from tests.kit.hard_cases import Teller, phone, subject
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

_BOOKED = """
MATCH (r:SourceRecord)-[:BOOKED]->(l:LedgerEntry)-[:FOR]->(t:Transaction)
RETURN r.key AS record, l.key AS entry, t.key AS transaction
ORDER BY entry
"""
# What the release before leaves: it knows neither relationship.
_FORGET = """
MATCH (l:LedgerEntry)
WHERE l.points < $below
MATCH (l)<-[booked:BOOKED]-(), (l)-[for:FOR]->()
DELETE booked, for
RETURN count(*) AS entries
"""


@pytest.mark.parametrize(("below", "forgotten"), [(0, 1), (1_000, 3)], ids=["some", "all"])
async def test_entries_of_the_release_before_are_booked_once(store: Database, below: int, forgotten: int) -> None:
    teller = Teller("before")
    teller.order("completed", "till", "O1", subject("ann", given="Ann", phone=phone(1)), "10.00")
    teller.order("completed", "till", "O2", subject("bob", given="Bob", phone=phone(2)), "7.00")
    teller.refund("till", "R", "O1", "2.00")
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    expected = await store.read_text(_BOOKED, operation="test")
    assert await store.run_schema(_FORGET, below=below) == [{"entries": forgotten}]
    answers = await asyncio.gather(*(book_left_behind(store) for _ in range(3)))
    assert True in answers
    assert await store.read_text(_BOOKED, operation="test") == expected
    await invariants(store, VAULT)
    assert await book_left_behind(store) is False
