"""What a till sends is read within bounds, and what is wrong is said without what was sent."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toast.till_answer import TillAccount, found
from connectors.toast.till_request import (
    MAX_CHECK_PARTS,
    MAX_REDEMPTIONS,
    TillHeaders,
    TillVerb,
    check_information,
    reverse_information,
    search_criteria,
    signup_information,
    transfer_information,
)
from connectors.toast.till_status import TillRefused, TillStatus

HEADERS = {
    "toast-transaction-type": "LOYALTY_INQUIRE",
    "toast-transaction-guid": " g-1 ",
    "toast-restaurant-external-id": "r-1",
}
REDEMPTION = {"identifier": "coffee", "appliedDiscountGuid": "d-1", "amount": 5, "quantity": None, "itemId": None}


def check(**fields: Any) -> dict[str, Any]:
    return {
        "toastTransactionType": "LOYALTY_ACCRUE",
        "checkTransactionInformation": {"loyaltyIdentifier": " ", "check": {"guid": "c-1"} | fields},
    }


def test_headers_say_what_is_asked_and_where() -> None:
    assert TillHeaders.of(HEADERS) == TillHeaders(TillVerb.INQUIRE, "g-1", "r-1")


@pytest.mark.parametrize(
    ("header", "value", "status"),
    [
        ("toast-transaction-type", "LOYALTY_SIGN_UP", TillStatus.WRONG_TYPE),
        ("toast-transaction-type", "loyalty_inquire", TillStatus.WRONG_TYPE),
        ("toast-transaction-guid", "", TillStatus.WRONG_INPUT),
        ("toast-transaction-guid", "a b", TillStatus.WRONG_INPUT),
        ("toast-transaction-guid", "g" * 101, TillStatus.WRONG_INPUT),
        ("toast-restaurant-external-id", " ", TillStatus.WRONG_RESTAURANT),
        ("toast-restaurant-external-id", "r" * 201, TillStatus.WRONG_RESTAURANT),
    ],
)
def test_wrong_headers(header: str, value: str, status: TillStatus) -> None:
    with pytest.raises(TillRefused) as refused:
        TillHeaders.of(HEADERS | {header: value})
    assert refused.value.status is status


def test_fields_of_tomorrow_and_nulls_are_left_aside() -> None:
    asked = check_information(check(selections=None, payments=None, newField={"x": 1}, paidDate=None), TillVerb.ACCRUE)
    assert (asked.loyalty_identifier, asked.redemptions, asked.check.selections) == (None, (), ())
    body = {"toastTransactionType": "LOYALTY_SEARCH", "searchTransactionInformation": {"searchCriteria": {"a": 1}}}
    assert search_criteria(body).phone is None


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ("2019-04-08T21:16:46.767+0000", "2019-04-08T21:16:46.767000+00:00"),
        ("2019-08-24T14:15:22Z", "2019-08-24T14:15:22+00:00"),
        ("1970-01-01T00:00:00.000+0000", None),
        ("2019-08-24T14:15:22", None),
        ("soon", None),
        (20190408, None),
    ],
)
def test_times_as_toast_writes_them(sent: Any, at: str | None) -> None:
    found = check_information(check(paidDate=sent), TillVerb.ACCRUE).check.paid_date
    assert (found and found.isoformat()) == at


def test_a_redemption_is_told_from_others_by_its_discount() -> None:
    body = {
        "toastTransactionType": "LOYALTY_REVERSE",
        "reverseTransactionInformation": {"transactionId": "g-1", "redemptions": [REDEMPTION]},
    }
    [redemption] = reverse_information(body).redemptions
    assert (redemption.identifier, redemption.discount, redemption.quantity) == ("coffee", "d-1", 1)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ([], "JSON object"),
        ({"toastTransactionType": "LOYALTY_ACCRUE"}, "/checkTransactionInformation is not an object"),
        (check(guid=""), "/checkTransactionInformation/check/guid"),
        (check(totalAmount="lots-of-jane.roe@example.org"), "/checkTransactionInformation/check/totalAmount"),
        (check(totalAmount=float("inf")), "/checkTransactionInformation/check/totalAmount"),
        (check(customer={"phone": "7" * 201}), "/checkTransactionInformation/check/customer/phone"),
        (check(payments=[{}] * (MAX_CHECK_PARTS + 1)), "/checkTransactionInformation/check/payments"),
    ],
)
def test_what_is_wrong_is_named_and_not_repeated(body: Any, place: str) -> None:
    with pytest.raises(TillRefused) as refused:
        check_information(body, TillVerb.ACCRUE)
    assert refused.value.status is TillStatus.WRONG_INPUT
    assert place in refused.value.message
    assert not any(sent in refused.value.message for sent in ("example.org", "777"))


def test_redemptions_are_bounded() -> None:
    body = check()
    body["checkTransactionInformation"]["redemptions"] = [REDEMPTION] * (MAX_REDEMPTIONS + 1)
    with pytest.raises(TillRefused, match=f"more than {MAX_REDEMPTIONS}"):
        check_information(body, TillVerb.ACCRUE)


def test_the_body_says_what_the_header_says() -> None:
    with pytest.raises(TillRefused) as refused:
        check_information(check(), TillVerb.REDEEM)
    assert refused.value.status is TillStatus.WRONG_TYPE


DOC = (Path(__file__).parents[3] / "docs" / "till-protocol.md").read_text("utf-8")


def test_the_examples_of_the_document_are_requests_and_answers() -> None:
    answer, inquiry, move, signup = (json.loads(text) for text in re.findall(r"```json\n(.*?)```", DOC, re.DOTALL))
    asked = check_information(inquiry, TillVerb.INQUIRE)
    assert (asked.redemptions[0].discount, str(asked.check.total_amount)) == ("d-1", "8.69")
    [account] = answer["searchResponse"]["accounts"]
    shown = TillAccount(
        account["identifier"],
        int(account["pointsBalance"]),
        account["firstName"],
        account["lastName"],
        account["phone"],
    )
    assert found([shown]) == answer
    sent = re.findall(r"-d '(.*?)'\n", DOC, re.DOTALL)[0]
    assert search_criteria(json.loads(sent)).first_name == "Jane"
    moved = transfer_information(move)
    assert (moved.from_loyalty_identifier, moved.to_loyalty_identifier, moved.points) == (
        account["identifier"],
        "REG-4000-7788",
        None,
    )
    joins = signup_information(signup)
    assert (joins.phone, joins.email, joins.first_name, joins.last_name) == ("2025550143", None, "Jane", "Roe")


def test_the_document_names_every_status_and_verb() -> None:
    assert [one for one in (*TillStatus, *TillVerb) if f"`{one}`" not in DOC] == []


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
)
NAMES = ("guid", "payments", "selections", "totalAmount", "customer", "deliveryInfo", "paidDate", "createdDevice")


@given(st.dictionaries(st.sampled_from(NAMES), JSON))
def test_whatever_a_check_holds_is_read_or_refused_by_name(fields: dict[str, Any]) -> None:
    with suppress(TillRefused):
        check_information(check(**fields), TillVerb.ACCRUE)
