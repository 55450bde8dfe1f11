"""A check becomes the order that the guest paid: to the cent, with its parts, whatever the till's binary fractions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toast.check_order import order_id, order_of, paid_at, subject_of
from connectors.toast.till_request import CheckInformation, TillCustomer
from connectors.toast.till_status import TillRefused, TillStatus
from domain.events import Order

CENTS = st.integers(0, 1_000_000).map(lambda cents: cents / 100)


def asked(order: str | None = "o-1", **fields: Any) -> CheckInformation:
    return CheckInformation.model_validate({"orderGuid": order, "check": {"guid": "c-1", "totalAmount": 10} | fields})


def made(currency: str = "USD", **fields: Any) -> Order:
    """The order, as the event contract takes it."""
    return Order.model_validate(order_of(asked(**fields), store="s-1", currency=currency))


def test_checks_of_one_table_and_of_stores_are_several_orders() -> None:
    assert order_id(asked(), "s-1") == "s-1/o-1/c-1"
    assert order_id(asked(None), "s-1") == "s-1/c-1"
    assert made().id == "s-1/o-1/c-1"


def test_an_id_that_is_too_long_is_hashed() -> None:
    long = [order_id(asked("o" * 100, guid=guid * 100), "s" * 50) for guid in "ab"]
    assert (len(set(long)), [len(one) for one in long]) == (2, [64, 64])


def test_taxes_tips_and_charges_are_in_the_total() -> None:
    order = made(
        totalAmount=8.69,
        taxAmount=0.69,
        payments=[
            {"type": "CREDIT", "tipAmount": 1.31, "paymentStatus": "CAPTURED"},
            {"type": "CREDIT", "tipAmount": 99, "paymentStatus": "VOIDED"},
        ],
        appliedServiceCharges=[{"chargeAmount": 0.5}, {"chargeAmount": None}],
        appliedDiscounts=[{"discountAmount": 2}],
        selections=[{"appliedDiscounts": [{"discountAmount": 0.25}]}],
    )
    assert (order.total, order.tax, order.tip, order.service_charge, order.discount) == (
        Decimal("10.00"),
        Decimal("0.69"),
        Decimal("1.31"),
        Decimal("0.50"),
        Decimal("2.25"),
    )
    assert order.payment == "card"


def test_what_was_given_back_is_not_paid() -> None:
    refund = {"refundAmount": 4, "tipRefundAmount": 1}
    order = made(payments=[{"type": "CASH", "tipAmount": 3, "refund": refund}])
    assert (order.total, order.tip) == (Decimal("8.00"), Decimal("2.00"))
    everything = made(payments=[{"type": "CASH", "refund": {"refundAmount": 11}}])
    assert everything.total == 0


@pytest.mark.parametrize(
    ("types", "payment"),
    [
        (["CASH"], "cash"),
        (["GIFTCARD"], "gift_card"),
        (["CREDIT", "CASH"], "mixed"),
        (["FUTURE"], "other"),
        ([None], "other"),
        ([], None),
    ],
)
def test_how_it_was_paid(types: list[str | None], payment: str | None) -> None:
    assert made(payments=[{"type": one} for one in types]).payment == payment


def test_lines_are_what_was_sold() -> None:
    line = {"item": {"guid": "m-1"}, "displayName": "Ale", "quantity": 2.0, "price": 8.1}
    left_out = [
        line | {"voided": True},
        line | {"price": None},
        line | {"price": -1},
        line | {"quantity": 0},
        line | {"quantity": 1_234_567_890},
        line | {"quantity": 10**12},
        line | {"item": {"guid": "4111111111111111"}},
        line | {"item": {"guid": "m" * 101}},
        line | {"displayName": "A" * 201},
        {"price": 1},
        "Ale",
    ]
    found = made(selections=[line, line | {"item": None, "quantity": 0.3333333}, *left_out]).lines
    assert [(one.product, one.name, str(one.quantity), str(one.amount)) for one in found] == [
        ("m-1", "Ale", "2", "8.10"),
        ("Ale", "Ale", "0.333", "8.10"),
    ]


def test_what_is_strange_in_a_check_costs_nothing_else() -> None:
    order = made(
        createdDevice={"id": "till\t3\n"},
        deliveryInfo="no",
        selections=[{"displayName": "Crab\tCakes\n", "price": 1, "item": {"guid": "m\x7f1"}}],
    )
    assert (order.terminal, order.channel, order.total) == ("till 3", "in_store", 10)
    assert [(one.product, one.name) for one in order.lines] == [("m 1", "Crab Cakes")]
    assert made(createdDevice={"id": "t" * 201}, deliveryInfo=[1]).terminal is None


def test_nothing_of_a_guest_is_in_an_order() -> None:
    order = order_of(asked(tabName="Jane Roe", customer={"firstName": "Jane"}), store="s-1", currency="USD")
    assert "Jane" not in str(order)


@pytest.mark.parametrize(
    "fields", [{"voided": True}, {"deleted": True}, {"totalAmount": -0.01}, {"totalAmount": None, "amount": None}]
)
def test_a_check_that_is_no_sale(fields: dict[str, Any]) -> None:
    with pytest.raises(TillRefused) as refused:
        made(**fields)
    assert refused.value.status is TillStatus.WRONG_INPUT


def test_the_first_time_that_is_known_is_when_it_was_paid() -> None:
    times = {"paidDate": "2026-03-01T10:00:00Z", "closedDate": "2026-03-01T11:00:00Z"}
    found = paid_at(asked(**times).check)
    assert (found and found.hour) == 10
    assert paid_at(asked().check) is None


@pytest.mark.parametrize(
    ("customer", "identifiers"),
    [
        (None, None),
        ({"firstName": "Jane"}, None),
        ({"phone": "2125550142", "email": "jane@x.example"}, {"phone": "2125550142"}),
        ({"email": "jane@x.example"}, {"email": "jane@x.example"}),
    ],
)
def test_a_guest_without_an_account_is_named_in_one_way(customer: Any, identifiers: Any) -> None:
    subject = subject_of(customer and TillCustomer.model_validate(customer))
    assert (subject and subject["identifiers"]) == identifiers


@given(CENTS, CENTS, st.lists(CENTS, max_size=5), st.sampled_from(["USD", "JPY", "KWD"]))
def test_every_total_fits_its_currency(total: float, tax: float, tips: list[float], currency: str) -> None:
    paid = [{"type": "CASH", "tipAmount": tip} for tip in tips]
    order = made(currency, totalAmount=total + tax, taxAmount=tax, payments=paid)
    exact = sum((Decimal(str(tip)) for tip in tips), Decimal(str(total + tax)))
    assert abs(order.total - exact) <= {"USD": Decimal("0.005"), "JPY": Decimal("0.5"), "KWD": Decimal(0)}[currency] + (
        Decimal("1e-9")
    )
