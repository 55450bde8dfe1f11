"""`pointsChanged` over event streams of two services on one store: nothing is lost, and nothing told twice."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest

from api.auth.key_ring import make
from graph.local import Running
from graph.service_keys import ServiceKeys
from resolvers.access.caller import PROFILE_READ
from tests.api.following import Following, following, services
from tests.api.serving import KEY
from tests.kit.story import ANN_AT_TILL, PHONE, Story, order, person, refund

pytestmark = pytest.mark.neo4j

POINTS = """subscription($number: String!, $after: String) { pointsChanged(customer: $number, after: $after) {
  cursor customerNumber change
  balance { points byBrand { brand { code } points } entries(first: 1) { edges { node { points } } } } } }"""


@pytest.fixture(scope="module")
async def urls(story: Story, neo4j_server: Running) -> AsyncGenerator[list[str]]:
    async with services(story, neo4j_server) as urls:
        yield urls


async def key_of(story: Story, *brands: str) -> str:
    made = make()
    limits = {"scopes": [PROFILE_READ], "brands": list(brands), "sources": None, "stores": None, "expires_at": None}
    await ServiceKeys(story.database).create(made.id, name="reader", hash_=made.hash, **limits)
    return made.text


def points(url: str, number: str, after: str | None = None, key: str = KEY) -> AbstractAsyncContextManager[Following]:
    return following(url, POINTS, key=key, number=number, after=after)


def told_of(event: Any) -> tuple[int, int | None]:
    return event["balance"]["points"], event["change"]


async def test_nothing_is_lost_and_nothing_told_twice(story: Story, urls: list[str]) -> None:
    number = await story.number(phone=PHONE)
    async with points(urls[0], number) as one:
        first = await one.next()
        assert (first["customerNumber"], told_of(first)) == (number, (108, None))
        await story.take(order("26T12:00", "p-1", "pasta", "10.00", ANN_AT_TILL))
        second = await one.next()
        assert told_of(second) == (118, 10)
        assert second["balance"]["entries"]["edges"] == [{"node": {"points": 10}}]
        await story.take(order("26T13:00", "p-2", "pasta", "7.00", ANN_AT_TILL, type="order.placed"))
        await one.silent()  # an order that is no visit yet changes the profile, and no points
    # While the follower is away three things happen, and it comes back to the other process.
    await story.take(order("27T12:00", "p-3", "pasta", "30.00", ANN_AT_TILL))
    await story.take(refund("27T13:00", "r-3", "p-3", "12.00"))
    async with points(urls[1], number, second["cursor"]) as other:
        third = await other.next()
        assert told_of(third) == (136, 18)
        await other.silent()
    for url in urls:
        async with points(url, number, third["cursor"]) as again:
            await again.silent()


async def test_a_brand_hears_of_its_own_points_alone(story: Story, urls: list[str]) -> None:
    number = await story.number(phone=PHONE)
    burger = await key_of(story, "burger")
    async with points(urls[0], number, key=burger) as stream:
        first = await stream.next()
        assert told_of(first) == (18, None)
        assert [row["brand"]["code"] for row in first["balance"]["byBrand"]] == ["burger"]
        await story.take(order("28T12:00", "q-1", "pasta", "50.00", ANN_AT_TILL))
        await stream.silent()
        await story.take(order("28T13:00", "q-2", "burger", "5.00", ANN_AT_TILL))
        assert told_of(await stream.next()) == (23, 5)


async def test_who_may_not_know_the_guest_is_told_as_of_nobody(story: Story, urls: list[str]) -> None:
    bob = await story.number(card="B-55501")  # a guest of pasta
    burger = await key_of(story, "burger", "nowhere")
    answers: list[Any] = []
    for number in (bob, "CUST-0000-0000-0000"):
        async with points(urls[0], number, key=burger) as stream:
            [error] = (await stream.answer())["errors"]
            answers.append((error["message"], error["extensions"]))
    assert answers[0] == answers[1]
    assert answers[0][1]["code"] == "NOT_FOUND"
    async with points(urls[0], bob, "nonsense") as stream:
        [error] = (await stream.answer())["errors"]
        assert error["extensions"]["code"] == "INVALID_INPUT"


async def test_a_merged_number_tells_the_points_of_both(story: Story, urls: list[str]) -> None:
    await story.take(order("05T12:00", "m-1", "pasta", "9.00", person("Eve", "Stone", loyalty_card="E-11101")))
    await story.take(order("06T12:00", "m-2", "pasta", "4.00", person("Eve", "Stone", loyalty_card="E-22202")))
    one, two = await story.number(card="E-11101"), await story.number(card="E-22202")
    merge = """mutation($c: [String!]!) { customerMerge(customers: $c, signature: {reason: "one person"}) {
      decisionId userErrors { code } } }"""
    async with points(urls[0], one) as first, points(urls[1], two) as second:
        before = [told_of(await first.next()), told_of(await second.next())]
        assert before == [(9, None), (4, None)]
        assert (await story.ask(merge, c=[one, two]))["customerMerge"]["userErrors"] == []
        after = [await first.next(), await second.next()]
        assert [told_of(event) for event in after] == [(13, 4), (13, 9)]
        assert len({event["customerNumber"] for event in after}) == 1
