"""parse: a refusal points at the field and never holds what was in it."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EventRefused
from domain.events import Identify, OrderCompleted
from ingest.parse import event_types, parse

BASE: dict[str, Any] = {"messageId": "m-1", "source": "till", "at": "2026-03-01T18:30:00Z"}
ORDER: dict[str, Any] = {"id": "o-1", "store": "s-1", "channel": "dine_in", "currency": "USD", "total": "12.30"}
SECRET = "jane.roe@example.org"


def identify(**fields: Any) -> dict[str, Any]:
    return {"type": "identify", **BASE, **fields}


def order(**fields: Any) -> dict[str, Any]:
    return {"type": "order.completed", **BASE, "brand": "trattoria", "order": {**ORDER, **fields}}


def test_reads_events() -> None:
    event = parse(identify(subject={"identifiers": {"email": SECRET}}))
    assert isinstance(event, Identify)
    assert event.subject.identifiers == {"email": [SECRET]}
    event = parse(order(lines=[{"product": "p", "amount": "12.30"}]))
    assert isinstance(event, OrderCompleted)
    assert str(event.order.total) == "12.30"


@pytest.mark.parametrize(
    ("raw", "pointer", "words"),
    [
        (SECRET, "", "is not a JSON object"),
        ([], "", "is not a JSON object"),
        ({}, "/type", "is required and missing"),
        ({**BASE, "type": SECRET}, "/type", "is not an event type"),
        ({**BASE, "type": ["identify"]}, "/type", "is not an event type"),
        (identify(at=20260301), "/at", "is not a time with a zone"),
        (identify(at="20260301"), "/at", "is not a time with a zone"),
        (identify(at="2026-03-01T18:30:00"), "/at", "is not a time with a zone"),
        (identify(at="2026-13-01T18:30:00Z"), "/at", "is not a time"),
        (identify(at="1066-10-14T09:00:00Z"), "/at", "outside the years"),
        (identify(source="Till 1"), "/source", "is not of the form"),
        (identify(messageId=""), "/messageId", "is empty"),
        (identify(messageId="x" * 201), "/messageId", "longer than 200"),
        (identify(version=2), "/version", "is not 1"),
        (identify(subject={"traits": {"birthDate": "01.03.1980"}}), "/subject/traits/birthDate", "is not a date"),
        (identify(subject={"traits": {"birthDate": 19800301}}), "/subject/traits/birthDate", "is not a date"),
        (identify(subject={"traits": {"birthDate": "1980-02-30"}}), "/subject/traits/birthDate", "is not a date"),
        (identify(subject={"traits": {"given_nam": SECRET}}), "/subject/traits/given_nam", "is not a field"),
        (identify(subject={"identifiers": {"E-Mail": SECRET}}), "/subject/identifiers/E-Mail", "holds a name"),
        (identify(subject={"identifiers": {SECRET: "x"}}), "/subject/identifiers", "holds a name"),
        (identify(subject={"identifiers": {"email": []}}), "/subject/identifiers/email", "is an empty list"),
        (identify(subject={"identifiers": {"email": ["a", 5]}}), "/subject/identifiers/email/1", "is not a string"),
        (identify(subject={"identifiers": {"email": f"{SECRET}\n"}}), "/subject/identifiers/email/0", "control"),
        (identify(**{SECRET: 1}), "", "is not a field"),
        (order(total=12.3), "/order/total", "binary floating point"),
        (order(total="-1"), "/order/total", "is less than 0"),
        (order(total=SECRET), "/order/total", "is not a decimal"),
        (order(total="NaN"), "/order/total", "is not a finite number"),
        (order(total="1.23456"), "/order/total", "decimal places"),
        (order(currency="JPY"), "/order", "finer than JPY allows"),
        (order(tip=SECRET), "/order/tip", "is not a decimal"),
        (order(covers=SECRET), "/order/covers", "is not a whole number"),
        (order(discount="-1"), "/order/discount", "is less than 0"),
        (order(lines=[{"product": "p"}]), "/order/lines/0/amount", "is required and missing"),
        (order(lines=[{"product": "p", "amount": "1", "quantity": "0"}]), "/order/lines/0/quantity", "greater than 0"),
        (order(lines={}), "/order/lines", "is not a list"),
        ({**BASE, "type": "track", "name": "x", "properties": {"p": "x" * 40_000}}, "/properties", "is larger than"),
    ],
)
def test_refusals_point_and_keep_silent(raw: Any, pointer: str, words: str) -> None:
    with pytest.raises(EventRefused) as caught:
        parse(raw)
    assert caught.value.pointer == pointer
    assert words in caught.value.message
    assert "jane" not in f"{caught.value.message} {caught.value.hint} {caught.value.pointer}"
    assert caught.value.__cause__ is None  # a chained pydantic error would carry the value into a traceback


def test_properties_nested_too_deeply_for_the_vault() -> None:
    deep: Any = {}
    for _ in range(300):
        deep = {"a": deep}
    with pytest.raises(EventRefused) as caught:
        parse({**BASE, "type": "track", "name": "x", "properties": deep})
    assert caught.value.pointer == "/properties"


def test_hints_name_the_field_that_was_meant() -> None:
    with pytest.raises(EventRefused) as caught:
        parse({**BASE, "type": "order.complete"})
    assert caught.value.hint == "Did you mean order.completed?"
    with pytest.raises(EventRefused) as caught:
        parse(identify(subject={"traits": {"giveName": "x"}}))
    assert caught.value.hint == "Did you mean givenName?"


def test_counts_further_problems() -> None:
    with pytest.raises(EventRefused) as caught:
        parse({"type": "identify"})
    assert "(and 2 more of this event are wrong)" in caught.value.message


def test_event_types_are_those_of_the_contract() -> None:
    assert len(event_types()) == 11
    assert event_types()[0] == "identify"


BRANDS = {"till": "trattoria"}


def test_an_event_without_a_brand_gets_its_sources() -> None:
    raw = order() | {"source": "till"}
    assert parse({name: value for name, value in raw.items() if name != "brand"}, BRANDS).brand == "trattoria"  # pyright: ignore
    assert parse(raw | {"brand": None}, BRANDS).brand == "trattoria"  # pyright: ignore
    assert parse(raw | {"brand": "other"}, BRANDS).brand == "other"  # pyright: ignore
    assert parse(identify(source="till"), BRANDS).brand == "trattoria"  # pyright: ignore
    assert parse(identify(source="web"), BRANDS).brand is None  # pyright: ignore
    product = {"type": "product.upserted", "product": {"id": "p", "name": "P"}}
    assert parse(BASE | product | {"source": "till"}, BRANDS)
    with pytest.raises(EventRefused) as caught:
        parse(order() | {"brand": None, "source": "web"}, BRANDS)
    assert caught.value.pointer == "/brand"
    assert "REGULARS_SOURCE_BRANDS" in (caught.value.hint or "")
