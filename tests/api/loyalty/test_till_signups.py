"""LOYALTY_SIGNUP: a guest joins at a till, by one contact, once."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any

import pytest

from resolvers.access.caller import LOYALTY_ENROL, PROFILE_FIND, Caller
from tests.kit.story import EMAIL, PHONE, PRIVATE, Story
from tests.kit.toast_till import TILL, Answer, ToastTill, check_of, till_at

pytestmark = pytest.mark.neo4j

MEMBER = "query($by: CustomerBy!) { customer(by: $by) { number loyaltyMembership { store channel brand { code } } } }"


@pytest.fixture(scope="module")
async def till(story: Story) -> AsyncGenerator[ToastTill]:
    callers = {
        "till-key": Caller("till", TILL),
        "no-enrol-key": Caller("no-enrol", TILL - {LOYALTY_ENROL}),
        "no-find-key": Caller("no-find", TILL - {PROFILE_FIND}),
    }
    async with till_at(story, callers) as till:
        yield till.of(key="till-key")


async def sign_up(till: ToastTill, guid: str | None = None, **said: Any) -> Answer:
    return await till.send("SIGNUP", guid, signupTransactionInformation=said)


async def account(till: ToastTill, guid: str | None = None, **said: Any) -> str:
    status, answer = await sign_up(till, guid, **said)
    assert (status, answer["transactionStatus"]) == (200, "ACCEPT")
    return answer["signupResponse"]["loyaltyIdentifier"]


async def test_a_new_guest_gets_an_account_that_earns(till: ToastTill, story: Story) -> None:
    before = story.database.round_trips
    joined = await account(till, "g-1", phone="2125550321", firstName="Nora", email=None)
    # The store, a commit in seven, and the audit log, before and after it.
    assert story.database.round_trips - before == 11
    entries = await story.noted("till.signup")
    assert entries == [[], [await story.number(phone="+12125550321")]]
    assert "2125550321" not in joined
    await till.accrue(joined, check_of("12.00"))
    assert await till.balance(joined) == 12
    assert await account(till, "g-1", phone="2125550321", firstName="Nora") == joined
    assert (await sign_up(till, "g-1", phone="2125550322"))[1]["transactionStatus"] == "ERROR_INVALID_INPUT_PROPERTIES"
    assert await till.account(phone="+12125550321") is not None
    shown = (await story.ask(MEMBER, by={"phone": "+12125550321"}))["customer"]["loyaltyMembership"]
    assert shown == {"store": "s-1", "channel": "IN_STORE", "brand": {"code": "pasta"}}


async def test_a_guest_who_is_known_gets_an_account_of_the_own_points(till: ToastTill, story: Story) -> None:
    by_email, by_phone = await account(till, email=EMAIL), await account(till, phone=PHONE)
    known = await till.balance(await till.account(phone=PHONE))
    assert [await till.balance(one) for one in (by_email, by_phone)] == [known, known]
    number = await story.number(email=EMAIL)
    assert (await story.ask(MEMBER, by={"phone": PHONE}))["customer"]["number"] == number


@pytest.mark.parametrize("said", [{}, {"email": EMAIL, "phone": PHONE}, {"phone": "12"}, {"email": "?"}, {"phone": 7}])
async def test_a_signup_names_the_guest_in_one_way(till: ToastTill, said: dict[str, Any]) -> None:
    status, answer = await sign_up(till, **said)
    assert (status, answer["transactionStatus"]) == (400, "ERROR_INVALID_INPUT_PROPERTIES")
    assert not any(word in answer["message"] for word in PRIVATE)


@pytest.mark.parametrize("key", ["no-enrol-key", "no-find-key"])
async def test_a_key_without_the_scopes_enrols_nobody(till: ToastTill, key: str) -> None:
    status, answer = await sign_up(till.of(key=key), phone=PHONE)
    assert (status, answer["transactionStatus"]) == (400, "ERROR_INVALID_TOKEN")
