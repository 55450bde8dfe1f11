"""The address of the till protocol: who is let in, what each wrong request is called, and what is never shown.

Tests api.loyalty.till too."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable

import pytest
from structlog.testing import capture_logs

from api.loyalty.toast_endpoint import MAX_TILL_BODY
from resolvers.access.caller import Caller
from tests.kit.story import EMAIL, PHONE, PRIVATE, Story
from tests.kit.toast_till import KEY, TILL, ToastTill, check_of, next_guid, till_at

pytestmark = pytest.mark.neo4j

HEADERS = {
    "authorization": f"Bearer {KEY}",
    "toast-restaurant-external-id": "s-1",
    "toast-transaction-guid": "g-1",
    "toast-transaction-type": "LOYALTY_SEARCH",
}
BODY = {"toastTransactionType": "LOYALTY_SEARCH", "searchTransactionInformation": {"searchCriteria": {"phone": PHONE}}}


@pytest.fixture(scope="module")
async def till(story: Story) -> AsyncGenerator[ToastTill]:
    one_store = Caller("one-store", TILL, stores=frozenset({"s-2"}))
    async with till_at(story, {"one-store-key": one_store}) as till:
        yield till


async def test_a_bare_token_is_taken_as_toast_sends_it(till: ToastTill) -> None:
    for authorization in (KEY, f"bearer {KEY}"):
        answer = await till.client.post(
            "/v1/loyalty/toast", json=BODY, headers=HEADERS | {"authorization": authorization}
        )
        assert (answer.status_code, answer.json()["transactionStatus"]) == (200, "ACCEPT")


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        ({"authorization": "Bearer other"}, BODY, (400, "ERROR_INVALID_TOKEN")),
        ({"authorization": ""}, BODY, (400, "ERROR_INVALID_TOKEN")),
        ({"toast-transaction-type": ""}, BODY, (400, "ERROR_INVALID_TOAST_TRANSACTION_TYPE")),
        ({"toast-transaction-type": "LOYALTY_INQUIRE"}, BODY, (400, "ERROR_INVALID_TOAST_TRANSACTION_TYPE")),
        ({"toast-transaction-type": "LOYALTY_TRANSFER"}, BODY, (400, "ERROR_INVALID_TOAST_TRANSACTION_TYPE")),
        ({"toast-transaction-type": "LOYALTY_SIGN_UP"}, BODY, (400, "ERROR_INVALID_TOAST_TRANSACTION_TYPE")),
        ({"toast-restaurant-external-id": "s-9"}, BODY, (400, "ERROR_INVALID_RESTAURANT")),
        ({"toast-restaurant-external-id": ""}, BODY, (400, "ERROR_INVALID_RESTAURANT")),
        ({"authorization": "Bearer one-store-key"}, BODY, (400, "ERROR_INVALID_RESTAURANT")),
        ({"toast-transaction-guid": ""}, BODY, (400, "ERROR_INVALID_INPUT_PROPERTIES")),
        ({}, [], (400, "ERROR_INVALID_INPUT_PROPERTIES")),
        ({}, {"toastTransactionType": "LOYALTY_SEARCH"}, (400, "ERROR_INVALID_INPUT_PROPERTIES")),
    ],
)
async def test_each_wrong_request_has_its_status(
    till: ToastTill, headers: dict[str, str], body: object, expected: tuple[int, str]
) -> None:
    answer = await till.client.post("/v1/loyalty/toast", json=body, headers=HEADERS | headers)
    assert (answer.status_code, answer.json()["transactionStatus"]) == expected
    assert answer.json()["message"]
    assert not any(word in answer.text for word in PRIVATE)


@pytest.mark.parametrize("content", [b"", b"oops", b"{" * 5_000, b" " * (MAX_TILL_BODY + 1)])
async def test_a_body_that_is_no_request(till: ToastTill, content: bytes) -> None:
    answer = await till.client.post("/v1/loyalty/toast", content=content, headers=HEADERS)
    assert (answer.status_code, answer.json()["transactionStatus"]) == (400, "ERROR_INVALID_INPUT_PROPERTIES")


async def test_another_method_is_refused(till: ToastTill) -> None:
    answer = await till.client.get("/v1/loyalty/toast", headers=HEADERS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_slow_store_is_no_fault_of_the_till(story: Story) -> None:
    hurried = story.settings.model_copy(update={"till_timeout_s": 0.000_001})
    async with till_at(story, settings=hurried) as till:
        status, body = await till.search(phone=PHONE)
    assert (status, body["transactionStatus"]) == (504, "ERROR")


async def test_a_body_that_does_not_arrive_counts_for_the_time_of_the_request(story: Story) -> None:
    async def body() -> AsyncGenerator[bytes]:
        await asyncio.Event().wait()
        yield b""

    hurried = story.settings.model_copy(update={"till_timeout_s": 0.05, "body_timeout_s": 0.2})
    async with till_at(story, settings=hurried) as till:
        answer = await till.client.post("/v1/loyalty/toast", content=body(), headers=HEADERS)
    assert (answer.status_code, answer.json()["transactionStatus"]) == (504, "ERROR")


async def test_no_log_line_says_who_it_was(till: ToastTill) -> None:
    customer = {"firstName": "Ann", "lastName": "Smith", "email": EMAIL}
    with capture_logs() as logs:
        await till.search(phone=PHONE, firstName="Ann")
        await till.accrue(None, check_of("1.00", customer=customer), next_guid())
        await till.search(phone="not-a-number-Smith")
    lines = [line for line in logs if line["event"] == "till"]
    assert [(line["verb"], line["status"]) for line in lines] == [
        ("LOYALTY_SEARCH", "ACCEPT"),
        ("LOYALTY_ACCRUE", "ACCEPT"),
        ("LOYALTY_SEARCH", "ERROR_INVALID_INPUT_PROPERTIES"),
    ]
    assert not any(word in str(logs) for word in PRIVATE)


async def test_each_verb_takes_few_round_trips(till: ToastTill, story: Story) -> None:
    account = await till.account(phone=PHONE)

    async def trips(work: Awaitable[object]) -> int:
        before = story.database.round_trips
        await work
        return story.database.round_trips - before

    audit = 1  # what shows contacts in clear, or sends, is noted
    assert await trips(till.search(phone=PHONE)) == 2 + audit
    assert await trips(till.inquire(account)) == 2 + audit
    assert await trips(till.accrue(account, check_of("1.00"))) == 3 + 4 + audit + 1 + audit
