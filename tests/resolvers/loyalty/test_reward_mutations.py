"""Rewards and coupons through the schema: what a guest can get (resolvers.customer.loyalty.rewards), and getting it."""

from __future__ import annotations

from collections.abc import Iterable
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
from tests.kit.story import Story, order, person

pytestmark = pytest.mark.neo4j

RULES = """
rewards:
  - {id: pizza, name: Pizza, kind: product, price: {default: 25, gold: 20}, value: 9.50 USD, brands: [pasta], stock: 1}
  - {id: shake, name: Shake, kind: product, price: 5, brands: [burger], last_day: 2026-04-30}
  - {id: dinner, name: Dinner with the chef, kind: experience, price: 70}
  - {id: tenth, name: A tenth off, kind: discount, price: 0}
  - {id: cake, name: Birthday cake, kind: product, price: 0, brands: [pasta]}
coupons:
  - {id: welcome, reward: tenth, kind: mass, code: WELCOME-10, per_guest: 1}
  - {id: birthday, reward: cake, kind: personal, last_day: 2026-12-31}
"""
DONE = """ { ...Done } }
fragment Done on RedemptionPayload { customerNumber pointsLeft userErrors { code field message }
  redemption { id used held heldUntil reward { code coupon reward { name value { amount } } } } }"""
GET = (
    """mutation($by: CustomerBy!, $id: ID!, $reward: String, $coupon: String, $brand: String) {
  done: rewardRedeem(customer: $by, requestId: $id, reward: $reward, coupon: $coupon, brand: $brand)"""
    + DONE
)
HOLD = (
    """mutation($by: CustomerBy!, $id: ID!, $reward: String, $brand: String) {
  done: rewardHold(customer: $by, requestId: $id, reward: $reward, brand: $brand, seconds: 600)"""
    + DONE
)
FOLLOW = "mutation($of: ID!, $id: ID!) { done: %s(redemption: $of, requestId: $id)" + DONE
ISSUE = """mutation($by: CustomerBy!, $id: ID!, $coupon: String!) {
  done: couponIssue(customer: $by, requestId: $id, coupon: $coupon) {
    code customerNumber userErrors { code message } } }"""
OFFERS = """fragment Offer on RewardOffer { price available whyNot { code message missingPoints }
    reward { code name kind lastDay value { amount currency } } }
  fragment Offers on Customer { rewards(brand: $brand) { ...Offer }
    coupons(brand: $brand) { coupon code lastDay offer { ...Offer } } } """
SHOWN = OFFERS + "query($by: CustomerBy!, $brand: String) { customer(by: $by) { ...Offers } }"
MINE = OFFERS + "query($brand: String) { me { ...Offers } }"
TILL = frozenset((PROFILE_READ, PROFILE_FIND, LOYALTY_REDEEM))


@pytest.fixture(scope="module", autouse=True)
def rules(story: Story) -> None:
    story.add_rules(RULES)


class Guest:
    """A guest with 50 points, and what is asked about the guest."""

    def __init__(self, story: Story, card: str) -> None:
        self.story, self.by = story, {"card": card}

    async def ask(self, document: str, caller: Caller | None = None, **variables: Any) -> Any:
        caller = caller or Caller("test", ALL_SCOPES)
        variables = ({"by": self.by} if "$by" in document else {}) | variables
        result = await self.story.run(document, caller, variables)
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data.get("done") or result.data.get("customer") or result.data["me"]


@pytest.fixture
async def guest(story: Story, request: pytest.FixtureRequest) -> Guest:
    return await arrived(story, request.node.name.removeprefix("test_")[:40])


async def arrived(story: Story, name: str) -> Guest:
    who = person("Gwen", "Poole", id_=f"id-{name}", loyalty_card=f"R-{name}")
    await story.take(order("05T12:00", f"r-{name}", "pasta", "50.00", who))
    return Guest(story, f"R-{name}")


def codes(payload: Any) -> list[str]:
    assert payload["customerNumber"] is None
    return [error["code"] for error in payload["userErrors"]]


def why(offers: Iterable[Any], reward: str) -> list[str]:
    [offer] = (one for one in offers if one["reward"]["code"] == reward)
    assert offer["available"] is (not offer["whyNot"])
    return [one["code"] for one in offer["whyNot"]]


async def test_what_is_offered_is_got_and_then_offered_no_more(guest: Guest) -> None:
    before = guest.story.database.round_trips
    offers = (await guest.ask(SHOWN, brand="pasta"))["rewards"]
    assert guest.story.database.round_trips - before == 1
    assert [one["reward"]["code"] for one in offers] == ["pizza", "shake", "dinner"]  # the others need a coupon
    assert offers[0] == {
        "price": 25,
        "available": True,
        "whyNot": [],
        "reward": {
            "code": "pizza",
            "name": "Pizza",
            "kind": "PRODUCT",
            "lastDay": None,
            "value": {"amount": "9.50", "currency": "USD"},
        },
    }
    assert why(offers, "shake") == ["WRONG_BRAND"]
    assert offers[2]["whyNot"] == [
        {"code": "NOT_ENOUGH_POINTS", "message": "20 points more are needed.", "missingPoints": 20}
    ]
    before = guest.story.database.round_trips
    got = await guest.ask(GET, id="r-1", reward="pizza", brand="pasta")
    assert guest.story.database.round_trips - before == 4  # one of them finds the guest
    assert (got["pointsLeft"], got["redemption"]["used"], got["redemption"]["reward"]) == (
        25,
        25,
        {"code": "pizza", "coupon": None, "reward": {"name": "Pizza", "value": {"amount": "9.50"}}},
    )
    assert await guest.ask(GET, id="r-1", reward="pizza", brand="pasta") == got
    assert codes(await guest.ask(GET, id="r-2", reward="pizza", brand="pasta")) == ["OUT_OF_STOCK"]
    assert why((await guest.ask(SHOWN, brand="pasta"))["rewards"], "pizza") == ["OUT_OF_STOCK"]
    back = await guest.ask(FOLLOW % "redemptionReverse", of=got["redemption"]["id"], id="v-1")
    assert (back["pointsLeft"], back["redemption"]["used"]) == (50, 0)
    assert why((await guest.ask(SHOWN, brand="pasta"))["rewards"], "pizza") == []


async def test_a_reward_is_held_captured_and_released(guest: Guest) -> None:
    held = await guest.ask(HOLD, id="h-1", reward="pizza", brand="pasta")
    assert (held["pointsLeft"], held["redemption"]["held"]) == (25, 25)
    assert why((await guest.ask(SHOWN, brand="pasta"))["rewards"], "pizza") == ["OUT_OF_STOCK"]
    of = held["redemption"]["id"]
    assert (await guest.ask(FOLLOW % "redemptionRelease", of=of, id="l-1"))["pointsLeft"] == 50
    again = (await guest.ask(HOLD, id="h-2", reward="pizza", brand="pasta"))["redemption"]["id"]
    captured = await guest.ask(FOLLOW % "redemptionCapture", of=again, id="c-2")
    assert (captured["redemption"]["used"], captured["redemption"]["held"]) == (25, 0)
    assert (await guest.ask(FOLLOW % "redemptionReverse", of=again, id="v-2"))["pointsLeft"] == 50


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "INVALID_INPUT"),
        ({"reward": "pizza", "coupon": "WELCOME-10"}, "INVALID_INPUT"),
        ({"coupon": "x" * 65}, "INVALID_INPUT"),
        ({"reward": "tea"}, "REWARD_NOT_AVAILABLE"),
        ({"reward": "tenth"}, "REWARD_NOT_AVAILABLE"),
        ({"reward": "pizza", "brand": "burger"}, "REWARD_NOT_AVAILABLE"),
        ({"reward": "dinner"}, "NOT_ENOUGH_POINTS"),
        ({"coupon": "WELCOME-11"}, "COUPON_NOT_VALID"),
        ({"coupon": "0000-0000-0000"}, "COUPON_NOT_VALID"),
    ],
)
async def test_what_is_not_had_says_why(story: Story, asked: dict[str, Any], code: str) -> None:
    guest = await arrived(story, "refused")
    assert codes(await guest.ask(GET, **{"id": "wrong", "brand": "pasta"} | asked)) == [code]


async def test_a_mass_coupon_is_read_however_it_is_typed(guest: Guest) -> None:
    got = await guest.ask(GET, id="m-1", coupon="welcome 10")
    assert (got["pointsLeft"], got["redemption"]["reward"]["coupon"]) == (50, "welcome")
    assert codes(await guest.ask(GET, id="m-2", coupon="WELCOME10")) == ["COUPON_USED"]


async def test_a_personal_coupon_is_one_guests_and_a_secret(guest: Guest) -> None:
    issued = await guest.ask(ISSUE, id="i-1", coupon="birthday")
    code = issued["code"]
    assert await guest.ask(ISSUE, id="i-1", coupon="birthday") == issued
    assert codes(await guest.ask(ISSUE, id="i-2", coupon="welcome")) == ["INVALID_INPUT"]
    [shown] = (await guest.ask(SHOWN, brand="pasta"))["coupons"]
    assert (shown["coupon"], shown["code"], shown["lastDay"], shown["offer"]["available"]) == (
        "birthday", code, "2026-12-31", True,
    )  # fmt: skip
    reader = Caller("reader", frozenset((PROFILE_READ, PROFILE_FIND)))
    assert [one["code"] for one in (await guest.ask(SHOWN, reader, brand="pasta"))["coupons"]] == [None]
    texts = await guest.story.database.read_text(
        "MATCH (n) UNWIND keys(n) AS name RETURN toStringOrNull(n[name]) AS text", operation="test"
    )
    plain = code.replace("-", "")
    assert not [row for row in texts if row["text"] and plain in row["text"].replace("-", "")]

    eve = await arrived(guest.story, "eve")
    assert codes(await eve.ask(GET, id="e-1", coupon=code, brand="pasta")) == ["COUPON_NOT_VALID"]
    assert (await guest.ask(GET, id="g-1", coupon=code.lower(), brand="pasta"))["redemption"]["reward"][
        "code"
    ] == "cake"
    assert codes(await guest.ask(GET, id="g-2", coupon=code, brand="pasta")) == ["COUPON_USED"]
    [shown] = (await guest.ask(SHOWN, brand="pasta"))["coupons"]
    assert [one["code"] for one in shown["offer"]["whyNot"]] == ["COUPON_USED"]


async def test_a_limited_key_is_offered_what_its_brand_has(guest: Guest) -> None:
    await guest.ask(ISSUE, id="i-9", coupon="birthday")
    burger = Caller("burger", TILL, brands=frozenset(("burger",)), sources=frozenset(("till",)))
    await guest.story.take(order("06T12:00", "r-lim", "burger", "9.00", person("Gwen", "Poole", **_card(guest))))
    found = await guest.ask(SHOWN, burger, brand=None)
    assert [one["reward"]["code"] for one in found["rewards"]] == ["shake", "dinner"]
    assert (why(found["rewards"], "shake"), found["coupons"]) == ([], [])
    assert (await guest.ask(GET, burger, id="l-1", reward="shake"))["pointsLeft"] == 4
    result = await guest.story.run(SHOWN, burger, {"by": guest.by, "brand": "pasta"})
    assert [one["extensions"]["code"] for one in guest.story.shown(result)] == ["NOT_ALLOWED"]


def _card(guest: Guest) -> dict[str, str]:
    return {"loyalty_card": guest.by["card"]}


async def test_guests_see_their_own_coupons(guest: Guest) -> None:
    issued = await guest.ask(ISSUE, id="i-5", coupon="birthday")
    id_ = f"id-{guest.by['card'].removeprefix('R-')}"
    key = guest.story.reader.record_key("till", id_)
    me = Caller(
        "guest", frozenset((ME_READ, ME_WRITE)), CallerKind.GUEST, frozenset(("pasta",)), frozenset(("till",)),
        subject=key, own=Own("till", id_, "pasta"),
    )  # fmt: skip
    mine = await guest.ask(MINE, me, brand=None)
    assert [(one["code"], one["offer"]["available"]) for one in mine["coupons"]] == [(issued["code"], True)]
    assert why(mine["rewards"], "dinner") == ["NOT_ENOUGH_POINTS"]
