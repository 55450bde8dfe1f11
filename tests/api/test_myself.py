"""What a signed-in guest follows: the person that the guest's own record belongs to, and nobody else.

Ann signs in with the app of the brand pasta; its tokens, and those of burger's app, are real ones.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.jwks import KeySets
from api.keys import make
from api.tokens import Tokens
from graph.keys import ServiceKeys
from graph.local import Running
from resolvers.caller import ME_READ
from tests.api.following import EVERY_S, Following, following
from tests.api.provider import IdentityProvider, running
from tests.api.serving import KEY, served
from tests.api.test_tokens import guests_of
from tests.memory import MemorySink, MemoryStore
from tests.resolvers.story import ANN_AT_TILL, EMAIL, PHONE, Story, event, order, person, told

pytestmark = pytest.mark.neo4j

POINTS = """subscription($after: String) { myPointsChanged(after: $after) { cursor customerNumber change
  balance { points byBrand { brand { code } } } } }"""
PROFILE = """subscription($after: String) { myProfileChanged(after: $after) { cursor
  customer { number name emails rfm { visits } consents { purpose granted } } } }"""
UNMERGE = """mutation($of: String!, $records: [ID!]!) {
  customerUnmerge(customer: $of, records: $records, signature: {reason: "another"}) { userErrors { code } } }"""
MOVE = """mutation($record: ID!, $to: String!) {
  sourceRecordMove(record: $record, customer: $to, signature: {reason: "hers"}) { userErrors { code } } }"""
RECORDS = "query($by: CustomerBy!) { customer(by: $by) { number linkedIdentities { source recordId } } }"


@dataclass
class World:
    story: Story
    url: str
    pasta: IdentityProvider
    burger: IdentityProvider

    @property
    def ann(self) -> str:
        return self.pasta.token("app-1")

    async def post(self, credential: str, query: str, **variables: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {credential}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30) as client:
            return await client.post("/graphql", json={"query": query, "variables": variables})

    async def ask(self, credential: str, query: str, **variables: Any) -> Any:
        content = (await self.post(credential, query, **variables)).json()
        assert "errors" not in content, content
        [found] = content["data"].values()
        return found

    def follow(
        self, query: str, after: str | None = None, token: str | None = None
    ) -> AbstractAsyncContextManager[Following]:
        return following(self.url, query, key=token or self.ann, after=after)


@pytest.fixture(scope="module")
async def world(neo4j_server: Running) -> AsyncGenerator[World]:
    async with (
        told(neo4j_server) as story,
        running() as pasta,
        running() as burger,
        httpx.AsyncClient() as outside,
    ):
        known = [guests_of(pasta), guests_of(burger, brand="burger", source="burger-app")]
        tokens = Tokens({one.issuer: one for one in known}, KeySets(outside, keep_s=300), story.reader, leeway_s=30)
        app = create_app(
            story.settings.model_copy(update={"feed_every_s": EVERY_S, "environment": "production"}),
            committer=story.committer,
            sink=MemorySink(),
            quarantine=MemoryStore(),
            api_key=KEY,
            tokens=tokens,
        )
        async with served(app) as url:
            yield World(story, url, pasta, burger)


def told_of(points: Any) -> tuple[int, int | None]:
    return points["balance"]["points"], points["change"]


async def refused(world: World, credential: str, query: str) -> str:
    """The one error's code."""
    async with world.follow(query, token=credential) as stream:
        answer = await stream.answer()
    [error] = answer["errors"]
    return error["extensions"]["code"]


async def test_points_come_as_they_change_at_the_guests_brand(world: World) -> None:
    async with world.follow(POINTS) as stream:
        first = await stream.next()
        assert told_of(first) == (90, None)
        assert first["customerNumber"] == await world.story.number(phone=PHONE)
        assert [row["brand"]["code"] for row in first["balance"]["byBrand"]] == ["pasta"]
        await world.story.take(order("26T12:00", "y-1", "burger", "50.00", ANN_AT_TILL))
        await stream.silent()
        await world.story.take(order("26T13:00", "y-2", "pasta", "10.00", ANN_AT_TILL))
        second = await stream.next()
        assert told_of(second) == (100, 10)
    await world.story.take(order("27T13:00", "y-3", "pasta", "5.00", ANN_AT_TILL))
    async with world.follow(POINTS, second["cursor"]) as again:
        assert told_of(await again.next()) == (105, 5)
        await again.silent()


async def test_a_profile_comes_when_what_the_brand_may_know_changes(world: World) -> None:
    async with world.follow(PROFILE) as stream:
        first = await stream.next()
        assert (first["customer"]["name"], first["customer"]["emails"]) == ("Ann Smith", [EMAIL])
        await world.story.take(order("28T12:00", "y-4", "burger", "20.00", ANN_AT_TILL))
        await stream.silent()  # another brand's visit is not theirs to hear of, though the same record made it
        await world.story.take(order("28T13:00", "y-5", "pasta", "3.00", ANN_AT_TILL))
        second = await stream.next()
        assert second["customer"]["rfm"]["visits"] == first["customer"]["rfm"]["visits"] + 1
    async with world.follow(PROFILE, second["cursor"]) as again:
        await again.silent()
    async with world.follow(PROFILE, first["cursor"]) as again:
        assert await again.next() == second


async def test_who_was_unmerged_follows_who_they_are_now(world: World) -> None:
    story, phone, token = world.story, "+12125550163", world.pasta.token("eve-1")
    stone = person("Eve", "Stone", phone=phone)
    await story.take(order("05T12:00", "e-1", "pasta", "40.00", stone))
    await story.take(event("identify", "app", "06T12:00", subject=person("Eve", "Stone", id_="eve-1", phone=phone)))
    both = (await story.ask(RECORDS, by={"phone": phone}))["customer"]
    [own] = [one["recordId"] for one in both["linkedIdentities"] if one["source"] == "app"]
    async with world.follow(POINTS, token=token) as points, world.follow(PROFILE, token=token) as profile:
        assert told_of(await points.next()) == (40, None)
        assert (await profile.next())["customer"]["number"] == both["number"]
        done = await story.ask(UNMERGE, of=both["number"], records=[own])
        assert done["customerUnmerge"]["userErrors"] == []
        now, alone = await points.next(), await profile.next()
        assert told_of(now) == (0, -40)
        mine = await world.ask(token, "{ me { number rfm { visits } } }")
        assert (now["customerNumber"], mine["rfm"]["visits"]) == (mine["number"], 0)
        assert (alone["customer"]["number"], alone["customer"]["rfm"]["visits"]) == (mine["number"], 0)
        await story.take(order("07T12:00", "e-2", "pasta", "8.00", stone))
        await points.silent()
        await profile.silent()
        bob = await story.number(card="B-55501")
        assert (await story.ask(MOVE, record=own, to=bob))["sourceRecordMove"]["userErrors"] == []
        assert told_of(await points.next()) == (600, 600)
        assert (await profile.next())["customer"]["number"] == bob
        await story.ask(UNMERGE, of=bob, records=[own])
        assert told_of(await points.next()) == (0, -600)
        assert (await profile.next())["customer"]["rfm"]["visits"] == 0


async def test_followers_of_their_own_cost_one_look(world: World) -> None:
    async def looks(*tokens: str) -> int:
        if tokens:
            async with world.follow(PROFILE, token=tokens[0]) as stream:
                await stream.next()
                return await looks(*tokens[1:])
        before = world.story.database.round_trips
        async with world.follow(POINTS) as stream:
            await stream.next()
            await stream.silent()
        return world.story.database.round_trips - before

    one, several = await looks(world.ann), await looks(world.ann, world.pasta.token("eve-1"), world.ann, world.ann)
    assert abs(several - one) <= 8


async def test_who_is_no_guest_has_nobody_to_follow(world: World) -> None:
    made = make()
    limits: dict[str, Any] = {"brands": None, "sources": None, "stores": None, "expires_at": None}
    scopes = [ME_READ]
    await ServiceKeys(world.story.database).create(made.id, name="no-subject", hash_=made.hash, scopes=scopes, **limits)
    for credential in (made.text, KEY):
        for document in (POINTS, PROFILE):
            found = await refused(world, credential, document)
            assert found == "NOT_ALLOWED"
    for stranger in (world.pasta.token("nobody-knows"), world.burger.token("nobody-else"), world.pasta.token("web-1")):
        assert {await refused(world, stranger, document) for document in (POINTS, PROFILE)} == {"NOT_FOUND"}
