"""Enrolments through the schema: who may, what is shown of a guest, and what is not.

Tests resolvers.customer.loyalty.membership and resolvers.loyalty.enrolment_requests too.
"""

from __future__ import annotations

from typing import Any

import pytest

from api.cost_bucket import MemoryBucket
from domain.errors import Throttled
from ingest.enrolments import Enrolled, enrolment_event
from privacy.audit_log import AuditLog
from resolvers.access.caller import (
    ALL_SCOPES,
    EVENT_WRITE,
    IDENTITY_CLAIM,
    LOYALTY_CARDS,
    LOYALTY_ENROL,
    PROFILE_FIND,
    PROFILE_READ,
    Caller,
)
from resolvers.access.roles import ROLES
from resolvers.bounds.lookups import Lookups
from resolvers.context import Context
from resolvers.loyalty.enrolment_requests import enrolled
from tests.kit.story import CARD, EMAIL, NOW, PHONE, Story

pytestmark = pytest.mark.neo4j

ENROL = """mutation($id: ID!, $by: CustomerBy, $email: String, $phone: String, $given: String, $card: String,
    $store: String, $brand: String, $consents: [String!]) {
  done: memberEnrol(requestId: $id, customer: $by, email: $email, phone: $phone, givenName: $given, card: $card,
      store: $store, brand: $brand, channel: IN_STORE, consents: $consents) {
    customerNumber membership { ...Member } userErrors { code message } } }
fragment Member on Membership { since brand { code } store channel }"""
SHOWN = """query($by: CustomerBy!) { done: customer(by: $by) { number loyaltyBalance { points }
  loyaltyMembership { ...Member } consents { purpose granted } } }
fragment Member on Membership { since brand { code } store channel }"""
BLIND = "mutation($id: ID!, $email: String) { done: memberEnrol(requestId: $id, email: $email) { customerNumber %s } }"
SILENT = Caller("silent", frozenset((LOYALTY_ENROL, IDENTITY_CLAIM)))
TILL = Caller("till", ROLES["till"].scopes)
BURGER = Caller("burger", ROLES["till"].scopes, brands=frozenset({"burger"}), sources=frozenset({"till"}))


async def ask(story: Story, document: str, caller: Caller | None = None, **variables: Any) -> Any:
    result = await story.run(document, caller or Caller("agent", ALL_SCOPES), variables)
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data["done"]


async def refused(story: Story, caller: Caller | None = None, **variables: Any) -> str:
    """The code of the one error, wherever it stands."""
    result = await story.run(ENROL, caller or Caller("agent", ALL_SCOPES), variables)
    if result.errors:
        [shown] = story.shown(result)
        return shown["extensions"]["code"]
    payload = (result.data or {})["done"]
    assert payload["customerNumber"] is payload["membership"] is None
    [error] = payload["userErrors"]
    return error["code"]


async def test_a_new_guest_joins_once_and_everybody_with_the_scopes_sees_since_when(story: Story) -> None:
    before = story.database.round_trips
    new = {"email": "new@enrol.example", "phone": "+12125550888", "given": "Nora", "consents": ["marketing_email"]}
    done = await ask(story, ENROL, id="e-1", store="s-1", **new)
    assert story.database.round_trips - before == 10  # the store's brand, a commit in eight, and the guest
    member = {"since": "2026-04-01T00:00:00Z", "brand": {"code": "pasta"}, "store": "s-1", "channel": "IN_STORE"}
    assert (done["membership"], done["userErrors"]) == (member, [])
    assert await ask(story, ENROL, id="e-1", store="s-1", **new) == done
    assert await refused(story, id="e-1", email="other@enrol.example") == "CONFLICT"
    assert await ask(story, ENROL, id="e-2", email=new["email"], store="s-1") == done
    shown = await ask(story, SHOWN, by={"phone": new["phone"]})
    assert (shown["number"], shown["loyaltyMembership"]) == (done["customerNumber"], member)
    assert shown["consents"] == [{"purpose": "marketing_email", "granted": True}]


async def test_a_known_guest_joins_and_has_what_was_bought_before(story: Story) -> None:
    before = await ask(story, SHOWN, by={"email": EMAIL})
    assert (before["loyaltyMembership"], before["loyaltyBalance"]["points"] > 0) == (None, True)
    for at, named in enumerate(({"by": {"card": CARD}}, {"email": EMAIL}, {"phone": PHONE})):
        done = await ask(story, ENROL, id=f"k-{at}", **named)
        assert (done["customerNumber"], done["userErrors"]) == (before["number"], [])
    after = await ask(story, SHOWN, by={"email": EMAIL})
    assert after["loyaltyMembership"]["since"] == "2026-04-01T00:00:00Z"
    assert after["loyaltyBalance"] == before["loyaltyBalance"]
    assert await refused(story, id="k-9", by={"email": "nobody@enrol.example"}) == "NOT_FOUND"


async def test_who_may_not_look_guests_up_learns_nothing_of_them(story: Story) -> None:
    nothing, trips = {"customerNumber": None, "userErrors": []}, set[int]()
    for at, email in enumerate((EMAIL, "zed@enrol.example")):
        for again in (False, True):
            before = story.database.round_trips
            assert await ask(story, BLIND % "userErrors { code }", SILENT, id=f"s-{at}", email=email) == nothing
            trips |= {story.database.round_trips - before} if again else set()
    assert len(trips) == 1
    assert await refused(story, SILENT, id="s-3", by={"email": EMAIL}) == "NOT_ALLOWED"
    reads = Caller("reads", frozenset((LOYALTY_ENROL, PROFILE_READ)))
    seen = await ask(story, BLIND % "membership { since }", reads, id="s-4", email=EMAIL)
    assert seen == {"customerNumber": None, "membership": None}


async def test_who_enrols_nobody_whom_the_service_knows_has_to_wait(story: Story) -> None:
    lookups = Lookups(AuditLog(story.database, story.vault), MemoryBucket(2, 1, clock=lambda: 0.0), clock=lambda: 0.0)

    async def enrol(email: str, caller: Caller) -> Enrolled:
        context = Context(story.parts, story.settings, caller, now=NOW, lookups=lookups)
        return await enrolled(context, enrolment_event(f"w-{email}-{caller.name}", NOW, "asked", email=email), "x")

    for email, known in ((EMAIL, True), ("wei@enrol.example", False), ("wei@enrol.example", True)):
        assert (await enrol(email, TILL)).known is known
    assert not (await enrol("yan@enrol.example", TILL)).known
    with pytest.raises(Throttled):
        await enrol("zoe@enrol.example", TILL)
    await enrol("zoe@enrol.example", SILENT)  # it learns nothing by it


async def test_a_key_of_one_brand_sees_its_own_enrolment_and_not_the_place_of_another(story: Story) -> None:
    number = (await ask(story, ENROL, id="b-1", by={"phone": PHONE}, brand="pasta"))["customerNumber"]
    own = await ask(story, ENROL, BURGER, id="b-2", email="brand@enrol.example")
    assert own["membership"]["brand"] == {"code": "burger"}
    shown = await ask(story, SHOWN, BURGER, by={"customerNumber": number})
    member = shown["loyaltyMembership"]
    assert member is None or (member["brand"], member["store"], member["channel"]) == (None, None, None)
    assert await refused(story, BURGER, id="b-3", email="x@enrol.example", brand="pasta") == "NOT_ALLOWED"
    assert await refused(story, BURGER, id="b-4", email="x@enrol.example", store="s-1") == "NOT_ALLOWED"
    stores = Caller("one-store", ROLES["till"].scopes, stores=frozenset({"s-2"}))
    assert await refused(story, stores, id="b-5", email="x@enrol.example", store="s-1") == "NOT_ALLOWED"
    assert await refused(story, stores, id="b-6", email="x@enrol.example") == "NOT_ALLOWED"


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"email": "no address"},
        {"phone": "12"},
        {"email": "a@enrol.example", "store": "s-9"},
        {"email": "a@enrol.example", "store": "s-1", "brand": "burger"},
        {"email": "a@enrol.example", "given": "x" * 201},
        {"email": "a@enrol.example", "consents": ["Not A Purpose"]},
        {"email": "a@enrol.example", "consents": ["a"] * 11},
        {"email": "a@enrol.example", "consents": ["cross_brand_profile"]},
        {"email": "a@enrol.example", "card": "4111 1111 1111 1111"},
        {"by": {"email": EMAIL}, "given": "Ann"},
    ],
)
async def test_what_is_no_enrolment(story: Story, said: dict[str, Any]) -> None:
    assert await refused(story, id=f"n-{said}"[:100], **said) == "INVALID_INPUT"


async def test_each_thing_needs_its_scope(story: Story) -> None:
    both = {"email": "two@enrol.example", "phone": "+12125550999"}
    assert await refused(story, TILL, id="t-1", **both) == "NOT_ALLOWED"
    assert await refused(story, TILL, id="t-2", email=both["email"], card="P-1") == "NOT_ALLOWED"
    cards = Caller("cards", TILL.scopes | {LOYALTY_CARDS})
    assert await refused(story, cards, id="t-3", email=both["email"], card="P-1") == "NOT_ALLOWED"
    none = Caller("none", frozenset((EVENT_WRITE, PROFILE_READ, PROFILE_FIND)))
    assert await refused(story, none, id="t-4", email=both["email"]) == "NOT_ALLOWED"
    done = await ask(story, ENROL, id="t-5", card="P-88001", **both)
    assert (await ask(story, SHOWN, by={"card": "P-88001"}))["number"] == done["customerNumber"]
