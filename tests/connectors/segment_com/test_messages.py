"""Segment messages become the native events that their sender meant, the same ones each time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from connectors.segment_com.messages import Translator, messages
from connectors.segment_com.order_messages import OrderDefaults
from domain.errors import EventRefused
from domain.events import Alias, Event, Identify, Page, Track
from tests.kit.building import READER

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WEB = Translator("web", OrderDefaults.of("web", "USD"), NOW)
COMMON: dict[str, Any] = {"messageId": "m-1", "timestamp": "2026-03-01T18:30:00.000Z", "userId": "u-1"}
PRODUCT = {"product_id": "p-1", "sku": "s-1", "name": "Pizza", "price": 9.1, "quantity": 3}
ORDER: dict[str, Any] = {"order_id": "o-1", "total": 27.3, "currency": "eur", "products": [PRODUCT]}


def event(message: dict[str, Any]) -> Event:
    return WEB.read({"timestamp": COMMON["timestamp"]} | message)


def track(event: str, properties: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "track", "event": event, "properties": properties, **COMMON, **fields}


def test_identify() -> None:
    traits = {
        "email": "Jane.Roe@example.org", "phone": "+1 202 555 0143", "firstName": "Jane", "lastName": "Roe",
        "birthday": "1980-02-29T00:00:00.000Z", "gender": "f", "favoriteColor": "blue", "plan": {"id": 7}, "age": 46,
        "address": {"street": "1 Main St", "city": "Springfield", "postalCode": "62701", "country": "us"},
    }  # fmt: skip
    context = {"device": {"id": "d-1", "advertisingId": "a-1"}, "locale": "en-US", "traits": {"lastName": "Old"}}
    event = WEB.read({"type": "identify", "anonymousId": "an-1", "traits": traits, "context": context, **COMMON})
    assert isinstance(event, Identify)
    assert (event.source, event.message_id, event.at) == ("web", "m-1", datetime(2026, 3, 1, 18, 30, tzinfo=UTC))
    assert event.subject.id == "u-1"
    assert event.subject.identifiers == {
        "account_id": ["web:u-1"], "anonymous_id": ["an-1"], "email": ["Jane.Roe@example.org"],
        "phone": ["+1 202 555 0143"], "device_id": ["a-1", "d-1"],
    }  # fmt: skip
    found = event.subject.traits
    assert (found.given_name, found.family_name, found.birth_date, found.sex) == ("Jane", "Roe", date(1980, 2, 29), "f")
    assert found.language == "en-US"
    assert found.address is not None
    assert (found.address.line1, found.address.postcode, found.address.country) == ("1 Main St", "62701", "US")
    assert found.extra == {"favorite_color": "blue", "plan": '{"id":7}', "age": "46"}
    assert event.subject.region == "US"


def test_a_whole_name_gives_both_names() -> None:
    assert WEB.translate({"type": "identify", "traits": {"name": "Jane Mary Roe"}, **COMMON})["subject"]["traits"] == {
        "givenName": "Jane Mary", "familyName": "Roe"}  # fmt: skip
    assert WEB.translate({"type": "identify", "traits": {"name": "Cher"}, **COMMON})["subject"]["traits"] == {
        "givenName": "Cher"}  # fmt: skip


def test_odd_optional_traits_refuse_nobody() -> None:
    traits = {
        "birthday": "soon",
        "address": "1 Main St\nSpringfield",
        "firstName": "Ja\tne",
        "": 1,
        "ü": "x",
        "e": None,
    }
    event = WEB.read({"type": "identify", "traits": traits, **COMMON})
    assert isinstance(event, Identify)
    assert event.subject.traits.extra == {"birthday": "soon"}
    assert event.subject.traits.given_name == "Ja ne"
    country = {"address": {"country": "United States"}}
    event = WEB.read({"type": "identify", "traits": country, **COMMON})
    assert isinstance(event, Identify)
    assert event.subject.traits.extra == {"country": "United States"}


def test_an_anonymous_visitor_has_a_record_of_its_own() -> None:
    device = {"device": {"advertisingId": "00000000-0000-0000-0000-000000000000"}}
    event = WEB.read({"type": "page", **COMMON, "userId": None, "anonymousId": "an-1", "context": device})
    assert isinstance(event, Page)
    assert event.subject.id == "anon:an-1"
    assert event.subject.identifiers == {"anonymous_id": ["an-1"]}


def test_contact_data_in_the_context_of_any_message() -> None:
    context = {"traits": {"email": "jane@example.org"}}
    event = WEB.read(track("Signed Up", {"plan": "x"}, context=context))
    assert isinstance(event, Track)
    assert event.subject.identifiers["email"] == ["jane@example.org"]
    assert (event.name, event.properties) == ("Signed Up", {"plan": "x"})


def test_traits_of_a_group_are_not_those_of_the_person() -> None:
    event = WEB.read({"type": "group", "groupId": 7, "traits": {"email": "office@example.org"}, **COMMON})
    assert isinstance(event, Track)
    assert "email" not in event.subject.identifiers
    assert (event.name, event.properties) == ("group", {"groupId": "7", "traits": {"email": "office@example.org"}})


def test_pages_and_screens() -> None:
    page = WEB.read({"type": "page", "name": "Menu", "category": "Food", "properties": {"url": "/menu"}, **COMMON})
    screen = WEB.read({"type": "screen", "name": "Menu\nof today", **COMMON})
    assert isinstance(page, Page)
    assert isinstance(screen, Page)
    assert (page.name, page.channel, page.properties) == ("Menu", "web", {"category": "Food", "url": "/menu"})
    assert (screen.name, screen.channel) == ("Menu of today", "app")


def test_alias_looks_for_the_former_id_as_either() -> None:
    event = WEB.read({"type": "alias", "previousId": "an-1", **COMMON})
    assert isinstance(event, Alias)
    assert event.subject.identifiers == {"account_id": ["web:u-1"]}
    assert event.previous.identifiers == {"anonymous_id": ["an-1"], "account_id": ["web:an-1"]}


@pytest.mark.parametrize(
    ("message", "pointer"),
    [
        ("x", ""),
        ({"type": "delete", **COMMON}, "/type"),
        ({"type": "track", "event": "x"}, "/userId"),
        ({"type": "track", "event": "x", "userId": True}, "/userId"),
        ({"type": "alias", "userId": "u"}, "/previousId"),
        ({"type": "track", **COMMON}, "/name"),
        ({**COMMON, "type": "page", "timestamp": "soon"}, "/at"),
        ({**COMMON, "type": "page", "timestamp": 7}, "/at"),
        (track("Order Completed", {**ORDER, "order_id": None}), "/order/id"),
        (track("Order Completed", {**ORDER, "total": None}), "/order/total"),
        (track("Order Completed", {**ORDER, "total": "1e9999999999"}), "/order/total"),
        (track("Order Completed", {**ORDER, "currency": "Euro"}), "/order/currency"),
        (track("Order Completed", {**ORDER, "currency": 7}), "/order/currency"),
        (track("Order Completed", {**ORDER, "products": [7]}), "/order/lines/0"),
        (track("Order Completed", {**ORDER, "products": [{"price": 1}]}), "/order/lines/0/product"),
        (track("Order Completed", {**ORDER, "products": [{**PRODUCT, "quantity": 0}]}), "/order/lines/0/quantity"),
        (track("Order Completed", {**ORDER, "products": [{**PRODUCT, "price": 1e308}]}), "/order/lines/0/amount"),
        (track("Order Completed", {**ORDER, "products": [{**PRODUCT, "price": "x"}]}), "/order/lines/0/amount"),
        (track("Order Refunded", {"total": 1, "currency": "USD"}), "/refund/order"),
    ],
)
def test_what_cannot_be_taken_is_pointed_at(message: Any, pointer: str) -> None:
    with pytest.raises(EventRefused) as caught:
        WEB.read(message)
    assert caught.value.pointer == pointer


def test_a_message_sent_again_is_the_same_event() -> None:
    message = {"type": "track", "event": "x", "userId": "u-1", "timestamp": "2026-03-01T18:30:00Z"}
    later = Translator("web", WEB.orders, datetime(2026, 3, 9, tzinfo=UTC))
    first, again = (
        WEB.read({**message, "sentAt": "2026-03-01T18:31:00Z"}),
        later.read({**message, "sentAt": "2026-03-09"}),
    )
    assert first == again
    assert WEB.read({**message, "event": "y"}).message_id != first.message_id
    assert Translator("app", WEB.orders, NOW).read(message).message_id != first.message_id


@pytest.mark.parametrize(
    ("fields", "at"),
    [
        ({"timestamp": "2026-03-01T19:30:00+01:00", "sentAt": "2026-03-02T00:00:00Z"}, "2026-03-01T18:30:00+00:00"),
        ({"timestamp": "2026-03-01T18:30:00"}, "2026-03-01T18:30:00+00:00"),
        ({"sentAt": "2026-03-01T18:30:00Z"}, "2026-03-01T18:30:00+00:00"),
        ({}, NOW.isoformat()),
    ],
)
def test_time(fields: dict[str, str], at: str) -> None:
    event = WEB.read({"type": "page", "messageId": "m", "userId": "u", **fields})
    assert event.at == datetime.fromisoformat(at)


def test_messages_of_a_body_are_complete_and_keyless() -> None:
    body = {"writeKey": "secret", "sentAt": "s", "context": {"ip": 1}, "batch": [{"a": 1, "writeKey": "secret"}, 7]}
    assert messages(body, None) == [{"a": 1, "sentAt": "s", "context": {"ip": 1}}, 7]
    assert messages({"writeKey": "secret", "event": "x", "type": None}, "track") == [{"type": "track", "event": "x"}]
    assert messages([{"type": "page"}], None) == [{"type": "page"}]


@pytest.mark.parametrize("id_", ["null", "undefined", "0", 0, -1, "guest", "[object Object]", "{{user.id}}"])
def test_a_user_id_that_is_a_placeholder_counts_as_missing(id_: object) -> None:
    alice, boris = (
        READER.claims(event({"type": "identify", "userId": id_, "messageId": mail, "traits": {"email": mail}}))
        for mail in ("a1@example.org", "b1@example.org")
    )
    assert alice.subjects[0].record != boris.subjects[0].record
    assert [one.type for one in alice.subjects[0].identifiers] == ["email"]
    assert alice.warnings == ("/subject/identifiers/account_id/0: is a placeholder that names nobody; left out",)
    visitor = event({"type": "page", "userId": id_, "anonymousId": "cookie-7", "messageId": "p"})
    assert isinstance(visitor, Page)
    assert visitor.subject.id == "anon:cookie-7"


def test_a_message_or_order_id_that_is_a_placeholder() -> None:
    one, other = (
        event({"type": "track", "event": "x", "userId": user, "messageId": "null"}) for user in ("u-1", "u-2")
    )
    assert one.message_id != other.message_id
    with pytest.raises(EventRefused) as refused:
        event({"type": "track", "event": "Order Completed", "userId": "u-1", "properties": {"order_id": "null"}})
    assert refused.value.pointer == "/order/id"
