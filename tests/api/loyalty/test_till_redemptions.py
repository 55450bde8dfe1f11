"""Offers on a check are had together or not at all, once, and come back as they were."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

import pytest

from graph.till_transactions import TillRedemptions, TillTransactions
from resolvers.access.caller import LOYALTY_REDEEM, Caller
from tests.kit.story import PRIVATE, Story, order, person
from tests.kit.toast_till import REWARDS, TILL, Answer, ToastTill, applied, check_of, next_guid, till_at

pytestmark = pytest.mark.neo4j

ACCEPTED = (200, {"transactionStatus": "ACCEPT"})
NOT_REVERSIBLE = (400, "ERROR_TRANSACTION_CANNOT_BE_REVERSED")
NO_TRANSACTION = (400, "ERROR_TRANSACTION_DOES_NOT_EXIST")
UNLIMITED = [{name: value for name, value in one.items() if name != "stock"} for one in REWARDS]


@pytest.fixture
async def till(story: Story) -> AsyncGenerator[ToastTill]:
    callers = {
        "burger-key": Caller("burger", TILL, brands=frozenset({"burger"}), sources=frozenset({"toast"})),
        "no-redeem-key": Caller("no-redeem", TILL - {LOYALTY_REDEEM}),
    }
    async with till_at(story, callers, rewards=UNLIMITED) as till:
        yield till


@pytest.fixture
async def account(story: Story, till: ToastTill, request: pytest.FixtureRequest) -> str:
    """The account of a guest with 30 points of pasta and 20 of burger."""
    card = f"R-{request.node.name[5:40]}"
    who = person("Gil", "Till", loyalty_card=card)
    await story.take(
        order("05T12:00", f"p-{card}", "pasta", "30.00", who), order("06T12:00", f"b-{card}", "burger", "20.00", who)
    )
    return await till.account(card=card)


def said(answer: Answer) -> tuple[list[str], list[str], int]:
    """Discounts that are applied, reasons of the others, and the balance."""
    status, body = answer
    assert (status, body["transactionStatus"]) == (200, "ACCEPT"), body
    check = body["checkResponse"]
    return (
        [one["appliedDiscountGuid"] for one in check["appliedRedemptions"]],
        [one["message"] for one in check["rejectedRedemptions"]],
        int(check["accountInfo"]["pointsBalance"]),
    )


def refused(answer: Answer) -> tuple[int, str]:
    return answer[0], answer[1]["transactionStatus"]


async def test_offers_are_had_once_under_one_guid(till: ToastTill, account: str) -> None:
    guid = next_guid()
    first = await till.redeem(account, applied("coffee", "d-1", 2), applied("mug", "d-2"), guid=guid)
    assert said(first) == (["d-1", "d-2"], [], 15)
    assert await till.redeem(account, applied("coffee", "d-1", 2), applied("mug", "d-2"), guid=guid) == first
    assert first[1]["checkResponse"]["appliedRedemptions"][0] == applied("coffee", "d-1", 2) | {"amount": 3.5}
    other = await till.redeem(account, applied("coffee", "d-9"), guid=guid)
    assert refused(other) == (400, "ERROR_INVALID_INPUT_PROPERTIES")
    assert await till.balance(account) == 15


async def test_another_request_under_the_same_guid_uses_nothing_more(till: ToastTill, account: str) -> None:
    wrong, guid, refused_guid = (400, "ERROR_INVALID_INPUT_PROPERTIES"), next_guid(), next_guid()
    one, two = applied("coffee", "d-1"), applied("coffee", "d-2")
    assert said(await till.redeem(account, one, guid=guid))[2] == 40
    for others in ([one, two], [applied("coffee", "d-1", 2)], [one, applied("mug", "d-2")], []):
        assert refused(await till.redeem(account, *others, guid=guid)) == wrong
    assert refused(await till.of("s-2").redeem(account, one, guid=guid)) == wrong
    assert said(await till.redeem(account, applied("mug", "d-1", 9), guid=refused_guid))[0] == []
    assert refused(await till.redeem(account, one, guid=refused_guid)) == wrong
    assert await till.balance(account) == 40


async def test_what_was_had_is_said_again_where_the_account_is_gone(till: ToastTill, story: Story) -> None:
    who = person("Gil", "Gone", loyalty_card="R-GONE-1")
    await story.take(order("05T12:00", "gone", "pasta", "30.00", who))
    guid, nothing = next_guid(), next_guid()
    assert said(await till.redeem("R-GONE-1", applied("coffee", "d-1"), guid=guid))[2] == 20
    reasons = said(await till.redeem("R-GONE-1", applied("mug", "d-1", 9), guid=nothing))[1]
    block = """mutation { identifierBlock(identifier: {type: "loyalty_card", value: "R-GONE-1"},
      signature: {reason: "lost"}) { userErrors { message } } }"""
    assert (await story.ask(block))["identifierBlock"]["userErrors"] == []
    assert (await till.inquire("R-GONE-1"))[0] == 404
    status, again = await till.redeem("R-GONE-1", applied("coffee", "d-1"), guid=guid)
    assert (status, again["transactionStatus"]) == (200, "ACCEPT")
    assert [one["identifier"] for one in again["checkResponse"]["appliedRedemptions"]] == ["coffee"]
    _, again = await till.redeem("R-GONE-1", applied("mug", "d-1", 9), guid=nothing)
    assert [one["message"] for one in again["checkResponse"]["rejectedRedemptions"]] == reasons
    assert refused(await till.redeem("R-GONE-1", applied("coffee", "d-1"))) == (404, "ERROR_ACCOUNT_INVALID")


async def test_of_two_requests_at_one_moment_the_first_decides_for_both(
    till: ToastTill, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, guid, four = TillTransactions.redemptions, next_guid(), applied("mug", "d-1", 4)
    check, late = {"guid": next_guid(), "totalAmount": 100, "paidDate": "2026-03-22T21:16:46Z"}, list[Answer]()

    async def slowly(self: TillTransactions, keys: Sequence[str], refusal: str) -> TillRedemptions:
        """The same request comes again and is refused, and the guest earns, before the first one goes on."""
        found = await look(self, keys, refusal)
        slow.undo()
        late.append(await till.redeem(account, four, guid=guid))
        await till.accrue(account, check)
        return found

    with monkeypatch.context() as slow:
        slow.setattr(TillTransactions, "redemptions", slowly)
        first = await till.redeem(account, four, guid=guid)
    assert said(late[0]) == ([], ["10 points more are needed."], 50)
    assert said(first)[:2] == said(late[0])[:2]
    assert await till.balance(account) == 150, "nothing is used by a request that was refused"


async def test_another_store_gives_nothing_back(till: ToastTill, account: str) -> None:
    guid = next_guid()
    await till.redeem(account, applied("coffee", "d-1"), guid=guid)
    assert refused(await till.of("s-2").reverse(account, guid)) == NO_TRANSACTION
    assert await till.balance(account) == 40


async def test_where_one_is_not_valid_none_is_had(till: ToastTill, account: str) -> None:
    guid = next_guid()
    both = applied("coffee", "d-1"), applied("mug", "d-2", 4)
    first = await till.redeem(account, *both, guid=guid)
    assert said(first) == (["d-1"], ["5 points more are needed."], 50)
    again = await till.redeem(account, both[0])  # the till took the other one off the check
    assert said(again) == (["d-1"], [], 40)


async def test_a_refused_request_stays_refused(till: ToastTill, account: str, story: Story) -> None:
    guid, four = next_guid(), applied("mug", "d-2", 4)
    assert said(await till.redeem(account, four, guid=guid)) == ([], ["10 points more are needed."], 50)
    await till.accrue(account, {"guid": next_guid(), "totalAmount": 100, "paidDate": "2026-03-22T21:16:46Z"})
    assert said(await till.redeem(account, four, guid=guid)) == ([], ["10 points more are needed."], 150)
    assert said(await till.redeem(account, four))[2] == 90


async def test_two_tills_at_once_cannot_use_the_same_points(till: ToastTill, account: str) -> None:
    answers = await asyncio.gather(*(till.redeem(account, applied("coffee", "d-1", 3)) for _ in range(4)))
    assert sorted(len(said(answer)[0]) for answer in answers) == [0, 0, 0, 1]
    assert await till.balance(account) == 20
    guid = next_guid()
    same = await asyncio.gather(*(till.redeem(account, applied("coffee", "d-1"), guid=guid) for _ in range(4)))
    assert [said(answer)[0] for answer in same] == [["d-1"]] * 4
    assert await till.balance(account) == 10


async def test_a_redemption_comes_back_whole_or_in_part(till: ToastTill, account: str) -> None:
    guid, back = next_guid(), next_guid()
    await till.redeem(account, applied("coffee", "d-1", 2), applied("mug", "d-2"), guid=guid)
    assert await till.reverse(account, guid, applied("mug", "d-2"), guid=back) == ACCEPTED
    assert await till.reverse(account, guid, applied("mug", "d-2"), guid=back) == ACCEPTED  # a retry
    assert await till.balance(account) == 30
    assert refused(await till.reverse(account, guid, applied("mug", "d-2"))) == NOT_REVERSIBLE
    assert refused(await till.reverse(account, guid, applied("mug", "d-9"))) == NO_TRANSACTION
    one = applied("coffee", "d-1", 1)
    assert await till.reverse(account, guid, one) == ACCEPTED
    assert await till.balance(account) == 40
    assert await till.reverse(account, guid, guid=(rest := next_guid())) == ACCEPTED
    assert await till.balance(account) == 50
    assert await till.reverse(account, guid, guid=rest) == ACCEPTED
    assert refused(await till.reverse(account, guid)) == NOT_REVERSIBLE
    assert refused(await till.reverse(account, guid, one)) == NOT_REVERSIBLE
    assert await till.balance(account) == 50


async def test_the_audit_log_names_the_guest_of_a_reversal(till: ToastTill, account: str, story: Story) -> None:
    guid = next_guid()
    await till.redeem(account, applied("coffee", "d-1"), guid=guid)
    before = len(await story.noted("till.reverse"))
    assert await till.reverse(account, guid) == ACCEPTED
    [of_redemption] = (await story.noted("till.redeem"))[-1:]
    assert len(of_redemption) == 1
    assert (await story.noted("till.reverse"))[before:] == [of_redemption]


async def test_two_reversals_at_once_give_back_once(till: ToastTill, account: str) -> None:
    guid = next_guid()
    await till.redeem(account, applied("coffee", "d-1"), guid=guid)
    answers = await asyncio.gather(*(till.reverse(account, guid) for _ in range(4)))
    assert sorted(status for status, _ in answers) == [200, 400, 400, 400]
    assert await till.balance(account) == 50


async def test_what_was_never_had_cannot_come_back(till: ToastTill, account: str) -> None:
    guid = next_guid()
    await till.redeem(account, applied("mug", "d-1", 9), guid=guid)
    assert refused(await till.reverse(account, guid)) == NO_TRANSACTION
    assert refused(await till.reverse("R-nobody", guid)) == NO_TRANSACTION


async def test_a_merge_between_two_verbs(till: ToastTill, story: Story) -> None:
    """Who used the offer pays for it when the two are two again."""
    for name, total in (("mia", "10.00"), ("zoe", "20.00")):
        who = person(name.title(), f"{name}son", id_=f"pair-{name}", loyalty_card=f"R-{name}")
        await story.take(order("05T12:00", f"pair-{name}", "pasta", total, who))
    mia, zoe = [await till.account(card=f"R-{name}") for name in ("mia", "zoe")]
    merge = """mutation($numbers: [String!]!) {
      customerMerge(customers: $numbers, signature: {reason: "one guest"}) { decisionId userErrors { message } } }"""
    numbers = [await story.number(card=f"R-{name}") for name in ("mia", "zoe")]
    decision = (await story.ask(merge, numbers=numbers))["customerMerge"]["decisionId"]
    guid = next_guid()
    assert said(await till.redeem(mia, applied("mug", "d-1"), guid=guid)) == (["d-1"], [], 15)
    undo = 'mutation($id: ID!) { decisionUndo(id: $id, signature: {reason: "two guests"}) { userErrors { message } } }'
    await story.ask(undo, id=decision)
    assert [await till.balance(one) for one in (mia, zoe)] == [-5, 20]
    assert await till.reverse(mia, guid) == ACCEPTED
    assert [await till.balance(one) for one in (mia, zoe)] == [10, 20]


async def test_a_limited_key_uses_points_of_its_brand_and_gives_back_what_was_used_there(
    till: ToastTill, account: str
) -> None:
    burger, guid, at_pasta = till.of("s-2", "burger-key"), next_guid(), next_guid()
    assert said(await burger.redeem(account, applied("coffee", "d-1", 3)))[1] == ["10 points more are needed."]
    assert said(await burger.redeem(account, applied("coffee", "d-1", 2), guid=guid)) == (["d-1"], [], 0)
    await till.redeem(account, applied("coffee", "d-2"), guid=at_pasta)
    assert refused(await burger.reverse(account, at_pasta)) == NO_TRANSACTION
    assert await burger.reverse(account, guid) == ACCEPTED


@pytest.mark.parametrize(
    ("redemptions", "key", "expected"),
    [
        ([applied("coffee", "d-1", 21)], None, (400, "ERROR_INVALID_INPUT_PROPERTIES")),
        ([applied("coffee", "d-1", 11), applied("coffee", "d-2", 10)], None, (400, "ERROR_INVALID_INPUT_PROPERTIES")),
        ([applied("coffee", "d-1")], "no-redeem-key", (400, "ERROR_INVALID_TOKEN")),
    ],
)
async def test_what_is_refused_by_name(
    till: ToastTill, account: str, redemptions: Any, key: str | None, expected: tuple[int, str]
) -> None:
    answer = await till.of(key=key).redeem(account, *redemptions)
    assert refused(answer) == expected
    assert not any(word in str(answer) for word in PRIVATE)
    assert await till.balance(account) == 50


async def test_a_redemption_takes_few_round_trips(till: ToastTill, account: str, story: Story) -> None:
    before = story.database.round_trips
    await till.redeem(account, applied("coffee", "d-1"))
    audit = 1
    assert story.database.round_trips - before == 3 + audit + 4 + 1 + audit


DISCOUNTS = [
    {"id": "cakes", "name": "x", "kind": "discount", "price": 10, "discount": {"percent": 50, "products": ["cake"]}},
    {"id": "tenth", "name": "x", "kind": "discount", "price": 0, "discount": {"percent": 10}},
    {"id": "cash", "name": "x", "kind": "amount", "price": 20, "value": "2 USD"},
]


def cake_check(**fields: Any) -> Any:
    """A check of two cakes and a latte."""
    cakes = {"item": {"guid": "cake"}, "displayName": "Cake", "quantity": 2, "price": 9.98}
    latte = {"item": {"guid": "latte"}, "displayName": "Latte", "quantity": 1, "price": 3.5}
    return check_of("13.48", selections=[cakes, latte, None], **fields)


def taken_off(answer: Answer) -> dict[str, Any]:
    return {one["identifier"]: one["amount"] for one in answer[1]["checkResponse"]["appliedRedemptions"]}


async def test_a_discount_is_offered_and_used_for_the_basket_of_a_check(story: Story) -> None:
    who = person("Bea", "Basket", loyalty_card="R-BASKET")
    await story.take(order("05T12:00", "basket", "pasta", "45.00", who))
    async with till_at(story, rewards=DISCOUNTS) as till:
        account = await till.account(card="R-BASKET")
        asked = (applied("cakes", "d-1"), applied("tenth", "d-2"))
        inquired = await till.inquire(account, cake_check(), *asked)
        assert taken_off(inquired) == {"cakes": 4.99, "tenth": 0.84}
        assert [(one["identifier"], one["amount"]) for one in inquired[1]["checkResponse"]["offers"]] == [
            ("cakes", 2.49), ("tenth", 0.76), ("cash", 2.0)
        ]  # fmt: skip
        guid = next_guid()
        before = story.database.round_trips
        first = await till.redeem(account, *asked, guid=guid, check=cake_check())
        assert story.database.round_trips - before == 9 + 1  # contact data is shown
        assert (taken_off(first), said(first)[2]) == ({"cakes": 4.99, "tenth": 0.84}, 35)
        again = await till.redeem(account, *asked, guid=guid, check=check_of("1.00"))
        assert again == first, "the first request decides"
        nothing = await till.redeem(account, applied("cakes", "d-9"), check=check_of("3.50"))
        assert said(nothing) == ([], ["It takes something off a basket: redeem it with one."], 35)
        latte = {"item": {"guid": "latte"}, "price": 3.5}
        other = await till.redeem(account, applied("cakes", "d-9"), check=check_of("3.50", selections=[latte]))
        assert said(other) == ([], ["There is nothing in the basket that it would take something off."], 35)
        assert await till.reverse(account, guid) == ACCEPTED
        assert await till.balance(account) == 45


async def test_an_inquiry_about_very_many_offers_is_refused(till: ToastTill, account: str) -> None:
    found = await till.inquire(account, cake_check(), applied("coffee", "d-1", 20), applied("coffee", "d-2"))
    assert refused(found) == (400, "ERROR_INVALID_INPUT_PROPERTIES")
