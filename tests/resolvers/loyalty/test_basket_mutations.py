"""A basket through the schema: what a dry run says is what the mutation does (resolvers.customer.loyalty.baskets).
How it names rewards: resolvers.customer.loyalty.wanted_reward.
"""

from __future__ import annotations

from typing import Any

import pytest

from resolvers.access.caller import ALL_SCOPES, LOYALTY_REDEEM, PROFILE_FIND, PROFILE_READ, Caller
from tests.kit.story import Story, order, person

pytestmark = pytest.mark.neo4j

RULES = """
stacking_groups: [season]
rewards:
  - {id: cakes, name: Half of cakes, kind: discount, price: 10, discount: {percent: 50, categories: [bakery]}}
  - {id: tenth, name: A tenth, kind: discount, price: 0, group: season, discount: {percent: 10}}
  - {id: fifth, name: A fifth, kind: discount, price: 20, group: season, discount: {percent: 20}}
  - {id: cash, name: Two dollars, kind: amount, price: 20, value: 2 USD}
  - {id: secret, name: Of burger, kind: discount, price: 0, brands: [burger], discount: {percent: 5}}
  - {id: hello, name: Hello, kind: discount, price: 0, discount: {amount: 1 USD}}
  - {id: gift, name: Birthday, kind: discount, price: 0, discount: {percent: 100, products: [latte], most: 1}}
coupons:
  - {id: welcome, reward: hello, kind: mass, code: WELCOME-10, per_guest: 1}
  - {id: birthday, reward: gift, kind: personal}
"""
BASKET = {
    "brand": "pasta",
    "lines": [
        {"product": "cake", "unitPrice": "4.99", "quantity": "2", "category": "bakery"},
        {"product": "latte", "unitPrice": "3.50"},
    ],
}
DRY = """query($by: CustomerBy!, $basket: BasketInput!, $rewards: [WantedRewardInput!]!) { customer(by: $by) {
  basket(basket: $basket, rewards: $rewards) { subtotal { amount currency } total { amount } lines { amount }
    pointsUsed pointsEarned refused { at whyNot { code message } }
    applied { at points off { amount } lines { amount } reward { code } } } } }"""
REDEEM = """mutation($by: CustomerBy!, $id: ID!, $basket: BasketInput!, $rewards: [WantedRewardInput!]!) {
  done: %s(customer: $by, requestId: $id, basket: $basket, rewards: $rewards) { customerNumber pointsLeft
    userErrors { code field message } redemptions { id used held reward { code coupon off { amount } } } } }"""
ISSUE = """mutation($by: CustomerBy!) { done: couponIssue(customer: $by, requestId: "issue", coupon: "birthday") {
  code userErrors { code } } }"""


@pytest.fixture(scope="module", autouse=True)
def rules(story: Story) -> None:
    story.add_rules(RULES)


@pytest.fixture
async def by(story: Story, request: pytest.FixtureRequest) -> dict[str, str]:
    """A guest with 50 points."""
    name = request.node.name.removeprefix("test_")[:40]
    who = person("Gwen", "Poole", id_=f"id-{name}", loyalty_card=f"B-{name}")
    await story.take(order("05T12:00", f"b-{name}", "pasta", "50.00", who))
    return {"card": f"B-{name}"}


async def ask(story: Story, document: str, caller: Caller | None = None, **variables: Any) -> Any:
    result = await story.run(document, caller or Caller("test", ALL_SCOPES), variables)
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data["done"] if "done" in result.data else result.data["customer"]["basket"]


async def test_what_the_dry_run_says_is_what_is_redeemed_once(story: Story, by: dict[str, str]) -> None:
    code = (await ask(story, ISSUE, by=by))["code"]
    wanted = [{"reward": "cash"}, {"reward": "cakes"}, {"coupon": "welcome 10"}, {"coupon": code.lower()}]
    before = story.database.round_trips
    dry = await ask(story, DRY, by=by, basket=BASKET, rewards=wanted)
    assert story.database.round_trips - before == 1
    assert [one["off"]["amount"] for one in dry["applied"]] == ["2.00", "4.99", "1.00", "3.50"]
    assert dry["refused"] == []
    assert dry["subtotal"] == {"amount": "13.48", "currency": "USD"}
    assert (dry["total"]["amount"], dry["lines"]) == ("1.99", [{"amount": "1.99"}, {"amount": "0.00"}])
    assert (dry["pointsUsed"], dry["pointsEarned"]) == (30, 3)

    before = story.database.round_trips
    done = await ask(story, REDEEM % "basketRedeem", by=by, id="b-1", basket=BASKET, rewards=wanted)
    assert story.database.round_trips - before == 4  # the guest, and three of the commands
    assert done["userErrors"] == []
    assert [one["reward"]["off"] for one in done["redemptions"]] == [one["lines"] for one in dry["applied"]]
    assert done["pointsLeft"] == 20
    again = await ask(story, REDEEM % "basketRedeem", by=by, id="b-1", basket=BASKET, rewards=wanted)
    assert again == done
    other = await ask(story, REDEEM % "basketRedeem", by=by, id="b-1", basket=BASKET, rewards=wanted[:1])
    assert [one["code"] for one in other["userErrors"]] == ["CONFLICT"]
    after = await ask(story, DRY, by=by, basket=BASKET, rewards=wanted[2:])
    assert [one["whyNot"][0]["code"] for one in after["refused"]] == ["COUPON_USED", "COUPON_USED"]


async def test_where_one_is_refused_nothing_is_redeemed(story: Story, by: dict[str, str]) -> None:
    wanted = [{"reward": "tenth"}, {"reward": "fifth"}, {"reward": "cash", "times": 2}, {"reward": "secret"}]
    dry = await ask(story, DRY, by=by, basket=BASKET, rewards=wanted)
    reasons = [(one["at"], one["whyNot"][0]["code"]) for one in dry["refused"]]
    assert reasons == [(1, "NOT_TOGETHER"), (3, "WRONG_BRAND")]
    done = await ask(story, REDEEM % "basketHold", by=by, id="b-2", basket=BASKET, rewards=wanted)
    assert [one["field"] for one in done["userErrors"]] == [["rewards", "1"], ["rewards", "3"]]
    assert [one["message"] for one in done["userErrors"]] == [one["whyNot"][0]["message"] for one in dry["refused"]]
    assert (done["redemptions"], done["customerNumber"]) == ([], None)
    held = await ask(story, REDEEM % "basketHold", by=by, id="b-3", basket=BASKET, rewards=wanted[2:3])
    assert [one["held"] for one in held["redemptions"]] == [20, 20]


async def test_a_wrong_basket_says_which_line(story: Story, by: dict[str, str]) -> None:
    for line, sentence in (
        ({"product": "p", "unitPrice": "a lot"}, "Line 1: a price and a quantity are numbers, such as 3.50."),
        ({"product": "p", "unitPrice": "-1"}, "Line 1: unitPrice is zero or more."),
        ({"product": "p", "unitPrice": "1.001"}, "Line 1: finer than USD allows."),
        ({"product": "p", "unitPrice": "1", "quantity": "0.0001"}, "Line 1: quantity is above 0"),
    ):
        basket = {"brand": "pasta", "lines": [*BASKET["lines"][:1], line]}
        done = await ask(story, REDEEM % "basketRedeem", by=by, id="b-4", basket=basket, rewards=[{"reward": "tenth"}])
        assert [one["message"].startswith(sentence) for one in done["userErrors"]] == [True], done
    done = await ask(story, REDEEM % "basketRedeem", by=by, id="b-4", basket=BASKET, rewards=[])
    assert [one["code"] for one in done["userErrors"]] == ["INVALID_INPUT"]


async def test_a_key_of_one_brand_does_not_hear_of_another_ones_rewards(story: Story, by: dict[str, str]) -> None:
    till = Caller("till", frozenset((PROFILE_READ, PROFILE_FIND, LOYALTY_REDEEM)), brands=frozenset(("pasta",)))
    dry = await ask(story, DRY, till, by=by, basket=BASKET, rewards=[{"reward": "secret"}, {"reward": "tenth"}])
    assert [one["whyNot"][0]["code"] for one in dry["refused"]] == ["UNKNOWN"]
    assert [one["reward"]["code"] for one in dry["applied"]] == ["tenth"]
