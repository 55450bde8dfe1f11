"""The contract of events: what is no event of it is refused, and equal content is equal whatever its spelling."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from domain.events import MAX_VALUES_PER_TYPE, Event, Identify, OrderCompleted, event_adapter
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
        order(channel="fax"),
    ],
)
def test_what_is_no_event_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(raw)


def test_events_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        read(identify()).source = "other"
