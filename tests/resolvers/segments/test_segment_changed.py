"""`segmentChanged` over event streams of two services on one store: each move once and in order, whoever is away."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from api.auth.key_ring import make
from graph.local import Running
from graph.service_keys import ServiceKeys
from resolvers.access.caller import PROFILE_READ, SEGMENT_READ
from tests.api.following import Following, following, services
from tests.api.serving import KEY
from tests.kit.segment_guests import buys, guest, save
from tests.kit.story import Story

pytestmark = pytest.mark.neo4j

CHANGED = """subscription($id: ID!, $after: String) { segmentChanged(id: $id, after: $after) {
  cursor kind at customerNumber customer { number rfm { visits } } } }"""
MEMBERS = "query($id: ID!) { segment(id: $id) { members(first: 100) { edges { node { number } } } } }"


@pytest.fixture(scope="module")
async def urls(story: Story, neo4j_server: Running) -> AsyncGenerator[list[str]]:
    async with services(story, neo4j_server) as urls:
        yield urls


def moves(url: str, id_: str, after: str | None = None, key: str = KEY) -> AbstractAsyncContextManager[Following]:
    return following(url, CHANGED, key=key, id=id_, after=after)


def told_of(change: Any) -> tuple[str, str | None]:
    return change["kind"], change["customerNumber"]


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
