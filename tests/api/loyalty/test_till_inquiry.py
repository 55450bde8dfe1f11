"""An inquiry says what a guest has and could have, and changes nothing."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from tests.kit.story import Story, order, person
from tests.kit.toast_till import REWARDS, ToastTill, applied, check_of, till_at

pytestmark = pytest.mark.neo4j


@pytest.fixture
async def till(story: Story) -> AsyncGenerator[ToastTill]:
    async with till_at(story, rewards=REWARDS) as till:
        yield till


@pytest.fixture
async def account(story: Story, till: ToastTill, request: pytest.FixtureRequest) -> str:
    """The account of a guest with 30 points of pasta."""
    card = f"Q-{request.node.name[5:40]}"
    await story.take(order("05T12:00", f"for-{card}", "pasta", "30.00", person("Gil", "Till", loyalty_card=card)))
    return await till.account(card=card)


async def asked(till: ToastTill, account: str, *redemptions: Any, check: Any = None) -> dict[str, Any]:
    status, answer = await till.inquire(account, check, *redemptions)
    assert (status, answer["transactionStatus"]) == (200, "ACCEPT")
    return answer["checkResponse"]


async def test_offers_are_the_rewards_that_the_guest_can_have_here(till: ToastTill, account: str) -> None:
    found = await asked(till, account)
    assert found["offers"][0] == {
        "identifier": "coffee",
        "name": "Coffee",
        "applicable": True,
        "selectionType": "CHECK",
        "amount": 3.5,
        "quantity": 1,
    }
    assert [one["identifier"] for one in found["offers"]] == ["coffee", "mug", "cookie"]
    at_burger = await asked(till.of("s-2"), account)
    assert [one["identifier"] for one in at_burger["offers"]] == ["coffee", "mug", "cookie", "fries"]
    delivered = await asked(till, account, check=check_of("1.00", deliveryInfo={"address1": "1 Elm Street"}))
    assert "cookie" not in [one["identifier"] for one in delivered["offers"]]


async def test_offers_on_a_check_are_judged_together(till: ToastTill, account: str) -> None:
    found = await asked(till, account, applied("mug", "d-1"), applied("coffee", "d-2"), applied("mug", "d-3"))
    assert [(one["appliedDiscountGuid"], one.get("amount")) for one in found["appliedRedemptions"]] == [
        ("d-1", 0.01),
        ("d-2", 3.5),
    ]
    [rejected] = found["rejectedRedemptions"]
    assert (rejected["redemption"]["appliedDiscountGuid"], rejected["message"]) == ("d-3", "None is left.")
    assert [one["identifier"] for one in found["offers"]] == ["cookie"]
    assert await till.balance(account) == 30


async def test_what_was_had_before_counts(till: ToastTill, account: str) -> None:
    assert "cookie" in [one["identifier"] for one in (await asked(till, account))["offers"]]
    assert (await till.redeem(account, applied("cookie", "d-1")))[0] == 200
    assert "cookie" not in [one["identifier"] for one in (await asked(till, account))["offers"]]


async def test_an_inquiry_takes_two_round_trips_and_the_audit_log(till: ToastTill, account: str, story: Story) -> None:
    before = story.database.round_trips
    await till.inquire(account)
    assert story.database.round_trips - before == 2 + 1


@pytest.mark.parametrize("name", [None, ""])
async def test_nobody_named_is_no_account(till: ToastTill, name: Any) -> None:
    status, body = await till.inquire(name)
    assert (status, body["transactionStatus"]) == (404, "ERROR_ACCOUNT_INVALID")
