"""`segmentChanged` over event streams of two services on one store: each move once and in order, whoever is away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from api.auth.key_ring import make
from engagement.segments.facts import judge
from graph.local import Running
from graph.segment_feed import SegmentFeed
from graph.service_keys import ServiceKeys
from graph.store.database import Database, Row, connect
from resolvers.access.caller import PROFILE_READ, SEGMENT_READ
from resolvers.kit.global_ids import key_of
from tests.api.following import Following, following, services
from tests.api.serving import KEY
from tests.kit.story import Story, event, order, person

pytestmark = pytest.mark.neo4j

CHANGED = """subscription($id: ID!, $after: String) { segmentChanged(id: $id, after: $after) {
  cursor kind at customerNumber customer { number rfm { visits } } } }"""
SAVE = """mutation($name: String!, $rule: SegmentRule!, $id: ID) {
  segmentSave(input: {name: $name, rule: $rule, id: $id}) { segment { id } userErrors { message } } }"""
MEMBERS = "query($id: ID!) { segment(id: $id) { members(first: 100) { edges { node { number } } } } }"
_numbers = count(1)


@pytest.fixture(scope="module")
async def urls(story: Story, neo4j_server: Running) -> AsyncGenerator[list[str]]:
    async with services(story, neo4j_server) as urls:
        yield urls


async def save(story: Story, rule: dict[str, Any], id_: str | None = None) -> str:
    saved = (await story.ask(SAVE, name=f"segment {next(_numbers)}", rule=rule, id=id_))["segmentSave"]
    assert saved["userErrors"] == []
    return saved["segment"]["id"]


def moves(url: str, id_: str, after: str | None = None, key: str = KEY) -> AbstractAsyncContextManager[Following]:
    return following(url, CHANGED, key=key, id=id_, after=after)


def told_of(change: Any) -> tuple[str, str | None]:
    return change["kind"], change["customerNumber"]


async def guest(story: Story) -> tuple[dict[str, Any], str]:
    """Somebody new without a visit, and their number."""
    card = f"S-{next(_numbers):05}"
    who = person("Sam", "Stone", loyalty_card=card)
    await story.take(event("identify", "till", "01T10:00", subject=who))
    return who, await story.number(card=card)


async def buys(story: Story, who: dict[str, Any], total: str = "10.00", **changes: Any) -> None:
    bought = order("20T12:00", f"seg-{next(_numbers)}", "pasta", total, who)
    await story.take(bought | changes)


async def test_an_order_brings_a_guest_in_and_whoever_was_away_hears_of_it_once(story: Story, urls: list[str]) -> None:
    (other, _), (who, number) = await guest(story), await guest(story)
    await buys(story, other, "30.00")
    segment = await save(story, {"and": [{"spend": {"min": "25.00"}}, {"not": {"spend": {"min": "60.00"}}}]})
    members = {edge["node"]["number"] for edge in (await story.ask(MEMBERS, id=segment))["segment"]["members"]["edges"]}
    assert members  # who is in from the start is no news
    async with moves(urls[0], segment) as one, moves(urls[1], segment) as two:
        first, second = await one.next(), await two.next()
        assert told_of(first) == told_of(second) == ("FOLLOWING", None)
        assert (first["customer"], first["at"]) == (None, None)
        await buys(story, who)
        await one.silent()
        await buys(story, who, "20.00")
        entered = [await one.next(), await two.next()]
        assert entered[0] == entered[1]
        assert told_of(entered[0]) == ("ENTERED", number)
        assert entered[0]["customer"] == {"number": number, "rfm": {"visits": 2}}
    await buys(story, who, "40.00")  # while nobody follows
    for url in urls:
        async with moves(url, segment, entered[0]["cursor"]) as again:
            assert told_of(left := await again.next()) == ("LEFT", number)
            await again.silent()
        async with moves(url, segment, first["cursor"]) as from_the_first:
            assert [await from_the_first.next() for _ in range(2)] == [
                entered[0] | {"customer": left["customer"]},
                left,
            ]


async def test_time_alone_moves_a_guest(story: Story, urls: list[str]) -> None:
    segment = await save(story, {"visits": {"min": 1, "days": 1}})
    who, number = await guest(story)
    async with moves(urls[0], segment) as stream:
        await stream.next()
        soon_out = datetime.now(UTC) - timedelta(days=1) + timedelta(seconds=4)
        await buys(story, who, at=soon_out.isoformat())
        assert told_of(await stream.next()) == ("ENTERED", number)
        assert told_of(left := await stream.next()) == ("LEFT", number)
        assert datetime.fromisoformat(left["at"]) > soon_out + timedelta(days=1)


async def test_a_merge_takes_one_number_out_and_undoing_it_brings_it_back(story: Story, urls: list[str]) -> None:
    segment = await save(story, {"spend": {"min": "700.00"}})
    (one, first), (two, second) = await guest(story), await guest(story)
    await buys(story, one, "750.00")
    await buys(story, two, "800.00")
    merge = """mutation($c: [String!]!) { customerMerge(customers: $c, signature: {reason: "one person"}) {
      decisionId userErrors { code } } }"""
    undo = """mutation($d: ID!) { decisionUndo(id: $d, signature: {reason: "two"}) { userErrors { code } } }"""
    async with moves(urls[0], segment) as stream:
        await stream.next()
        merged = (await story.ask(merge, c=[first, second]))["customerMerge"]
        assert merged["userErrors"] == []
        kind, gone = told_of(await stream.next())
        assert (kind, gone in (first, second)) == ("LEFT", True)
        await stream.silent()
        assert (await story.ask(undo, d=merged["decisionId"]))["decisionUndo"]["userErrors"] == []
        assert told_of(await stream.next()) == ("ENTERED", gone)
        await stream.silent()


async def test_another_rule_moves_whom_it_moves(story: Story, urls: list[str]) -> None:
    (one, first), (two, second) = await guest(story), await guest(story)
    await buys(story, one, "2000.00")
    await buys(story, two, "3000.00")
    segment = await save(story, {"spend": {"min": "2500.00"}})
    async with moves(urls[1], segment) as stream:
        await stream.next()
        await save(story, {"spend": {"min": "1900.00", "max": "2100.00"}}, segment)
        assert {told_of(await stream.next()) for _ in range(2)} == {("ENTERED", first), ("LEFT", second)}
        await stream.silent()


async def test_the_stream_of_a_deleted_segment_ends(story: Story, urls: list[str]) -> None:
    segment = await save(story, {"spend": {"min": "1.00"}})
    async with moves(urls[0], segment) as stream:
        await stream.next()
        await story.ask("mutation($id: ID!) { segmentDelete(id: $id) { id } }", id=segment)
        assert await stream.answer() is None or await stream.answer() is None
    async with moves(urls[0], segment) as stream:
        [error] = (await stream.answer())["errors"]
        assert error["extensions"]["code"] == "NOT_FOUND"


async def test_a_cursor_that_misses_something_is_refused(story: Story, urls: list[str]) -> None:
    one, other = [await save(story, {"spend": {"min": "5.00"}}) for _ in range(2)]
    async with moves(urls[0], one) as stream:
        cursor = (await stream.next())["cursor"]
    for segment, after in ((other, cursor), (one, "nonsense")):
        async with moves(urls[0], segment, after) as stream:
            [error] = (await stream.answer())["errors"]
            assert error["extensions"]["code"] == "INVALID_INPUT"
    await story.database.run_schema("MATCH (g:Segment) SET g.followedUntil = 0")
    async with moves(urls[1], one, cursor) as stream:
        [error] = (await stream.answer())["errors"]
        assert error["message"] == "The changes after this cursor are no longer known."


async def test_a_cursor_goes_on_at_a_process_that_follows_another_segment(story: Story, urls: list[str]) -> None:
    (who, number), one = await guest(story), await save(story, {"spend": {"min": "4000.00"}})
    other = await save(story, {"spend": {"min": "1.00"}})
    async with moves(urls[0], one) as stream:
        cursor = (await stream.next())["cursor"]
    async with moves(urls[1], other) as beside:
        await beside.next()
        async with moves(urls[1], one, cursor) as stream:
            await stream.silent()
            await buys(story, who, "4500.00")
            assert told_of(await stream.next()) == ("ENTERED", number)


async def test_who_may_not_see_segments_follows_none(story: Story, urls: list[str]) -> None:
    segment = await save(story, {"spend": {"min": "5.00"}})
    for scopes, brands in (([PROFILE_READ], None), ([PROFILE_READ, SEGMENT_READ], ["pasta"])):
        made = make()
        limits = {"scopes": scopes, "brands": brands, "sources": None, "stores": None, "expires_at": None}
        await ServiceKeys(story.database).create(made.id, name="reader", hash_=made.hash, **limits)
        async with moves(urls[0], segment, key=made.text) as stream:
            [error] = (await stream.answer())["errors"]
            assert error["extensions"]["code"] == "NOT_ALLOWED"


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
