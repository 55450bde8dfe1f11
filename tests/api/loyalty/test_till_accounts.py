"""Who has an account, how a till names it, and how much of the guest each key shows."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from resolvers.access.caller import PII_READ, PROFILE_FIND, Caller
from tests.kit.story import CARD, EMAIL, PHONE, PRIVATE, SHARED_PHONE, Story, order, person
from tests.kit.toast_till import TILL, ToastTill, applied, check_of, till_at

pytestmark = pytest.mark.neo4j

NO_ACCOUNT = (404, "ERROR_ACCOUNT_INVALID")


@pytest.fixture
async def till(story: Story) -> AsyncGenerator[ToastTill]:
    callers = {
        "till-key": Caller("till", TILL),
        "clear-key": Caller("clear", TILL | {PII_READ}),
        "burger-key": Caller("burger", TILL, brands=frozenset({"burger"}), sources=frozenset({"till"})),
        "no-find-key": Caller("no-find", TILL - {PROFILE_FIND}),
    }
    async with till_at(story, callers) as till:
        yield till


async def test_a_phone_an_email_and_a_card_find_the_guest(till: ToastTill) -> None:
    for criteria in ({"phone": PHONE}, {"email": EMAIL}, {"card": CARD}, {"phone": "(212) 555-0142", "email": EMAIL}):
        status, found = await till.search(**criteria)
        [account] = found["searchResponse"]["accounts"]
        assert (status, found["transactionStatus"]) == (200, "ACCEPT")
        assert (account["firstName"], account["lastName"], account["phone"]) == ("Ann", "Smith", PHONE)
        assert (await till.inquire(account["identifier"]))[1]["checkResponse"]["accountInfo"] == account


async def test_the_account_is_the_record_that_was_found_and_says_nothing_of_the_guest(till: ToastTill) -> None:
    by_phone, by_email = await till.account(phone=PHONE), await till.account(email=EMAIL)
    assert {by_phone.partition("|")[0], by_email.partition("|")[0]} <= {"app", "till", "web"}
    assert not any(word in by_phone + by_email for word in PRIVATE)


async def test_a_phone_of_two_finds_both_and_a_name_says_who_comes_first(till: ToastTill) -> None:
    for name in ("Bob", "Carla"):
        _, found = await till.search(phone=SHARED_PHONE, firstName=name.upper())
        names = [account["firstName"] for account in found["searchResponse"]["accounts"]]
        assert (names[0], sorted(names)) == (name, ["Bob", "Carla"])


async def test_a_card_and_a_number_name_an_account_too(till: ToastTill, story: Story) -> None:
    number = await story.number(phone=PHONE)
    balances = [await till.balance(one) for one in (CARD, number, number.lower(), await till.account(phone=PHONE))]
    assert len(set(balances)) == 1
    _, answer = await till.inquire(CARD)
    assert answer["checkResponse"]["accountInfo"]["identifier"] == CARD


@pytest.mark.parametrize("name", ["REG-0000-0000", "CUST-0000-0000-0000", "web|AAAAAAAAAAAAAAAAAAAAAA"])
async def test_nobody_is_404(till: ToastTill, name: str) -> None:
    status, body = await till.inquire(name)
    assert (status, body["transactionStatus"]) == NO_ACCOUNT
    status, body = await till.search(card="REG-0000-0000")
    assert (status, body["transactionStatus"]) == NO_ACCOUNT


@pytest.mark.parametrize("criteria", [{}, {"firstName": "Ann", "lastName": "Smith"}, {"phone": "12"}, {"email": "?"}])
async def test_a_search_needs_a_contact_that_can_be_one(till: ToastTill, criteria: dict[str, str]) -> None:
    status, body = await till.search(**criteria)
    assert (status, body["transactionStatus"]) == (400, "ERROR_INVALID_INPUT_PROPERTIES")
    assert not any(value in body["message"] for value in criteria.values())


async def test_contacts_are_masked_without_the_scope(till: ToastTill) -> None:
    masked = (await till.of(key="till-key").search(phone=PHONE))[1]["searchResponse"]["accounts"][0]
    clear = (await till.of(key="clear-key").search(phone=PHONE))[1]["searchResponse"]["accounts"][0]
    assert not any(word in str(masked) for word in (PHONE, "Smith", EMAIL, "Ann"))
    assert (clear["lastName"], clear["phone"]) == ("Smith", PHONE)
    assert masked["pointsBalance"] == clear["pointsBalance"]


async def test_what_is_shown_in_clear_is_in_the_audit_log(till: ToastTill, story: Story) -> None:
    log = "{ auditLog(first: 1) { edges { node { actor action what customers } } } }"
    await till.of(key="clear-key").search(email=EMAIL)
    entry = (await story.ask(log))["auditLog"]["edges"][0]["node"]
    assert (entry["actor"], entry["action"], entry["what"]) == ("clear", "read", ["till.search"])
    assert entry["customers"] == [await story.number(phone=PHONE)]


async def test_a_limited_key_sees_the_guests_of_its_brand_and_their_points_there(till: ToastTill, story: Story) -> None:
    burger = till.of("s-2", "burger-key")
    account = await burger.account(phone=PHONE)
    assert await burger.balance(account) < await till.balance(account)
    await story.take(order("05T12:00", "only-pasta", "pasta", "5.00", person("Pia", "Pasta", loyalty_card="T-PIA")))
    status, body = await burger.search(card="T-PIA")
    assert (status, body["transactionStatus"]) == NO_ACCOUNT
    status, body = await burger.inquire(await till.account(card="T-PIA"))
    assert (status, body["transactionStatus"]) == NO_ACCOUNT


async def test_who_may_not_look_up_may_still_ask_by_what_was_found(till: ToastTill) -> None:
    no_find = till.of(key="no-find-key")
    status, body = await no_find.search(phone=PHONE)
    assert (status, body["transactionStatus"]) == (400, "ERROR_INVALID_TOKEN")
    assert await no_find.balance(await till.account(phone=PHONE)) > 0


async def test_a_blocked_card_is_400_and_what_it_buys_still_counts(till: ToastTill, story: Story) -> None:
    who = person("Lost", "Card", email="lost@example.org", loyalty_card="T-LOST")
    await story.take(order("05T12:00", "till-lost", "pasta", "50.00", who))
    block = 'mutation { done: cardBlock(card: "T-LOST", reason: LOST, requestId: "till-1") { userErrors { code } } }'
    assert (await story.ask(block))["done"]["userErrors"] == []
    for status, body in (
        await till.search(card="T-LOST"),
        await till.inquire("T-LOST"),
        await till.redeem("T-LOST", applied("coffee")),
    ):
        assert (status, body["transactionStatus"], body["message"]) == (
            400, "ERROR_ACCOUNT_INVALID", "This card is blocked.",
        )  # fmt: skip
    assert len((await till.search(card="T-LOST", email="lost@example.org"))[1]["searchResponse"]["accounts"]) == 1
    status, body = await till.accrue("T-LOST", check_of("10.00"))
    assert (status, body) == (200, {"transactionStatus": "ACCEPT"})  # and nothing of the guest is shown
    assert await till.balance(await till.account(email="lost@example.org")) == 60
    assert (await till.of(key="no-find-key").inquire("T-LOST"))[1]["transactionStatus"] == "ERROR_INVALID_TOKEN"
