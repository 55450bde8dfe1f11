"""The feed of segments: whoever looks, nothing is lost or doubled, and old changes are forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from itertools import count
from typing import Any

import pytest

from engagement.segments.facts import judge
from graph.local import Running
from graph.segment_feed import SegmentFeed
from graph.store.database import Database, Row, connect
from resolvers.kit.global_ids import key_of
from tests.kit.segment_guests import buys, guest, save
from tests.kit.story import Story

pytestmark = pytest.mark.neo4j


def feed(database: Database) -> SegmentFeed:
    def judged(people: Any, segments: Any, now: int) -> list[Row]:
        return judge(people, segments, now, currency="USD")

    return SegmentFeed(database, judged)


async def drained(transitions: SegmentFeed, waited: Collection[str]) -> None:
    while await transitions.look(waited):
        pass


async def state_of(database: Database) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """(segment, number) of whom changes added up say to be in, and of what stands with the customers."""
    added: set[tuple[str, str]] = set()
    rows = await database.read_text(
        "MATCH (x:SegmentChange) RETURN x.segment AS s, x.number AS n, x.kind AS kind ORDER BY x.place",
        operation="test",
    )
    for row in rows:
        one = (row["s"], row["n"])
        assert (one in added) is (row["kind"] == "left"), "told twice, or of one who had not entered"
        (added.add if row["kind"] == "entered" else added.remove)(one)
    standing = await database.read_text(
        "MATCH (c:Customer) UNWIND coalesce(c.segments, []) AS s RETURN s, c.number AS n", operation="test"
    )
    return added, {(row["s"], row["n"]) for row in standing}


async def test_many_lookers_and_one_that_dies_in_the_middle_lose_and_double_nothing(
    story: Story, neo4j_server: Running
) -> None:
    """Feeds that look at once while orders arrive; one of them fails between reading and committing."""
    await story.database.run_schema("MATCH (x:SegmentChange) DELETE x")
    await story.database.run_schema("MATCH (g:Segment) DETACH DELETE g")
    await story.database.run_schema("MATCH (c:Customer) REMOVE c.segments")
    ids = [(await save(story, {"visits": {"min": at, "max": at + 1}})) for at in (1, 2, 4)]
    keys = [key_of("Segment", one) for one in ids]
    guests = [await guest(story) for _ in range(6)]
    server = neo4j_server
    over, clock = asyncio.Event(), list[int]()

    async def looks(dies: bool) -> None:
        async with connect(story.settings, uri=server.bolt_uri, user=server.user, password=server.password) as own:
            transitions, turns = feed(own), count()
            whole = transitions.judge

            def sometimes(people: Any, segments: Any, now: int) -> list[Row]:
                clock.append(now)
                if next(turns) % 3 == 1 and dies:
                    raise KeyError("died")
                return whole(people, segments, now)

            transitions.judge = sometimes
            while not over.is_set():
                try:
                    await transitions.look(keys)
                except KeyError:
                    continue
                await asyncio.sleep(0.01)

    first = feed(story.database)
    await drained(first, keys)
    silent, before = await state_of(story.database)
    assert (silent, bool(before)) == (set(), True)
    lookers = [asyncio.create_task(looks(dies)) for dies in (False, False, True)]
    for _ in range(5):
        await asyncio.gather(*(buys(story, who) for who, _ in guests))
    over.set()
    await asyncio.gather(*lookers)
    assert clock == sorted(clock)  # else time would take back what it brought
    await drained(first, keys)
    added, standing = await state_of(story.database)
    assert added == standing - before
    numbers = {number for _, number in guests}
    by_rule = {
        (row["g"], row["n"])
        for row in await story.database.read_text(
            """UNWIND [[0, 1], [1, 2], [2, 4]] AS at MATCH (c:Customer {status: 'active'})
            WHERE c.number IN $numbers AND c.visits IN [at[1], at[1] + 1] RETURN at[0] AS g, c.number AS n""",
            operation="test",
            numbers=sorted(numbers),
        )
    }
    places = {key_of("Segment", one): place for place, one in enumerate(ids)}
    assert {(places[segment], number) for segment, number in standing if number in numbers} == by_rule


async def test_old_changes_are_forgotten_and_nobody_waits_for_them(story: Story) -> None:
    await story.database.run_schema("MATCH (x:SegmentChange) SET x.at = 0")
    told_before = len(await feed(story.database).after(0, 500))
    assert told_before
    transitions = feed(story.database)
    keys = [row["id"] for row in await story.database.read("segments/store/list")]
    await drained(transitions, keys)
    assert await transitions.after(0, 500) == []
    last = await transitions.last()
    assert await transitions.start(keys[0], last) == last


async def test_an_idle_look_is_one_round_trip(story: Story) -> None:
    keys = [row["id"] for row in await story.database.read("segments/store/list")]
    transitions = feed(story.database)
    await drained(transitions, keys)
    before = story.database.round_trips
    assert not await transitions.look(keys)
    assert story.database.round_trips - before == 1
