"""The feed of events: whoever follows it misses nothing, also not what is committed late, and what it tells adds up.

Tests ingest.reporters.feed_events and loyalty.ledger.points_events too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest

from domain.feed_event import FeedEvent, feed_rows
from graph.feed import Feed
from graph.store.database import Database, DbTransaction
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import PointsCommands
from tests.kit.story import ANN_AT_TILL, EMAIL, Story, order

pytestmark = pytest.mark.neo4j

BALANCES = """
MATCH (c:Customer {status: 'active'})<-[:RESOLVED_TO]-(:SourceRecord)-[:BOOKED]->(l:LedgerEntry)
RETURN c.number AS number, sum(l.points) AS points
"""


class Reader:
    """Keeps a place, and nothing else, as a webhook does."""

    def __init__(self, store: Database) -> None:
        self._feed, self._place = Feed(store), 1
        self.seen: list[FeedEvent] = []

    async def follow(self, size: int = 3) -> list[str]:
        """The ids of all events since the last call."""
        await self._feed.number(())
        fresh: list[FeedEvent] = []
        while page := await self._feed.page(self._place, size):
            self._place = page[-1][0] + 1
            fresh += [event for _, events in page for event in events]
        self.seen += fresh
        return [event.id for event in fresh]


async def put(tx: DbTransaction, *ids: str) -> None:
    await tx.run(
        "feed/write", batch={"feed": feed_rows(FeedEvent(id_, "t", "2026-01-01T00:00:00Z", {}) for id_ in ids)}
    )


async def test_a_commit_that_comes_late_is_not_missed(store: Database, second_store: Database) -> None:
    reader, written, go_on = Reader(store), asyncio.Event(), asyncio.Event()

    async def late(tx: DbTransaction) -> None:
        await put(tx, "began first")
        written.set()
        await go_on.wait()

    committing = asyncio.create_task(second_store.write("late", late))
    await written.wait()
    await store.write("quick", lambda tx: put(tx, "began later"))
    assert await reader.follow() == ["began later"]
    go_on.set()
    await committing
    assert await reader.follow() == ["began first"]
    assert await reader.follow() == []


async def test_what_is_taken_back_is_told_to_nobody(store: Database) -> None:
    async def failing(tx: DbTransaction) -> None:
        await put(tx, "never happened")
        raise RuntimeError("taken back")

    with pytest.raises(RuntimeError, match="taken back"):
        await store.write("failing", failing)
    assert await Reader(store).follow() == []


async def test_places_are_given_once_by_whoever_gives_them(store: Database, second_store: Database) -> None:
    async def writer(name: str) -> None:
        for number in range(20):
            await store.write("one", lambda tx, id_=f"{name}{number}": put(tx, id_))

    async def numberer(database: Database) -> None:
        for _ in range(15):
            await Feed(database).number(())

    await asyncio.gather(*map(writer, "abc"), *(numberer(one) for one in (store, second_store) for _ in range(2)))
    await Feed(store).number(())
    page = await Feed(store).page(1, 100)
    assert [place for place, _ in page] == list(range(1, 61))
    assert Counter(event.id for _, events in page for event in events) == Counter(
        f"{name}{number}" for name in "abc" for number in range(20)
    )
    for name in "abc":  # each writer's own events, in the order in which it wrote them
        own = [event.id for _, events in page for event in events if event.id[0] == name]
        assert own == [f"{name}{number}" for number in range(20)]


async def test_a_reader_may_begin_at_a_moment(store: Database) -> None:
    feed = Feed(store)
    assert await feed.end() == 1
    await store.write("one", lambda tx: put(tx, "a"))
    await feed.number(())
    [row] = await store.read_text("RETURN datetime.realtime() AS now", operation="test")
    now = row["now"].to_native()
    assert await feed.since(now) == await feed.end() == 2
    await store.write("one", lambda tx: put(tx, "b"))
    await store.write("one", lambda tx: put(tx, "c"))
    await feed.number(())
    assert (await feed.since(now), await feed.end()) == (2, 4)


async def test_only_what_is_old_is_forgotten(store: Database) -> None:
    for id_ in "ab":
        await store.write("one", lambda tx, id_=id_: put(tx, id_))
    await Feed(store).number(())
    await store.run_schema("MATCH (b:FeedBatch {place: 1}) SET b.written = b.written - duration({days: 8})")
    assert not await Feed(store).forget(7)
    assert [place for place, _ in await Feed(store).page(0, 9)] == [2]


async def test_the_events_of_a_guest_add_up_to_the_points(story: Story) -> None:
    database, reader = story.database, Reader(story.database)
    number = await story.number(email=EMAIL)
    for kind, points, seconds in ((CommandKind.REDEEM, 10, 0), (CommandKind.HOLD, 5, 600), (CommandKind.GRANT, 7, 0)):
        command = Command(
            kind.value, "asked", kind, "test", points=points, number=number, brand="pasta", seconds=seconds
        )
        await PointsCommands(database).carry_out(command, datetime.now(UTC))
    await story.take(order("25T12:00", "feed-1", "pasta", "11.00", ANN_AT_TILL))
    await reader.follow()
    subjects = await Feed(database).subjects(reader.seen)
    told: Counter[str] = Counter()
    for event in reader.seen:
        if event.type.startswith("points."):
            assert event.record is not None
            told[subjects[event.record]] += event.data["points"]
    booked = await database.read_text(BALANCES, operation="test")
    assert len(booked) > 1
    assert +told == +Counter({row["number"]: row["points"] for row in booked})
    assert len({event.id for event in reader.seen}) == len(reader.seen)
    assert {f"points.{what}" for what in ("earned", "refunded", "redeemed", "held", "granted")} <= {
        one.type for one in reader.seen
    }


async def test_a_merge_is_told_with_the_number_that_answers_now(story: Story) -> None:
    reader = Reader(story.database)
    await reader.follow()
    merges = [event for event in reader.seen if event.type == "customer.merged"]
    subjects = await Feed(story.database).subjects(merges)
    assert [subjects[event.number or ""] for event in merges] == [await story.number(email=EMAIL)]
    assert merges[0].data["to"] == merges[0].number != merges[0].data["from"]
    assert all(event.brand is None for event in merges)
    assert all("name" not in str(event) and EMAIL not in str(event) for event in reader.seen)
