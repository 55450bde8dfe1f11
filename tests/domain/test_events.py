"""The contract of events: what is no event of it is refused, and equal content is equal whatever its spelling."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.events import MAX_VALUES_PER_TYPE, Event, Identify, OrderCompleted, Track, event_adapter
from domain.order_words import Channel, Payment
from tests.kit.hard_cases import Teller, subject


def read(raw: dict[str, Any], **changes: Any) -> Event:
    return event_adapter.validate_python(raw | changes)


def identify(**known: Any) -> dict[str, Any]:
    return Teller("events").identify("web", "p-1", **known)


def order(total: str = "12.30", **changes: Any) -> dict[str, Any]:
    return Teller("events").order("completed", "till", "o-1", subject(None, phone="+12125550142"), total, **changes)


def test_one_value_may_stand_for_a_list() -> None:
    one, many = read(identify(email="a@x.example")), read(identify(email=["a@x.example"]))
    assert isinstance(one, Identify)
    assert isinstance(many, Identify)
    assert one.subject.identifiers == many.subject.identifiers == {"email": ["a@x.example"]}


def test_an_order_keeps_its_amount_to_the_cent() -> None:
    event = read(order())
    assert isinstance(event, OrderCompleted)
    assert str(event.order.total) == "12.30"


@pytest.mark.parametrize(
    "raw",
    [
        identify() | {"at": "2026-01-05T12:00:00"},  # no zone
        identify() | {"at": "0001-01-01T00:00:00Z"},
        identify() | {"type": "nothing"},
        identify() | {"messageId": ""},
        identify() | {"unknown": 1},
        identify(email=[f"a{n}@x.example" for n in range(MAX_VALUES_PER_TYPE + 1)]),
        order(currency="usd"),
        order(total="12.345"),
        order(total="NaN"),
        order(covers=-1),
        order(covers="many"),
        order(tip="-1.00"),
        order(tax="0.001"),
        order(currency="JPY", total="12", serviceCharge="1.5", lines=[]),
        order(discounts="1.00"),
    ],
)
def test_what_is_no_event_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(raw)


@pytest.mark.parametrize("told", ["fax", "Stadium Vendor", "3", 3, True, ["dine_in"], {"id": 1}, "", None])
def test_an_unknown_channel_or_payment_costs_no_sale(told: Any) -> None:
    event = read(order(channel=told, payment=told))
    assert isinstance(event, OrderCompleted)
    assert event.order.channel is Channel.OTHER
    assert event.order.payment is (Payment.OTHER if told not in ("", None) else None)
    raw = order()
    del raw["order"]["channel"]
    event = read(raw)
    assert isinstance(event, OrderCompleted)
    assert event.order.channel is Channel.OTHER


def test_a_page_or_track_without_a_channel_has_none() -> None:
    for told, channel in ((None, None), ("", None), ("Kiosk", Channel.KIOSK), ("fax", Channel.OTHER)):
        event = read(Teller("events").tell("track", "app", name="x", channel=told))
        assert isinstance(event, Track)
        assert event.channel is channel


def test_an_order_of_a_restaurant_says_what_its_bill_says() -> None:
    bill = {"tax": "1.10", "tip": "2.00", "serviceCharge": "0.90", "discount": "3", "covers": 4, "table": "12"}
    event = read(order(channel="Dine-In", payment="VISA", **bill))
    assert isinstance(event, OrderCompleted)
    told = event.order
    assert (told.channel, told.payment, told.covers, told.table) == (Channel.DINE_IN, Payment.CARD, 4, "12")
    assert [str(part) for part in (told.tax, told.tip, told.service_charge, told.discount)] == [
        "1.10",
        "2.00",
        "0.90",
        "3",
    ]


def test_events_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        read(identify()).source = "other"
