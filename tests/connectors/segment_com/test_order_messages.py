"""Segment.com's order messages become orders and refunds."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.segment_com.messages import Translator
from connectors.segment_com.order_messages import OrderDefaults
from domain.events import OrderCancelled, OrderCompleted, OrderPlaced, OrderRefunded

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
