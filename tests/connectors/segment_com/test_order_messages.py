"""Segment.com's order messages become orders and refunds."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.segment_com.messages import Translator
from connectors.segment_com.order_messages import OrderDefaults
from domain.errors import EventRefused
from domain.events import MAX_LINES, OrderCancelled, OrderCompleted, OrderPlaced, OrderRefunded

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


WEB = Translator("web", OrderDefaults.of("web", "USD"), NOW)


COMMON: dict[str, Any] = {"messageId": "m-1", "timestamp": "2026-03-01T18:30:00.000Z", "userId": "u-1"}


PRODUCT = {"product_id": "p-1", "sku": "s-1", "name": "Pizza", "price": 9.1, "quantity": 3}


ORDER: dict[str, Any] = {"order_id": "o-1", "total": 27.3, "currency": "eur", "products": [PRODUCT]}


def track(event: str, properties: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "properties": properties, **COMMON, **fields}


def test_order_completed() -> None:
    event = WEB.read(track("Order Completed", ORDER))
    assert isinstance(event, OrderCompleted)
    order = event.order
    assert (event.brand, order.id, order.store, order.channel) == ("web", "o-1", "web-online", "web")
    assert (order.currency, order.total) == ("EUR", Decimal("27.30"))
    assert [(line.product, line.name, line.quantity, line.amount) for line in order.lines] == [
        ("p-1", "Pizza", Decimal(3), Decimal("27.30"))
    ]


def test_order_completed_with_everything_said() -> None:
    said = {"brand": "Bella Pizza", "affiliation": "Main St", "channel": "Dine-In", "revenue": "30.00", "orderId": 7}
    event = WEB.read(track("completed order", said))
    assert isinstance(event, OrderCompleted)
    assert (event.brand, event.order.store, event.order.channel) == ("bella-pizza", "Main St", "dine_in")
    assert (event.order.id, event.order.total, event.order.currency) == ("7", Decimal("30.00"), "USD")


def test_an_order_from_a_phone_is_of_the_app() -> None:
    event = WEB.read(track("Order Completed", ORDER, context={"app": {"name": "x"}, "os": {"name": "iOS"}}))
    assert isinstance(event, OrderCompleted)
    assert event.order.channel == "app"


def test_order_placed_and_refunded() -> None:
    assert isinstance(WEB.read(track("Order Placed", ORDER)), OrderPlaced)
    event = WEB.read(track("Order Refunded", {"order_id": "o-1", "total": 0.1 + 0.2, "currency": "USD"}))
    assert isinstance(event, OrderRefunded)
    assert (event.refund.id, event.refund.order, event.refund.amount) == ("m-1", "o-1", Decimal("0.30"))


def test_the_bill_of_a_restaurant() -> None:
    bill = {"tax": 1.1, "gratuity": "2.00", "discount": 3, "payment_method": "Apple Pay", "covers": 4, "table": 12}
    event = WEB.read(track("Order Completed", ORDER | bill | {"channel": "Drive-Thru"}))
    assert isinstance(event, OrderCompleted)
    order = event.order
    assert (order.tax, order.tip, order.discount) == (Decimal("1.10"), Decimal("2.00"), Decimal("3.00"))
    assert (order.channel, order.payment, order.covers, order.table) == ("drive_through", "wallet", 4, "12")


@pytest.mark.parametrize(
    "told", [{"tax": "much"}, {"tip": -1}, {"discount": []}, {"covers": "x"}, {"channel": "zeppelin"}]
)
def test_what_a_bill_says_in_vain_costs_no_sale(told: dict[str, Any]) -> None:
    event = WEB.read(track("Order Completed", ORDER | told))
    assert isinstance(event, OrderCompleted)
    assert (event.order.tax, event.order.tip, event.order.discount, event.order.covers) == (None,) * 4


def test_a_cancelled_order() -> None:
    for name in ("Order Cancelled", "order canceled"):
        event = WEB.read(track(name, {"order_id": "o-1", "reason": "sold out"}))
        assert isinstance(event, OrderCancelled)
        assert (event.cancellation.order, event.cancellation.reason) == ("o-1", "sold out")


def test_the_brand_of_a_source_is_configured() -> None:
    translator = Translator.of("web", "USD", {"web": "forno-nine"}, NOW)
    for message in (track("Order Completed", ORDER), track("Menu Viewed", {}), {**COMMON, "type": "identify"}):
        assert translator.read(message).brand == "forno-nine"  # pyright: ignore
    assert translator.read(track("Order Completed", ORDER | {"brand": "cafe"})).brand == "cafe"  # pyright: ignore


@pytest.mark.parametrize(
    "product",
    [
        {"product_id": "gift", "price": "free"},
        {"product_id": "gift", "price": -3},
        {"product_id": "gift", "price": 3, "quantity": 0},
        {"product_id": "gift", "price": 3, "quantity": "many"},
        {"product_id": "gift", "price": True},
        {"product_id": "gift", "price": float("1e300")},
        {"product_id": "x" * 201, "price": 3},
        {"price": 3},
        None,
        "gift",
    ],
)
def test_an_order_never_waits_for_a_line(product: Any) -> None:
    event = WEB.read(track("Order Completed", ORDER | {"total": 30, "products": [PRODUCT, product]}))
    assert isinstance(event, OrderCompleted)
    assert (event.order.total, [line.product for line in event.order.lines]) == (Decimal("30.00"), ["p-1"])


@pytest.mark.parametrize(
    ("product", "quantity", "amount"),
    [
        ({"price": None}, "1", "0.00"),
        ({"price": ""}, "1", "0.00"),
        ({"price": "3.333", "quantity": "2"}, "2", "6.67"),
        ({"price": 3, "quantity": None}, "1", "3.00"),
        ({"price": 10, "quantity": 1 / 3}, "0.333", "3.33"),
    ],
)
def test_a_line_is_read_as_far_as_it_can(product: dict[str, Any], quantity: str, amount: str) -> None:
    event = WEB.read(track("Order Completed", ORDER | {"products": [{"product_id": "gift", **product}]}))
    assert isinstance(event, OrderCompleted)
    assert [(line.quantity, line.amount) for line in event.order.lines] == [(Decimal(quantity), Decimal(amount))]


def test_too_many_lines_are_no_reason_to_refuse_an_order() -> None:
    event = WEB.read(track("Order Completed", ORDER | {"products": [PRODUCT] * (MAX_LINES + 1)}))
    assert isinstance(event, OrderCompleted)
    assert len(event.order.lines) == MAX_LINES


@pytest.mark.parametrize(
    ("properties", "amount"),
    [
        ({}, None),
        ({"total": None, "products": []}, None),
        ({"products": [{"product_id": "p", "price": 4.5, "quantity": 2}, {"sku": "q", "price": "1.05"}]}, "10.05"),
        ({"products": [{"product_id": "p", "price": 4}, {"product_id": "gift", "price": None}]}, "4.00"),
        ({"total": 3, "products": [{"product_id": "p", "price": 4}]}, "3.00"),
        ({"value": "2.50"}, "2.50"),
    ],
)
def test_what_a_refund_gives_back(properties: dict[str, Any], amount: str | None) -> None:
    event = WEB.read(track("Order Refunded", {"order_id": "o-1"} | properties))
    assert isinstance(event, OrderRefunded)
    assert event.refund.amount == (amount and Decimal(amount))


def test_a_refund_of_products_without_prices_is_not_the_whole_order() -> None:
    with pytest.raises(EventRefused) as refused:
        WEB.read(track("Order Refunded", {"order_id": "o-1", "products": [{"product_id": "p"}]}))
    assert refused.value.pointer == "/refund/amount"
