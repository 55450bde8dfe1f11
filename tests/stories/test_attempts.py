"""Ways to see somebody else's data or to forge who somebody is, each tried over HTTP, and each refused.

Ann is signed in with the app of the brand pasta. Bob is a guest of pasta, Carla of burger. The till is one of pasta's.

Tests resolvers.privacy.audit_entries too.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from api.app import create_app
from api.auth.jwks import KeySets
from api.auth.jwt_tokens import Tokens
from api.auth.key_ring import make
from graph.local import Running
from graph.service_keys import ServiceKeys
from ingest.parse import parse
from privacy.audit_log import AuditLog
from resolvers.access.roles import ROLES
from tests.api.provider import IdentityProvider, guests_of, running, staff_of
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import EMAIL, PHONE, SHARED_PHONE, Story, event, order, person, told

pytestmark = pytest.mark.neo4j
KEY = "the-administrators"
CARLA = "+12125550199"
OTHERS = ("Bob", "Jones", "Carla", "Diaz", SHARED_PHONE, CARLA, "B-55501", "600.00")


@dataclass
class World:
    """The service, a signed-in guest, and what an attacker may have got hold of."""

    story: Story
    client: httpx.AsyncClient
    guests: IdentityProvider
    staff: IdentityProvider
    till: str
    revoked: str
    ids: dict[str, str]
    sink: MemorySink

    async def ask(
        self,
        credential: str,
        query: str,
        variables: dict[str, Any] | None = None,
        accept: str = "application/json",
        **more: Any,
    ) -> httpx.Response:
        body = {"query": query, "variables": (self.ids | (variables or {})) if "$" in query else {}} | more
        headers = {"authorization": f"Bearer {credential}", "accept": accept}
        return await self.client.post("/graphql", json=body, headers=headers)

    @property
    def ann(self) -> str:
        return self.guests.token("app-1")

    async def told(self, credential: str, query: str, **variables: Any) -> Any:
        answer = (await self.ask(credential, query, variables)).json()
        assert "errors" not in answer, answer
        return answer["data"]


@pytest.fixture(scope="module")
async def world(neo4j_server: Running) -> AsyncGenerator[World]:
    async with (
        told(neo4j_server) as story,
        running() as guests,
        running() as staff,
        httpx.AsyncClient() as outside,
    ):
        await story.take(order("14T12:00", "o-c", "burger", "9.00", person("Carla", "Diaz", phone=CARLA)))
        known = [
            guests_of(guests),
            staff_of(staff),
        ]
        keys = KeySets(outside, keep_s=300)
        tokens = Tokens({one.issuer: one for one in known}, keys, story.reader, leeway_s=30)
        sink = MemorySink()
        app = create_app(
            story.settings, parts=story.parts, sink=sink, quarantine=MemoryStore(), api_key=KEY, tokens=tokens
        )
        till, revoked = make(), make()
        limits: dict[str, Any] = {"brands": ["pasta"], "sources": ["pos"], "stores": ["s-1"], "expires_at": None}
        for made in (till, revoked):
            scopes = sorted(ROLES["till"].scopes)
            await ServiceKeys(story.database).create(made.id, name="till", hash_=made.hash, scopes=scopes, **limits)
        await ServiceKeys(story.database).revoke(revoked.id)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars") as client:
            world = World(story, client, guests, staff, till.text, revoked.text, {}, sink)
            world.ids = await ids_of(world)
            yield world


async def ids_of(world: World) -> dict[str, str]:
    """What an attacker may have seen somewhere: numbers, global ids and cursors of others, and of Ann."""
    document = """query($by: CustomerBy!) { customer(by: $by) { id number formerNumbers linkedIdentities { recordId }
      transactions(first: 1) { edges { cursor node { id } } } } }"""
    found: dict[str, str] = {}
    by = {"ann": {"phone": PHONE}, "bob": {"card": "B-55501"}, "carla": {"phone": CARLA}}
    for name, one in by.items():
        customer = (await world.told(KEY, document, by=one))["customer"]
        [edge] = customer["transactions"]["edges"]
        found |= {
            name: customer["number"],
            f"{name}Id": customer["id"],
            f"{name}Record": customer["linkedIdentities"][0]["recordId"],
            f"{name}Order": edge["node"]["id"],
            f"{name}Cursor": edge["cursor"],
        }
        if customer["formerNumbers"]:
            found[f"{name}Former"] = customer["formerNumbers"][0]
    pages = '{ customer(by: {phone: "%s"}) { transactions { edges { node { id brand { code } } } } } }' % PHONE  # noqa: UP031
    rows = (await world.told(KEY, pages))["customer"]["transactions"]["edges"]
    found["annBurger"] = next(row["node"]["id"] for row in rows if row["node"]["brand"]["code"] == "burger")
    return found


ATTEMPTS: dict[str, dict[str, dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("attempts.yaml").read_text("utf-8")
)
BY_A_GUEST, BY_A_TILL = (
    {name: (one["document"], one.get("answers", "NOT_ALLOWED")) for name, one in ATTEMPTS[who].items()}
    for who in ("guest", "till")
)


async def refused(world: World, credential: str, query: str, code: str | None) -> None:
    # The administrator asks first, so that what is known of the document is known of it as theirs.
    if not query.startswith("mutation"):
        for _ in range(2):
            await world.ask(KEY, query)
    before = len(world.sink.events)
    if query.startswith("subscription"):
        answer = await world.ask(credential, query, accept="text/event-stream")
        [line] = [line for line in answer.text.splitlines() if line.startswith("data: {")]
        content = json.loads(line.removeprefix("data: "))
    else:
        answer = await world.ask(credential, query)
        content = answer.json()
    assert len(world.sink.events) == before
    if code is None:
        assert "errors" not in content, content
        assert list(content["data"].values()) == [None]
    else:
        assert {error["extensions"]["code"] for error in content["errors"]} == {code}
        assert not any(value for name, value in (content.get("data") or {}).items() if name != "me"), content
    assert not [word for word in OTHERS if word in answer.text]


@pytest.mark.parametrize("attempt", BY_A_GUEST)
async def test_by_a_guest(world: World, attempt: str) -> None:
    await refused(world, world.ann, *BY_A_GUEST[attempt])


@pytest.mark.parametrize("attempt", BY_A_TILL)
async def test_by_a_till(world: World, attempt: str) -> None:
    await refused(world, world.till, *BY_A_TILL[attempt])


def test_there_are_forty_attempts_at_least() -> None:
    assert len(BY_A_GUEST) + len(BY_A_TILL) >= 40


async def test_what_a_guest_may(world: World) -> None:
    document = """{ me { number name emails lifetimeSpend { amount }
      transactions { edges { node { brand { code } } } } } brands { code } }"""
    found = await world.told(world.ann, document)
    assert found["me"]["number"] == world.ids["ann"]
    assert found["me"]["emails"] == [EMAIL]
    assert {row["node"]["brand"]["code"] for row in found["me"]["transactions"]["edges"]} == {"pasta"}
    assert await world.told(world.guests.token("nobody-knows"), "{ me { number } }") == {"me": None}
    assert await world.told(world.guests.token("web-1"), "{ me { number } }") == {"me": None}


async def test_cursors_of_others_show_her_own_orders_only(world: World) -> None:
    own = await world.told(world.ann, "{ me { transactions { edges { node { id } } } } }")
    ids = {row["node"]["id"] for row in own["me"]["transactions"]["edges"]}
    for name in ("bobCursor", "carlaCursor"):
        document = "query($c: String) { me { transactions(after: $c) { edges { node { id } } } } }"
        found = await world.told(world.ann, document, c=world.ids[name])
        assert {row["node"]["id"] for row in found["me"]["transactions"]["edges"]} <= ids


def forged(world: World) -> dict[str, str]:
    guests, now = world.guests, int(time.time())
    key = guests.keys["RS256-1"][1]
    head, _, signature = guests.token("app-1").split(".")
    bob = guests.token("bob-1").split(".")[1]
    stranger = IdentityProvider(issuer=guests.issuer)
    return {
        "no signature": jwt.encode(guests.claims("app-1"), None, "none", headers={"kid": "RS256-1"}),
        "the public key as a secret": jwt.encode(
            guests.claims("app-1"), guests.public("RS256-1")["n"], "HS256", headers={"kid": "RS256-1"}
        ),
        "wrong issuer": guests.token("app-1", iss="https://evil.example"),
        "another known issuer": guests.token("app-1", iss=world.staff.issuer),
        "wrong audience": guests.token("app-1", aud="another"),
        "expired": guests.token("app-1", iat=now - 700, exp=now - 100),
        "not yet": guests.token("app-1", nbf=now + 600),
        "unknown kid": guests.token("app-1", headers={"kid": "nobody"}),
        "kid of a file": guests.token("app-1", headers={"kid": "../../../etc/passwd"}),
        "kid of a query": guests.token("app-1", headers={"kid": "' OR 1=1 --"}),
        "an own key in the header": stranger.token("app-1", headers={"jwk": stranger.public("RS256-1")}),
        "an own key of the same name": stranger.token("app-1"),
        "swapped subject": f"{head}.{bob}.{signature}",
        "another algorithm": jwt.encode(guests.claims("app-1"), key, "RS384", headers={"kid": "RS256-1"}),
        "staff without a role": world.staff.token("s", roles=["admin"]),
        "revoked key": world.revoked,
        "changed key": world.till[:-1] + ("A" if world.till[-1] != "A" else "B"),
        "another key's id": f"rg_{world.revoked[3:19]}_{world.till[20:]}",
        "half the administrator's key": KEY[:-1],
        "nothing": "",
    }


async def test_credentials_that_are_none(world: World) -> None:
    for name, credential in forged(world).items():
        for call in (
            world.ask(credential, "{ me { name } }"),
            world.client.post("/v1/events", json=[], headers={"authorization": f"Bearer {credential}"}),
            world.client.get("/metrics", headers={"x-api-key": credential}),
        ):
            answer = await call
            assert answer.status_code == 401, name


async def test_roles_in_a_guests_token_are_nothing(world: World) -> None:
    token = world.guests.token("app-1", roles=["crm", "agent", "admin"], scope="profile:read", brand="burger")
    await refused(world, token, *BY_A_GUEST["number"])
    found = await world.told(token, "{ me { transactions { edges { node { brand { code } } } } } }")
    assert {row["node"]["brand"]["code"] for row in found["me"]["transactions"]["edges"]} == {"pasta"}


async def test_by_other_doors(world: World) -> None:
    bearer = {"authorization": f"Bearer {world.ann}"}
    query = BY_A_GUEST["card"][0]
    got = await world.client.get("/graphql", params={"query": query}, headers=bearer)
    assert got.json()["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
    two = f"query A {{ me {{ number }} }} query B {query}"
    named = await world.ask(world.ann, two, operationName="B")
    assert named.json()["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
    persisted = {"persistedQuery": {"version": 1, "sha256Hash": hashlib.sha256(query.encode()).hexdigest()}}
    assert "errors" not in (await world.ask(KEY, query, extensions=persisted)).json()
    by_hash = await world.client.post("/graphql", json={"extensions": persisted}, headers=bearer)
    assert by_hash.json()["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"
    follow = {"query": "subscription($n: String!) { profileChanged(customer: $n) { customer { name } } }"}
    streamed = await world.client.post(
        "/graphql",
        json=follow | {"variables": {"n": world.ids["bob"]}},
        headers=bearer | {"accept": "text/event-stream"},
    )
    assert "NOT_ALLOWED" in streamed.text
    assert not [word for word in OTHERS if word in streamed.text]
    assert (await world.client.get("/metrics", headers=bearer)).status_code == 403
    assert (await world.client.get("/metrics", headers={"x-api-key": world.till})).status_code == 403
    metrics = await world.client.get("/metrics", headers={"x-api-key": KEY})
    assert list(text_string_to_metric_families(metrics.text))


async def test_identity_claims_are_believed_of_nobody_who_may_not_make_them(world: World) -> None:
    phone, card = {"phone": PHONE}, {"loyalty_card": "M-666"}
    claims = [
        event("identify", "pos", "25T10:00", subject={"identifiers": phone}),
        event("alias", "pos", "25T10:00", subject={"identifiers": phone}, previous={"identifiers": {"device_id": "d"}}),
        order("25T10:00", "x-1", "pasta", "1.00", {"identifiers": phone | card}) | {"source": "pos"},
        order("25T10:00", "x-2", "pasta", "1.00", {"id": "m-1", "identifiers": phone}) | {"source": "pos"},
        order("25T10:00", "x-3", "burger", "1.00", {"identifiers": phone}) | {"source": "pos"},
        order("25T10:00", "x-4", "pasta", "1.00", {"identifiers": phone}, store="s-2") | {"source": "pos"},
        order("25T10:00", "x-5", "pasta", "1.00", {"identifiers": phone}),
    ]
    for claim in claims:
        parse(claim)
    bearer = {"authorization": f"Bearer {world.till}"}
    answer = (await world.client.post("/v1/events", json=claims, headers=bearer)).json()
    assert (answer["accepted"], len(answer["refused"])) == (0, len(claims))
    good = order("25T10:00", "x-6", "pasta", "1.00", {"identifiers": phone}) | {"source": "pos"}
    assert (await world.client.post("/v1/events", json=[good], headers=bearer)).json()["accepted"] == 1
    before = len(world.sink.events)
    segment = {"type": "identify", "userId": "app-1", "traits": {"email": "mallory@example.org"}}
    await world.client.post("/v1/identify", json=segment, auth=(f"{world.till}.app", ""))
    await world.client.post("/v1/identify", json=segment, auth=(f"{world.till}.pos", ""))
    assert len(world.sink.events) == before
    for credential in (world.ann, world.staff.token("a", roles=["crm"])):
        sent = await world.client.post("/v1/events", json=[good], headers={"authorization": f"Bearer {credential}"})
        assert sent.status_code == 403
    assert await world.story.number(phone=PHONE) == world.ids["ann"] != world.ids["bob"]


async def test_every_read_in_clear_and_every_write_is_noted(world: World) -> None:
    agent, officer = world.staff.token("agent-7", roles=["crm"]), world.staff.token("dpo-1", roles=["dpo"])
    log = AuditLog(world.story.database, world.story.vault)
    before = (await log.verify()).entries
    document = "query($ann: String!) { customer(by: {customerNumber: $ann}) { name } }"
    headers = {"authorization": f"Bearer {agent}", "x-purpose": "ticket-4711"}
    for _ in range(2):  # the second time by the fast path
        body = {"query": document, "variables": {"ann": world.ids["ann"]}}
        assert "Ann" in (await world.client.post("/graphql", json=body, headers=headers)).text
    await world.ask(world.till, document)  # masked: nothing in clear
    await world.ask(agent, "{ brands { code } }")
    merge = BY_A_GUEST["merge, only a preview"][0]
    await world.told(agent, merge, ann=world.ids["ann"], bob=world.ids["bob"])
    query = """query($n: String) { auditLog(customer: $n, first: 3) { edges { node {
      actor kind action what why customers } } } }"""
    found = [row["node"] for row in (await world.told(officer, query, n=world.ids["ann"]))["auditLog"]["edges"]]
    assert (await log.verify()).entries == before + 3
    [write, *reads] = found
    assert (write["action"], write["what"]) == ("write", ["customerMerge"])
    assert set(write["customers"]) == {world.ids["ann"], world.ids["bob"]}
    for read in reads:
        assert (read["action"], read["what"], read["why"]) == ("read", ["customer"], "ticket-4711")
        assert (read["kind"], read["customers"]) == ("staff", [world.ids["ann"]])
        assert "agent-7" not in read["actor"]
    everything = str(await log.page(None, 1_000))
    assert not [word for word in (*OTHERS, EMAIL, PHONE, "Smith", "agent-7") if word in everything]
    wrong = await world.client.post(
        "/graphql", json={"query": "{ __typename }"}, headers=headers | {"x-purpose": "Ann Smith called"}
    )
    assert wrong.status_code == 400
