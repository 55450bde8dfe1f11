"""A customer number is for ever: the oldest survives a merge, the others answer through it, a split gives them back.

Tests identity.customer_rows too.
"""

from __future__ import annotations

import pytest

from graph.store.database import Database
from tests.kit.building import READER, VAULT, committer_of, read
from tests.kit.hard_cases import Teller, phone
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

NUMBERS = """
MATCH (r:SourceRecord {key: $key})-[:RESOLVED_TO]->(c:Customer)
RETURN c.number AS number
"""
ENDS = """
MATCH (c:Customer {number: $number})-[:MERGED_INTO]->*(e:Customer) WHERE NOT (e)-[:MERGED_INTO]->()
RETURN e.number AS number, c.status AS status
"""
HISTORY = """
MATCH (r:SourceRecord {key: $key})-[w:WAS_RESOLVED_TO]->(c:Customer)
RETURN c.number AS number, w.until >= w.since AS ordered ORDER BY w.until
"""


class Story:
    """Tells events in chapters, each a commit of its own, and asks for numbers in between."""

    def __init__(self, store: Database) -> None:
        self._store = store
        self._told = 0
        self.teller = Teller("story")

    async def so_far(self) -> None:
        events = read(self.teller.events[self._told :])
        self._told = len(self.teller.events)
        await committer_of(self._store).commit([READER.claims(event) for event in events])
        await invariants(self._store, VAULT)

    async def number(self, id: str) -> str:
        [row] = await self._store.read_text(NUMBERS, operation="test", key=READER.record_key("till", id))
        return row["number"]

    async def answers(self, number: str) -> tuple[str, str]:
        [row] = await self._store.read_text(ENDS, operation="test", number=number)
        return row["number"], row["status"]

    async def history(self, id: str) -> list[str]:
        rows = await self._store.read_text(HISTORY, operation="test", key=READER.record_key("till", id))
        assert all(row["ordered"] for row in rows)
        return [row["number"] for row in rows]


async def test_merges_upon_merges_answer_through_the_oldest(store: Database) -> None:
    story = Story(store)
    for n in range(3):
        story.teller.identify("till", f"g{n}", phone=phone(60 + n))
        await story.so_far()
    numbers = [await story.number(f"g{n}") for n in range(3)]
    assert len(set(numbers)) == 3
    story.teller.identify("crm", "late", phone=[phone(61), phone(62)])
    await story.so_far()
    assert await story.number("g2") == numbers[1]
    story.teller.identify("crm", "later", phone=[phone(60), phone(62)])
    await story.so_far()
    assert {await story.number(f"g{n}") for n in range(3)} == {numbers[0]}
    assert [await story.answers(number) for number in numbers] == [
        (numbers[0], "active"),
        (numbers[0], "retired"),
        (numbers[0], "retired"),
    ]
    assert await story.history("g2") == [numbers[2], numbers[1]]


async def test_who_comes_apart_again_gets_the_old_number_back(store: Database) -> None:
    story = Story(store)
    story.teller.identify("till", "one", email="one@apart.example")
    await story.so_far()
    story.teller.identify("till", "two", email="two@apart.example")
    story.teller.order("completed", "till", "T-2", {"id": "one"}, "25.00")
    await story.so_far()
    one, two = await story.number("one"), await story.number("two")
    for id_ in ("one", "two"):
        story.teller.identify("till", id_, phone=phone(70))
    await story.so_far()
    assert await story.number("two") == one
    assert await story.answers(two) == (one, "retired")
    for given in ("Ada", "Bruno", "Clementine", "Dmitri", "Eleanor", "Ferdinand", "Gwendolyn"):
        story.teller.identify("crm", f"crowd-{given}", given=given, phone=phone(70))
    await story.so_far()
    assert (await story.number("one"), await story.number("two")) == (one, two)
    assert await story.answers(two) == (two, "active")
    assert await story.history("two") == [two, one]


async def test_a_split_gives_the_number_to_the_larger_part(store: Database) -> None:
    """The correction of a name tells two apart; only three of the four stay with the first."""
    story = Story(store)
    for n in range(3):
        story.teller.identify("till", f"big{n}", given="Theodora", family="Nightingale", phone=phone(80))
    story.teller.identify("till", "small", phone=phone(80))
    await story.so_far()
    number = await story.number("small")
    assert number == await story.number("big0")
    story.teller.identify("till", "small", given="Barnaby", family="Nightingale")
    await story.so_far()
    assert {await story.number(f"big{n}") for n in range(3)} == {number}
    assert await story.number("small") != number
