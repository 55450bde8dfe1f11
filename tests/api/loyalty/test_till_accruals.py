"""A check that was paid is an order of its guest: once, however often and under whatever GUID it comes.

Tests graph.till_transactions too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from identity.claims import Claims
from ingest.commit import Committer
from resolvers.access.caller import EVENT_PAGE, Caller
from tests.kit.memory import MemoryStore
from tests.kit.story import Story, order, person
from tests.kit.toast_till import TILL, Answer, ToastTill, check_of, next_guid, till_at

pytestmark = pytest.mark.neo4j

RECEIPT = """query($id: String!) { receipt(by: {source: "toast", id: $id}) { transaction {
  status total { amount } channel store { code } brand { code } lines { productCode amount { amount } } } } }"""


@pytest.fixture
async def till(story: Story) -> AsyncGenerator[ToastTill]:
    limited = {
        "pasta-key": Caller("pasta-till", TILL, brands=frozenset({"pasta"}), sources=frozenset({"pasta-till"})),
        "blind-key": Caller("blind", TILL - {"event:write"}),
        "page-key": Caller("page", frozenset({EVENT_PAGE}), brands=frozenset({"pasta"}), sources=frozenset({"toast"})),
    }
    async with till_at(story, limited) as till:
        yield till


@pytest.fixture
async def account(story: Story, till: ToastTill, request: pytest.FixtureRequest) -> str:
    """The account of a guest with 30 points of pasta, by the card."""
    card = f"T-{abs(hash(request.node.name))}"
    await story.take(order("05T12:00", f"before-{card}", "pasta", "30.00", person("Gil", "Till", loyalty_card=card)))
    return await till.account(card=card)


def points(answer: Answer) -> int:
    status, body = answer
    assert (status, body["transactionStatus"]) == (200, "ACCEPT"), body
    return int(body["checkResponse"]["accountInfo"]["pointsBalance"])


def refused(answer: Answer) -> tuple[int, str]:
    return answer[0], answer[1]["transactionStatus"]


ACCEPTED = (200, {"transactionStatus": "ACCEPT"})
NOT_REVERSIBLE = (400, "ERROR_TRANSACTION_CANNOT_BE_REVERSED")
NO_TRANSACTION = (400, "ERROR_TRANSACTION_DOES_NOT_EXIST")


async def test_one_check_earns_once_under_whatever_guid(till: ToastTill, account: str) -> None:
    check, guid = check_of("12.00"), next_guid()
    first = await till.accrue(account, check, guid)
    assert points(first) == 42
    assert await till.accrue(account, check, guid) == first
    assert await till.accrue(account, check, next_guid()) == first
    both = await asyncio.gather(till.accrue(account, check), till.of().accrue(account, check))
    assert [points(one) for one in both] == [42, 42]


async def test_each_check_of_a_table_is_its_own_guests(till: ToastTill, account: str, story: Story) -> None:
    await story.take(order("05T12:00", f"o-{account}", "pasta", "1.00", person("Ola", "Other", loyalty_card="T-ola")))
    other = await till.account(card="T-ola")
    assert points(await till.accrue(account, check_of("12.00"))) == 42
    assert points(await till.accrue(other, check_of("8.00"))) == 9


async def test_a_tip_changed_after_the_payment_counts_anew(till: ToastTill, account: str) -> None:
    check, first, second = check_of("12.00"), next_guid(), next_guid()
    assert points(await till.accrue(account, check, first)) == 42
    assert await till.reverse(account, first, guid=(taken := next_guid())) == ACCEPTED
    assert await till.balance(account) == 30
    assert await till.reverse(account, first, guid=taken) == ACCEPTED  # a retry
    assert refused(await till.reverse(account, first)) == NOT_REVERSIBLE
    tipped = check | {"payments": [check["payments"][0] | {"tipAmount": 3}]}
    assert points(await till.accrue(account, tipped, second)) == 45
    assert points(await till.accrue(account, check, first)) == 45  # a duplicate of the one that was taken back
    assert refused(await till.reverse(account, first)) == NOT_REVERSIBLE
    assert await till.balance(account) == 45
    assert await till.reverse(account, second) == ACCEPTED
    assert await till.balance(account) == 30


async def test_an_accrual_counts_anew_whatever_clock_dated_the_reversal(
    till: ToastTill, account: str, story: Story
) -> None:
    check, guid = check_of("12.00"), next_guid()
    assert points(await till.accrue(account, check)) == 42
    order_id = f"s-1/0a0a0a0a-0000-4000-8000-00000000000b/{check['guid']}"
    ahead = {"at": (datetime.now(UTC) + timedelta(minutes=5)).isoformat(), "messageId": f"back-{guid}"}
    cancellation = {"type": "order.cancelled", "source": "toast", "cancellation": {"order": order_id}} | ahead
    await story.take(cancellation)
    assert await till.balance(account) == 30
    assert points(await till.accrue(account, check, guid)) == 42
    assert await till.reverse(account, guid) == ACCEPTED
    assert await till.balance(account) == 30


async def test_checks_of_two_stores_are_two_orders(till: ToastTill, account: str) -> None:
    check = check_of("12.00", "17")
    assert points(await till.accrue(account, check)) == 42
    assert points(await till.of("s-2").accrue(account, check)) == 54
    assert points(await till.accrue(account, check)) == 54


async def test_a_check_that_we_cannot_write_is_worth_another_try(
    till: ToastTill, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fault(self: Committer, claims: Sequence[Claims], *, large: bool = False) -> None:
        raise ValueError

    check, guid = check_of("12.00"), next_guid()
    with monkeypatch.context() as broken:
        broken.setattr(Committer, "take", fault)
        assert refused(await till.accrue(account, check, guid)) == (503, "ERROR")
    assert points(await till.accrue(account, check, guid)) == 42


async def test_a_check_that_is_refused_is_not_kept(
    till: ToastTill, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A replay would make it an order of nobody."""
    kept: list[object] = []

    async def put(self: MemoryStore, refusals: Sequence[object]) -> list[str]:
        kept.extend(refusals)
        return ["q"] * len(refusals)

    monkeypatch.setattr(MemoryStore, "put", put)
    answer = await till.accrue(account, check_of("4.00", "4111111111111111"))
    assert refused(answer) == (400, "ERROR_INVALID_INPUT_PROPERTIES")
    assert kept == []


async def test_what_cannot_be_reversed(till: ToastTill, account: str) -> None:
    guid, back = next_guid(), next_guid()
    assert points(await till.accrue(account, check_of("12.00"), guid)) == 42
    assert refused(await till.reverse(account, next_guid())) == NO_TRANSACTION
    assert refused(await till.reverse("T-nobody", guid)) == NO_TRANSACTION
    assert refused(await till.of("s-2").reverse(account, guid)) == NO_TRANSACTION
    assert await till.reverse(account, guid, guid=back) == ACCEPTED
    assert refused(await till.reverse(account, back)) == NOT_REVERSIBLE


async def test_a_check_is_kept_as_what_was_paid_and_sold(till: ToastTill, account: str, story: Story) -> None:
    sold = {"item": {"guid": "m-1"}, "displayName": "Crab Cakes", "quantity": 2.0, "price": 10.1, "voided": False}
    guid = next_guid()
    check = check_of("10.10", guid, taxAmount=0.9, totalAmount=11.0, selections=[sold, sold | {"voided": True}])
    check["payments"] = [{"type": "CASH", "tipAmount": 1.1}]
    assert points(await till.accrue(account, check)) == 42
    found = await story.ask(RECEIPT, id=f"s-1/0a0a0a0a-0000-4000-8000-00000000000b/{guid}")
    assert found["receipt"]["transaction"] == {
        "status": "COMPLETED",
        "total": {"amount": "12.10"},
        "channel": "IN_STORE",
        "store": {"code": "s-1"},
        "brand": {"code": "pasta"},
        "lines": [{"productCode": "m-1", "amount": {"amount": "10.10"}}],
    }


async def test_without_an_account_it_is_the_guest_whom_the_check_names(till: ToastTill) -> None:
    customer = {"firstName": "Nina", "lastName": "New", "phone": "2125550188", "email": "nina@till.example"}
    assert await till.accrue(None, check_of("7.00", customer=customer)) == ACCEPTED
    assert await till.balance(await till.account(phone="+12125550188")) == 7


async def test_an_order_of_nobody_can_be_claimed_later(till: ToastTill, account: str) -> None:
    check, guid = check_of("9.00"), next_guid()
    assert await till.accrue(None, check, guid) == ACCEPTED
    assert await till.balance(account) == 30
    assert points(await till.accrue(account, check)) == 39
    assert await till.reverse(None, guid) == ACCEPTED


async def test_an_accrual_hangs_on_the_record_that_the_account_is(till: ToastTill, story: Story) -> None:
    """Two guests are joined between two verbs, and parted again: each has what the till said of them."""
    for name, total in (("una", "10.00"), ("duo", "20.00")):
        who = person(name.title(), f"{name}son", id_=f"twin-{name}", loyalty_card=f"T-{name}")
        await story.take(order("05T12:00", f"twin-{name}", "pasta", total, who))
    una, duo = [await till.account(card=f"T-{name}") for name in ("una", "duo")]
    merge = """mutation($numbers: [String!]!) {
      customerMerge(customers: $numbers, signature: {reason: "one guest"}) { decisionId userErrors { message } } }"""
    numbers = [await story.number(card=f"T-{name}") for name in ("una", "duo")]
    decision = (await story.ask(merge, numbers=numbers))["customerMerge"]["decisionId"]
    assert await till.balance(una) == await till.balance(duo) == 30
    assert points(await till.accrue(duo, check_of("5.00"))) == 35
    for number in numbers:  # a customer number answers for ever
        assert await till.balance(number) == 35
    undo = 'mutation($id: ID!) { decisionUndo(id: $id, signature: {reason: "two guests"}) { userErrors { message } } }'
    await story.ask(undo, id=decision)
    assert [await till.balance(one) for one in (una, duo)] == [10, 25]


async def test_a_limited_key_acts_for_its_brand(till: ToastTill, account: str) -> None:
    pasta = till.of(key="pasta-key")
    guid = next_guid()
    assert points(await pasta.accrue(account, check_of("4.00"), guid)) == 34
    assert refused(await pasta.of("s-2").accrue(account, check_of("4.00"))) == (400, "ERROR_INVALID_RESTAURANT")
    assert refused(await till.reverse(account, guid)) == NO_TRANSACTION  # of another source
    assert await pasta.reverse(account, guid) == ACCEPTED
    assert await pasta.balance(account) == 30


async def test_a_page_key_is_no_tills(till: ToastTill) -> None:
    page = till.of(key="page-key")
    for answer in (await page.accrue(None, check_of("4.00")), await page.reverse(None, next_guid())):
        assert refused(answer) == (400, "ERROR_INVALID_TOKEN")


async def test_who_may_send_no_events_accrues_nothing(till: ToastTill, account: str) -> None:
    blind = till.of(key="blind-key")
    assert refused(await blind.accrue(account, check_of("4.00"))) == (400, "ERROR_INVALID_TOKEN")
    assert await till.balance(account) == 30


@pytest.mark.parametrize(
    "check",
    [
        check_of("4.00", voided=True),
        check_of("4.00", totalAmount=-1),
        check_of("4.00", totalAmount=None, amount=None),
        check_of("4.00", totalAmount=1e15),
    ],
)
async def test_a_check_that_is_no_sale_is_refused(till: ToastTill, account: str, check: dict[str, object]) -> None:
    assert refused(await till.accrue(account, check)) == (400, "ERROR_INVALID_INPUT_PROPERTIES")
    assert await till.balance(account) == 30
