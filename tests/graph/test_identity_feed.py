"""Whoever follows the feed of changes knows every active number, and who answers for a retired one."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from cypher import load
from domain.events import event_adapter
from graph.identity_feed import IdentityFeed
from graph.store.database import Database, DbTransaction
from tests.kit.building import READER, committer_of, read
from tests.kit.hard_cases import Raw, Teller, phone
from world import World, WorldConfig

pytestmark = pytest.mark.neo4j

ACTIVE = "MATCH (c:Customer) WHERE c.status = 'active' RETURN collect(c.number) AS numbers"
MERGED = """
MATCH (c:Customer)-[:MERGED_INTO]->+(e:Customer) WHERE NOT (e)-[:MERGED_INTO]->()
RETURN collect([c.number, e.number]) AS pairs
"""


class Consumer:
    """Keeps a copy of the numbers from the feed alone, a few changes at a time."""

    def __init__(self, store: Database) -> None:
        self._feed, self._place = IdentityFeed(store), 0
        self.active: set[str] = set()
        self.answers: dict[str, str] = {}
        self.seen: list[dict[str, Any]] = []

    async def follow(self) -> list[str]:
        """The kinds of all changes since the last call."""
        kinds: list[str] = []
        while rows := await self._feed.after(self._place, 7):
            assert [row["place"] for row in rows] == list(range(self._place + 1, self._place + len(rows) + 1))
            self._place = rows[-1]["place"]
            for row in rows:
                kinds.append(row["kind"])
                self._apply(row["kind"], row["fromNumber"], row["toNumber"])
            self.seen += rows
        return kinds

    def _apply(self, kind: str, old: str, new: str) -> None:
        if kind == "merged":
            self.active.remove(old)
            self.answers[old] = new
        elif kind != "moved":
            self.active.add(new)
            self.answers.pop(new, None)

    def survivor(self, number: str) -> str:
        while number in self.answers:
            number = self.answers[number]
        return number


async def agrees(consumer: Consumer, store: Database) -> None:
    [row] = await store.read_text(ACTIVE, operation="test")
    assert consumer.active == set(row["numbers"])
    [row] = await store.read_text(MERGED, operation="test")
    assert {old: consumer.survivor(old) for old in consumer.answers} == dict(row["pairs"])


async def take(store: Database, events: list[Raw]) -> None:
    await committer_of(store).commit([READER.claims(event) for event in read(events)])


async def test_a_world_told_in_small_commits(store: Database) -> None:
    world = World(WorldConfig(people=40))
    events = [*world.reference_events(), *(event for event, _ in world.events())]
    consumer, kinds = Consumer(store), set[str]()
    claims = [READER.claims(event_adapter.validate_python(event)) for event in events]
    for start in range(0, len(claims), 120):
        await committer_of(store).commit(claims[start : start + 120])
        kinds |= set(await consumer.follow())
        await agrees(consumer, store)
    assert {"created", "merged"} <= kinds


async def test_a_merge_a_split_and_a_number_that_comes_back(store: Database) -> None:
    teller, consumer = Teller("feed"), Consumer(store)
    told = 0

    async def so_far() -> list[str]:
        nonlocal told
        await take(store, teller.events[told:])
        told = len(teller.events)
        kinds = await consumer.follow()
        await agrees(consumer, store)
        return kinds

    teller.identify("till", "one", email="one@apart.example")
    assert await so_far() == ["created"]
    teller.identify("till", "two", email="two@apart.example")
    assert await so_far() == ["created"]
    for id_ in ("one", "two"):
        teller.identify("till", id_, phone=phone(70))
    assert await so_far() == ["merged"]
    assert (consumer.seen[-1]["reason"], consumer.seen[-1]["actor"], consumer.seen[-1]["records"]) == (
        "same phone",
        "intake",
        1,
    )
    for given in ("Ada", "Bruno", "Clementine", "Dmitri", "Eleanor", "Ferdinand", "Gwendolyn"):
        teller.identify("crm", f"crowd-{given}", given=given, phone=phone(70))
    assert sorted(await so_far()) == ["created"] * 7 + ["revived"]
    for n in range(3):
        teller.identify("till", f"big{n}", given="Theodora", family="Nightingale", phone=phone(80))
    teller.identify("till", "small", phone=phone(80))
    assert await so_far() == ["created"]
    teller.identify("till", "small", given="Barnaby", family="Nightingale")
    assert await so_far() == ["split"]
    teller.order("completed", "till", "T-1", {"id": "big0"}, "9.00")
    assert await so_far() == []


async def test_who_commits_late_is_not_missed(store: Database, second_store: Database) -> None:
    """A change written before others were read, and committed after, stands behind them in the feed."""
    consumer, written, read_meanwhile = Consumer(store), asyncio.Event(), asyncio.Event()

    async def late(transaction: DbTransaction) -> None:
        row = {"key": "late-0", "kind": "created", "fromNumber": None, "toNumber": "CUST-LATE"}
        more = {"records": 1, "reason": "", "actor": "test"}
        await transaction.run("identity/write_changes", batch={"changes": [row | more], "now": "2026-01-01T00:00:00Z"})
        written.set()
        await read_meanwhile.wait()

    writing = asyncio.create_task(second_store.write("late", late))
    await written.wait()
    teller = Teller("prompt")
    teller.identify("till", "one", email="one@prompt.example")
    await take(store, teller.events)
    assert await consumer.follow() == ["created"]
    read_meanwhile.set()
    await writing
    assert await consumer.follow() == ["created"]
    assert consumer.seen[-1]["toNumber"] == "CUST-LATE"


async def test_two_readers_at_once_see_one_order(store: Database, second_store: Database) -> None:
    teller = Teller("many")
    for n in range(60):
        teller.identify("till", f"g{n}", email=f"g{n}@many.example")
    readers = [Consumer(store), Consumer(second_store), Consumer(store)]
    for start in range(0, 60, 6):
        await asyncio.gather(take(store, teller.events[start : start + 6]), *(reader.follow() for reader in readers))
    for reader in readers:
        await reader.follow()
    assert len(readers[0].seen) == 60
    assert readers[0].seen == readers[1].seen == readers[2].seen


async def test_a_feed_that_was_read_to_its_end_writes_nothing(store: Database) -> None:
    assert await IdentityFeed(store).after(0, 10) == []
    rows = await store.read_text("MATCH (f:IdentityFeed) RETURN count(f) AS feeds", operation="test")
    assert rows == [{"feeds": 0}]
    assert "pending: true" in load("identity_feed/number")
