"""What a signed-in guest follows and changes: the person that the guest's own record belongs to, and nobody else.

Ann signs in with the app of the brand pasta; its tokens, and those of burger's app, are real ones. What guests answer
goes through the real intake.

Tests resolvers.customer.profile_state too.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.auth.jwks import KeySets
from api.auth.jwt_tokens import Tokens
from api.auth.key_ring import make
from domain.errors import Overloaded
from domain.events import ConsentChanged, Event, Subject
from graph.local import Running
from graph.service_keys import ServiceKeys
from identity.sender_rights import ALL_RIGHTS, SenderRights
from ingest.delivery import EventOutcome
from ingest.intake import Intake, open_intake
from privacy.audit_log import AuditLog
from resolvers.access.caller import GROUP_READ, GUEST_SCOPES
from resolvers.privacy import consent
from tests.api.following import EVERY_S, Following, following
from tests.api.provider import IdentityProvider, guests_of, running
from tests.api.serving import KEY, served
from tests.kit.memory import MemoryStore
from tests.kit.story import ANN_AT_TILL, EMAIL, PHONE, Story, event, order, person, told
from tests.kit.waiting import LONG_S

pytestmark = pytest.mark.neo4j

POINTS = """subscription($after: String) { myPointsChanged(after: $after) { cursor customerNumber change
  balance { points byBrand { brand { code } } } } }"""
PROFILE = """subscription($after: String) { myProfileChanged(after: $after) { cursor
  customer { number name emails rfm { visits } consents { purpose granted } } } }"""
SET = """mutation($purpose: String!, $granted: Boolean!, $id: ID) {
  myConsentSet(purpose: $purpose, granted: $granted, requestId: $id) {
    me { number consents { purpose granted } } userErrors { code message field } } }"""
UNMERGE = """mutation($of: String!, $records: [ID!]!) {
  customerUnmerge(customer: $of, records: $records, signature: {reason: "another"}) { userErrors { code } } }"""
MOVE = """mutation($record: ID!, $to: String!) {
  sourceRecordMove(record: $record, customer: $to, signature: {reason: "hers"}) { userErrors { code } } }"""
RECORDS = "query($by: CustomerBy!) { customer(by: $by) { number linkedIdentities { source recordId } } }"


@dataclass
class Spied:
    """The intake, and what it was sent with what became of it; `fault` is raised once."""

    intake: Intake
    events: list[Event] = field(default_factory=list[Event])
    outcomes: list[str] = field(default_factory=list[str])
    fault: Exception | None = None

    async def submit(self, events: Sequence[Event], rights: SenderRights = ALL_RIGHTS) -> list[EventOutcome]:
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        outcomes = await self.intake.submit(events, rights)
        self.events += events
        self.outcomes += [outcome.status for outcome in outcomes]
        return outcomes


@dataclass
class World:
    story: Story
    url: str
    pasta: IdentityProvider
    burger: IdentityProvider
    sink: Spied

    @property
    def ann(self) -> str:
        return self.pasta.token("app-1")

    async def post(self, credential: str, query: str, **variables: Any) -> httpx.Response:
        headers = {"authorization": f"Bearer {credential}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, timeout=LONG_S) as client:
            return await client.post("/graphql", json={"query": query, "variables": variables})

    async def ask(self, credential: str, query: str, **variables: Any) -> Any:
        content = (await self.post(credential, query, **variables)).json()
        assert "errors" not in content, content
        [found] = content["data"].values()
        return found

    async def consents(self, credential: str, purpose: str, granted: bool, id_: str | None = None) -> dict[str, bool]:
        """What holds for the guest after an answer that is taken."""
        answer = await self.ask(credential, SET, purpose=purpose, granted=granted, id=id_)
        assert answer["userErrors"] == []
        return {one["purpose"]: one["granted"] for one in answer["me"]["consents"]}

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
        open_intake(story.committer, story.reader, story.settings) as intake,
    ):
        known = [guests_of(pasta), guests_of(burger, brand="burger", source="burger-app")]
        tokens = Tokens({one.issuer: one for one in known}, KeySets(outside, keep_s=300), story.reader, leeway_s=30)
        sink = Spied(intake)
        app = create_app(
            story.settings.model_copy(update={"feed_every_s": EVERY_S, "environment": "production"}),
            parts=story.parts,
            sink=sink,
            quarantine=MemoryStore(),
            api_key=KEY,
            tokens=tokens,
        )
        async with served(app) as url:
            yield World(story, url, pasta, burger, sink)


def told_of(points: Any) -> tuple[int, int | None]:
    return points["balance"]["points"], points["change"]


async def refused(world: World, credential: str, query: str, **variables: Any) -> str:
    """The one error's code, of a mutation or a stream."""
    if query.startswith("subscription"):
        async with world.follow(query, token=credential) as stream:
            answer = await stream.answer()
    else:
        answer = (await world.post(credential, query, **variables)).json()
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


async def test_who_is_no_guest_has_nobody_to_follow_or_answer_for(world: World) -> None:
    made = make()
    limits: dict[str, Any] = {"brands": None, "sources": None, "stores": None, "expires_at": None}
    scopes = sorted({*GUEST_SCOPES, GROUP_READ})
    await ServiceKeys(world.story.database).create(made.id, name="no-subject", hash_=made.hash, scopes=scopes, **limits)
    before = len(world.sink.events)
    for credential in (made.text, KEY):
        for document in (POINTS, PROFILE, SET):
            found = await refused(world, credential, document, purpose="sms", granted=True)
            assert found == "NOT_ALLOWED"
    for stranger in (world.pasta.token("nobody-knows"), world.burger.token("nobody-else"), world.pasta.token("web-1")):
        assert {await refused(world, stranger, document) for document in (POINTS, PROFILE)} == {"NOT_FOUND"}
    assert len(world.sink.events) == before


async def test_an_answer_is_an_event_of_the_guests_own_record(world: World) -> None:
    number = await world.story.number(phone=PHONE)
    feed = "{ identityChanges(first: 100) { edges { cursor } } }"
    before = await world.story.ask(feed)
    async with world.follow(PROFILE) as stream:
        await stream.next()
        assert (await world.consents(world.ann, "sms", True))["sms"] is True
        told = (await stream.next())["customer"]
        assert {"purpose": "sms", "granted": True} in told["consents"]
    sent = world.sink.events[-1]
    assert isinstance(sent, ConsentChanged)
    assert (sent.source, sent.brand, sent.subject) == ("app", "pasta", Subject(id="app-1"))
    assert (await world.ask(world.ann, "{ me { number } }"))["number"] == number
    assert await world.story.ask(feed) == before


async def test_a_refusal_elsewhere_holds(world: World) -> None:
    no = {"purpose": "push", "granted": False}
    await world.story.take(event("consent.changed", "till", "28T14:00", subject=ANN_AT_TILL, consent=no))
    assert (await world.consents(world.ann, "push", True))["push"] is False
    assert (await world.consents(world.ann, "email", True))["email"] is True
    assert (await world.consents(world.ann, "email", False))["email"] is False


async def test_sent_again_it_does_nothing_more(world: World) -> None:
    assert (await world.consents(world.ann, "post", True, "r-1"))["post"] is True
    assert (await world.consents(world.ann, "post", False, "r-2"))["post"] is False
    assert (await world.consents(world.ann, "post", True, "r-1"))["post"] is False
    assert world.sink.outcomes[-3:] == ["accepted", "accepted", "duplicate"]
    # The id is the guest's own, and another answer under it is another one.
    assert (await world.consents(world.ann, "fax", True, "r-2"))["fax"] is True
    assert (await world.consents(world.pasta.token("eve-1"), "post", True, "r-1"))["post"] is True
    assert world.sink.outcomes[-2:] == ["accepted", "accepted"]


async def test_another_brands_token_answers_for_its_own_guest(world: World) -> None:
    other = world.burger.token("app-1")  # the same subject, of another provider
    assert {await refused(world, other, document) for document in (POINTS, PROFILE)} == {"NOT_FOUND"}
    assert (await world.consents(world.ann, "call", True))["call"] is True
    theirs = await world.ask(other, SET, purpose="call", granted=False)
    assert theirs["me"]["number"] != await world.story.number(phone=PHONE)
    mine = await world.ask(world.ann, "{ me { consents { purpose granted } } }")
    assert {"purpose": "call", "granted": True} in mine["consents"]


async def test_a_subject_does_not_become_somebody_elses(world: World) -> None:
    before = len(world.sink.events)
    for subject in (" app-1", "app-1\n", "app-1\u00a0"):
        token = world.pasta.token(subject)
        assert await world.ask(token, "{ me { number } }") is None
        answer = (await world.post(token, SET, purpose="sms", granted=False)).json()
        assert "errors" in answer or answer["data"]["myConsentSet"]["me"] is None
    assert len(world.sink.events) == before


async def test_an_answer_may_come_before_all_else(world: World) -> None:
    token = world.pasta.token("new-1")
    assert await world.ask(token, "{ me { number } }") is None
    assert await world.consents(token, "email", True) == {"email": True}
    assert (await world.ask(token, "{ me { known name emails } }")) == {"known": False, "name": None, "emails": []}


async def test_what_is_no_answer(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = len(world.sink.events)
    for variables, code, place in (
        ({"purpose": "E-mails, please"}, "INVALID_INPUT", ["purpose"]),
        ({"purpose": ""}, "INVALID_INPUT", ["purpose"]),
        ({"purpose": "x" * 65}, "INVALID_INPUT", ["purpose"]),
        ({"purpose": "sms", "id": "x" * 101}, "INVALID_INPUT", []),
    ):
        answer = await world.ask(world.ann, SET, granted=True, **variables)
        [error] = answer["userErrors"]
        assert (answer["me"], error["code"], error["field"]) == (None, code, place), variables
        assert "please" not in error["message"]
    monkeypatch.setattr(consent, "MAX_PURPOSES", 1)
    [error] = (await world.ask(world.ann, SET, purpose="one-more", granted=True))["userErrors"]
    assert error["code"] == "TOO_LARGE"
    assert len(world.sink.events) == before
    assert (await world.consents(world.ann, "sms", True))["sms"] is True  # it has an answer already


async def test_where_it_cannot_be_taken_it_is_told_so(world: World) -> None:
    world.sink.fault = Overloaded("Too many events are waiting to be written.", retry_after=2)
    answer = await world.post(world.ann, SET, purpose="sms", granted=True)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert answer.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"


async def test_an_answer_is_in_the_audit_log(world: World) -> None:
    log, number = AuditLog(world.story.database, world.story.vault), await world.story.number(phone=PHONE)
    await world.consents(world.ann, "sms", False)
    sent = (await log.page(None, 1, customer=number))[0].content
    assert (sent["kind"], sent["action"], sent["what"], sent["count"]) == ("guest", "send", ["consent.changed"], 1)
    written = (await log.page(None, 2, actor=sent["actor"]))[1].content
    assert (written["action"], written["what"]) == ("write", ["myConsentSet"])
    everything = str(await log.page(None, 1_000))
    assert not [word for word in ("app-1", PHONE, EMAIL) if word in everything]
