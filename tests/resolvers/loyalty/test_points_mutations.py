"""A guest's points are used, held and given back through the schema, by who may and only of what they may see.

It tests resolvers.loyalty.redemption_mutations, resolvers.loyalty.redemption_requests and
resolvers.loyalty.redemption_payload, too.
"""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.access.caller import (
    ALL_SCOPES,
    LOYALTY_REDEEM,
    ME_READ,
    ME_WRITE,
    PROFILE_FIND,
    PROFILE_READ,
    Caller,
    CallerKind,
    Own,
)
from tests.kit.story import PRIVATE, Story, order, person

pytestmark = pytest.mark.neo4j

DONE = """ { ...Done } }
fragment Done on RedemptionPayload { customerNumber pointsLeft userErrors { code field message }
  redemption { id used held heldUntil lots { points lastDay brand { code } } } }"""
REDEEM = (
    """mutation($by: CustomerBy!, $points: Int!, $id: ID!, $brand: String) {
  done: pointsRedeem(customer: $by, points: $points, requestId: $id, brand: $brand)"""
    + DONE
)
HOLD = (
    """mutation($by: CustomerBy!, $points: Int!, $id: ID!, $seconds: Int!) {
  done: pointsHold(customer: $by, points: $points, requestId: $id, seconds: $seconds)"""
    + DONE
)
FOLLOW = (
    """mutation($of: ID!, $points: Int, $id: ID!) {
  done: %s(redemption: $of, points: $points, requestId: $id)"""
    + DONE
)
MINE = "mutation($points: Int!, $id: ID!) { done: myPointsRedeem(points: $points, requestId: $id)" + DONE
BALANCE = """query($by: CustomerBy!) { customer(by: $by) { loyaltyBalance { points held expired lots { points lastDay }
  entries(first: 20) { edges { node { points kind account reason redemptionId transactionId lastDay } } } } } }"""
TILL = frozenset((PROFILE_READ, PROFILE_FIND, LOYALTY_REDEEM))


class Guest:
    """A guest of both brands with 30 points of pasta and 20 of burger, and what is asked about the guest."""

    def __init__(self, story: Story, card: str) -> None:
        self.story, self.by = story, {"card": card}

    async def ask(self, document: str, caller: Caller | None = None, **variables: Any) -> Any:
        caller = caller or Caller("test", ALL_SCOPES)
        variables = ({"by": self.by} if "$by" in document else {}) | variables
        result = await self.story.run(document, caller, variables)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data.get("done") or result.data["customer"]

    async def balance(self) -> Any:
        return (await self.ask(BALANCE))["loyaltyBalance"]


@pytest.fixture
async def guest(story: Story, request: pytest.FixtureRequest) -> Guest:
    name = request.node.name.removeprefix("test_")[:40]
    who = person("Gwen", "Poole", loyalty_card=f"P-{name}")
    await story.take(
        order("05T12:00", f"p-{name}", "pasta", "30.00", who), order("06T12:00", f"b-{name}", "burger", "20.00", who)
    )
    return Guest(story, f"P-{name}")


def codes(payload: Any) -> list[tuple[str, list[str]]]:
    assert payload["redemption"] is None
    return [(error["code"], error["field"]) for error in payload["userErrors"]]


async def test_points_are_used_once_and_every_entry_says_for_what(guest: Guest) -> None:
    asked = {"points": 35, "id": "r-1", "brand": "pasta"}
    first = await guest.ask(REDEEM, **asked)
    again = await guest.ask(REDEEM, **asked)
    assert first == again
    assert (first["pointsLeft"], first["redemption"]["used"], first["redemption"]["held"]) == (15, 35, 0)
    assert [(lot["brand"]["code"], lot["points"]) for lot in first["redemption"]["lots"]] == [
        ("burger", 20),
        ("pasta", 15),
    ]
    assert {lot["lastDay"] for lot in first["redemption"]["lots"]} == {"2027-03-31"}
    assert codes(await guest.ask(REDEEM, **asked | {"points": 34})) == [("CONFLICT", [])]
    balance = await guest.balance()
    entries = [edge["node"] for edge in balance["entries"]["edges"]]
    assert balance["points"] == 15 == sum(entry["points"] for entry in entries)
    used = [entry for entry in entries if entry["kind"] == "REDEEM"]
    assert {(entry["account"], entry["reason"], entry["redemptionId"]) for entry in used} == {
        ("REDEEMED", "points.redeem", first["redemption"]["id"])
    }
    assert all(entry["transactionId"] is None for entry in used)


async def test_a_hold_is_seen_captured_and_given_back(guest: Guest) -> None:
    held = await guest.ask(HOLD, points=40, id="h-1", seconds=600)
    assert held["redemption"]["heldUntil"] == "2026-04-01T00:10:00+00:00"
    balance = await guest.balance()
    assert (balance["points"], balance["held"]) == (10, 40)
    of = held["redemption"]["id"]
    captured = await guest.ask(FOLLOW % "redemptionCapture", of=of, points=25, id="c-1")
    assert (captured["pointsLeft"], captured["redemption"]["used"], captured["redemption"]["held"]) == (25, 25, 0)
    back = await guest.ask(FOLLOW % "redemptionReverse", of=of, points=None, id="v-1")
    assert (back["pointsLeft"], back["redemption"]["used"]) == (50, 0)
    assert codes(await guest.ask(FOLLOW % "redemptionRelease", of=of, points=None, id="l-1")) == [("INVALID_INPUT", [])]


@pytest.mark.parametrize("follow", ["redemptionCapture", "redemptionRelease", "redemptionReverse"])
async def test_the_audit_log_names_the_guest_of_a_redemption(guest: Guest, follow: str) -> None:
    if follow == "redemptionReverse":
        begun = await guest.ask(REDEEM, points=5, id=f"n-{follow}")
    else:
        begun = await guest.ask(HOLD, points=5, id=f"n-{follow}", seconds=600)
    variables = {"of": begun["redemption"]["id"], "points": None, "id": f"f-{follow}"}
    result = await guest.story.run(FOLLOW % follow, Caller("till", TILL), variables, audited=True)
    assert result.data is not None
    assert result.data["done"]["customerNumber"] == begun["customerNumber"]
    assert (await guest.story.noted(follow))[-1:] == [[begun["customerNumber"]]]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"points": 51}, ("NOT_ENOUGH_POINTS", [])),
        ({"points": 0}, ("INVALID_INPUT", [])),
        ({"points": 1, "brand": "nowhere"}, ("INVALID_INPUT", [])),
        ({"points": 1, "id": "x" * 101}, ("INVALID_INPUT", [])),
        ({"points": 1, "by": {"card": "P-nobody"}}, ("NOT_FOUND", [])),
    ],
)
async def test_what_cannot_be_done_is_an_error_of_the_user(guest: Guest, asked: dict[str, Any], expected: Any) -> None:
    payload = await guest.ask(REDEEM, **{"id": "wrong"} | asked)
    assert codes(payload) == [expected]
    assert not any(word in str(payload) for word in PRIVATE)


async def test_a_limited_key_uses_what_it_sees_and_acts_for_its_brand(guest: Guest) -> None:
    till = Caller("till", TILL, brands=frozenset(("burger",)), sources=frozenset(("till",)))
    refused = await guest.ask(REDEEM, till, points=21, id="l-1")
    assert codes(refused) == [("NOT_ENOUGH_POINTS", [])]
    used = await guest.ask(REDEEM, till, points=5, id="l-2")
    assert used["pointsLeft"] == 15
    seen = (await guest.ask(BALANCE, till))["loyaltyBalance"]
    assert (seen["points"], [lot["points"] for lot in seen["lots"]]) == (15, [15])
    result = await guest.story.run(REDEEM, till, {"by": guest.by, "points": 1, "id": "l-3", "brand": "pasta"})
    assert [one["extensions"]["code"] for one in guest.story.shown(result)] == ["NOT_ALLOWED"]
    other = Caller("other", TILL, brands=frozenset(("pasta",)), sources=frozenset(("till",)))
    of = used["redemption"]["id"]
    assert codes(await guest.ask(FOLLOW % "redemptionReverse", other, of=of, points=None, id="l-4")) == [
        ("NOT_FOUND", [])
    ]
    assert (await guest.ask(FOLLOW % "redemptionReverse", till, of=of, points=None, id="l-5"))["pointsLeft"] == 20


async def test_a_request_that_is_sent_again_is_known_though_the_card_names_two_by_then(guest: Guest) -> None:
    first = await guest.ask(REDEEM, points=5, id="t-1")
    card = guest.by["card"]
    for id_, given, day in (("x-1", "Zelda", "1950-01-01"), ("x-2", "Yorick", "1990-02-02")):
        other = person(given, f"{given}son", id_=f"{id_}-{card}", loyalty_card=card)
        other["traits"]["birthDate"] = day
        await guest.story.take(order("07T12:00", f"{id_}-{card}", "pasta", "1.00", other))
    assert (await guest.ask(REDEEM, points=5, id="t-1"))["redemption"]["id"] == first["redemption"]["id"]


async def test_who_used_the_points_pays_when_they_are_two_again(story: Story) -> None:
    """The example of docs/loyalty.md, as a till would cause it."""
    cards = {"ann": "P-ANN-1", "eve": "P-EVE-1"}
    for (name, card), total in zip(cards.items(), ("30.00", "50.00"), strict=True):
        who = person(name.title(), f"{name}son", id_=f"doc-{name}", loyalty_card=card)
        await story.take(order("05T12:00", f"doc-{name}", "pasta", total, who))
    ann, eve = Guest(story, cards["ann"]), Guest(story, cards["eve"])
    merge = """mutation($numbers: [String!]!) {
      customerMerge(customers: $numbers, signature: {reason: "one guest"}) { decisionId userErrors { message } } }"""
    numbers = [await story.number(card=card) for card in cards.values()]
    decision = (await story.ask(merge, numbers=numbers))["customerMerge"]["decisionId"]
    assert (await ann.ask(REDEEM, points=60, id="two-1"))["pointsLeft"] == 20
    undo = 'mutation($id: ID!) { decisionUndo(id: $id, signature: {reason: "two guests"}) { userErrors { message } } }'
    await story.ask(undo, id=decision)
    assert ((await ann.balance())["points"], (await eve.balance())["points"]) == (-30, 50)


async def test_a_guest_uses_own_points(story: Story) -> None:
    await story.take(order("05T12:00", "own-1", "pasta", "30.00", person("Olga", "Own", id_="olga")))
    key = story.reader.record_key("till", "olga")
    me = Caller(
        "guest", frozenset((ME_READ, ME_WRITE)), CallerKind.GUEST, frozenset(("pasta",)), frozenset(("till",)),
        subject=key, own=Own("till", "olga", "pasta"),
    )  # fmt: skip
    for _ in range(2):
        result = await story.run(MINE, me, {"points": 10, "id": "m-1"})
        assert result.errors is None
        assert result.data is not None
        assert (result.data["done"]["pointsLeft"], result.data["done"]["userErrors"]) == (20, [])
    result = await story.run(MINE, me, {"points": 21, "id": "m-2"})
    assert result.data is not None
    assert codes(result.data["done"]) == [("NOT_ENOUGH_POINTS", [])]
