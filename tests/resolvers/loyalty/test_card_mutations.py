"""Loyalty cards through the schema: issued, linked, replaced and blocked.

Tests resolvers.customer.loyalty.loyalty_cards too.
"""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.access.caller import (
    ALL_SCOPES,
    LOYALTY_CARDS,
    LOYALTY_REDEEM,
    PII_READ,
    PROFILE_FIND,
    PROFILE_READ,
    Caller,
)
from tests.kit.story import Story, order, person

pytestmark = pytest.mark.neo4j

DONE = "{ number customerNumber card { ...Card } userErrors { code message } } }"
CARD = "fragment Card on LoyaltyCard { display number since blockedAt reason replacedBy } "
ISSUE = CARD + "mutation($by: CustomerBy!, $id: ID!) { done: cardIssue(customer: $by, requestId: $id) " + DONE
LINK = (
    CARD
    + """mutation($by: CustomerBy!, $number: String!, $id: ID!) {
  done: cardLink(customer: $by, number: $number, requestId: $id) """
    + DONE
)
REPLACE = (
    CARD
    + """mutation($card: String!, $number: String, $id: ID!) {
  done: cardReplace(card: $card, number: $number, reason: LOST, requestId: $id) """
    + DONE
)
BLOCK = (
    CARD + "mutation($card: String!, $id: ID!) { done: cardBlock(card: $card, reason: STOLEN, requestId: $id) " + DONE
)
UNBLOCK = CARD + "mutation($card: String!, $id: ID!) { done: cardUnblock(card: $card, requestId: $id) " + DONE
CARDS = CARD + "query($by: CustomerBy!) { done: customer(by: $by) { number cards { ...Card } } }"
FIND = "query($by: CustomerBy!) { done: customer(by: $by) { number loyaltyBalance { points } } }"
REDEEM = """mutation($by: CustomerBy!, $id: ID!) { done: pointsRedeem(customer: $by, points: 5, requestId: $id) {
  pointsLeft userErrors { code } } }"""
TILL = Caller("till", frozenset((PROFILE_READ, PROFILE_FIND, LOYALTY_REDEEM)))


class Desk:
    """Who asks about cards."""

    def __init__(self, story: Story) -> None:
        self.story = story

    async def ask(self, document: str, caller: Caller | None = None, **variables: Any) -> Any:
        result = await self.story.run(document, caller or Caller("agent", ALL_SCOPES), variables)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data["done"]

    async def refused(self, document: str, **variables: Any) -> str:
        payload = await self.ask(document, **variables)
        assert payload["number"] is payload["card"] is payload["customerNumber"] is None
        [error] = payload["userErrors"]
        return error["code"]

    async def guest(self, name: str, **identifiers: str) -> dict[str, Any]:
        """A guest of 30 points, named by an e-mail address."""
        email = f"{name}@example.org"
        await self.story.take(
            order("05T12:00", f"c-{name}", "pasta", "30.00", person(name, "Poole", email=email, **identifiers))
        )
        return {"email": email}


@pytest.fixture
def desk(story: Story) -> Desk:
    return Desk(story)


async def test_an_issued_card_is_the_guests_at_once_and_its_request_gives_no_second_one(desk: Desk) -> None:
    by = await desk.guest("ida")
    before = desk.story.database.round_trips
    issued = await desk.ask(ISSUE, by=by, id="i-1")
    assert desk.story.database.round_trips - before == 8  # finds the guest, commits in six, shows the card
    number = issued["number"]
    assert (issued["card"]["blockedAt"], issued["userErrors"]) == (None, [])
    assert issued["card"]["number"] == number.replace("-", "").casefold()
    assert (await desk.ask(FIND, TILL, by={"card": number.lower()}))["number"] == issued["customerNumber"]
    assert await desk.ask(ISSUE, by=by, id="i-1") == issued
    assert await desk.refused(ISSUE, by=await desk.guest("iris"), id="i-1") == "CONFLICT"
    second = await desk.ask(ISSUE, by={"card": number}, id="i-2")
    shown = await desk.ask(CARDS, Caller("reader", TILL.scopes), by=by)
    assert sorted(one["display"] for one in shown["cards"]) == sorted(
        one["card"]["display"] for one in (issued, second)
    )
    assert [one["number"] for one in shown["cards"]] == [None, None]


async def test_a_card_that_bought_without_a_name_joins_with_what_it_bought(desk: Desk) -> None:
    await desk.story.take(order("06T12:00", "c-anon", "burger", "12.00", person(loyalty_card="P-71001")))
    by = await desk.guest("lea")
    linked = await desk.ask(LINK, by=by, number="p 71001", id="l-1")
    found = await desk.ask(FIND, TILL, by=by)
    assert (found["number"], found["loyaltyBalance"]["points"]) == (linked["customerNumber"], 30 + 12)
    other = await desk.guest("lou")
    assert await desk.refused(LINK, by=other, number="P-71001", id="l-2") == "CONFLICT"
    assert await desk.refused(LINK, by=by, number="P-71001", id="l-3") == "INVALID_INPUT"


@pytest.mark.parametrize("number", ["", "x" * 41, "4111 1111 1111 1111", "0000000", "CARD-0000-0000-0001"])
async def test_what_can_be_no_card(desk: Desk, number: str) -> None:
    by = {"phone": "+12125550142"}
    assert await desk.refused(LINK, by=by, number=number, id=f"n-{number[:9]}") == "INVALID_INPUT"


async def test_a_blocked_card_finds_nobody_and_uses_nothing_and_still_earns(desk: Desk) -> None:
    by = await desk.guest("bea", loyalty_card="P-72001")
    card = {"card": "P-72001"}
    blocked = await desk.ask(BLOCK, card="P-72001", id="b-1")
    assert (blocked["card"]["reason"], blocked["card"]["blockedAt"] is None) == ("STOLEN", False)
    result = await desk.story.run(FIND, TILL, {"by": card})
    assert [one["extensions"]["code"] for one in desk.story.shown(result)] == ["CARD_BLOCKED"]
    for caller in (TILL, None):  # an agent finds the guest by it, and yet cannot use points by it
        refused = await desk.ask(REDEEM, caller, by=card, id="r-1")
        assert [one["code"] for one in refused["userErrors"]] == ["CARD_BLOCKED"]
    assert (await desk.ask(CARDS, by=card))["number"] == blocked["customerNumber"]
    await desk.story.take(order("07T12:00", "c-later", "pasta", "8.00", person(loyalty_card="P-72001")))
    assert (await desk.ask(FIND, TILL, by=by))["loyaltyBalance"]["points"] == 38
    assert await desk.refused(BLOCK, card="P-72001", id="b-2") == "INVALID_INPUT"
    assert await desk.refused(LINK, by=by, number="P-72001", id="b-3") == "INVALID_INPUT"
    assert (await desk.ask(UNBLOCK, card="P-72001", id="u-1"))["card"]["blockedAt"] is None
    assert (await desk.ask(REDEEM, TILL, by=card, id="r-2"))["pointsLeft"] == 33
    assert await desk.refused(UNBLOCK, card="P-72001", id="u-2") == "INVALID_INPUT"
    assert await desk.refused(BLOCK, card="P-72999", id="u-3") == "NOT_FOUND"


async def test_a_new_card_follows_a_lost_one_and_the_history_stays(desk: Desk) -> None:
    by = await desk.guest("ria", loyalty_card="P-73001")
    replaced = await desk.ask(REPLACE, card="P-73001", id="e-1")
    shown = {one["display"]: one for one in (await desk.ask(CARDS, by=by))["cards"]}
    new = shown.pop(replaced["card"]["display"])
    [old] = shown.values()
    assert (new["blockedAt"], old["reason"], old["replacedBy"]) == (None, "LOST", new["display"])
    assert (await desk.ask(FIND, TILL, by={"card": replaced["number"]}))["loyaltyBalance"]["points"] == 30
    assert await desk.ask(REPLACE, card="P-73001", id="e-1") == replaced
    assert await desk.refused(REPLACE, card="P-73001", id="e-2") == "CONFLICT"
    assert await desk.refused(UNBLOCK, card="P-73001", id="e-3") == "CONFLICT"
    assert (await desk.ask(REPLACE, card=replaced["number"], number="P-73002", id="e-4"))["number"] == "P-73002"
    assert (await desk.ask(FIND, TILL, by={"card": "P-73002"}))["number"] == replaced["customerNumber"]


async def test_cards_are_an_agents(desk: Desk) -> None:
    scopes = ALL_SCOPES - {LOYALTY_CARDS}
    result = await desk.story.run(BLOCK, Caller("other", scopes), {"card": "P-1", "id": "x"})
    assert [one["extensions"]["code"] for one in desk.story.shown(result)] == ["NOT_ALLOWED"]
    assert PII_READ in scopes
