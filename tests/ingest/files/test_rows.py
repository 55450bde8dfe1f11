"""A row becomes the event that its mapping says."""

from __future__ import annotations

from typing import Any

import pytest

from domain.errors import EventRefused
from ingest.files.mapping import FileMapping
from ingest.files.rows import Mapper, RowSkipped
from ingest.parse import parse

AT = "2026-03-01T18:30:00Z"


def mapper(**fields: Any) -> Mapper:
    return Mapper(FileMapping.model_validate({"event": "identify", "source": "crm", "constants": {"at": AT}, **fields}))


def test_a_row_becomes_an_event() -> None:
    spec = {
        "message_id": "id",
        "constants": {"at": AT, "subject.region": "US"},
        "fields": {
            "subject.id": "id",
            "subject.identifiers.phone": [{"column": "home", "transforms": ["digits"]}, "mobile"],
            "subject.identifiers.email": {"column": "mail", "transforms": ["lower"]},
            "subject.traits.givenName": {"concat": ["first", "middle"], "transforms": ["title"]},
            "subject.traits.extra.origin": {"constant": "crm export"},
        },
        "null_values": ["-", "n/a"],
    }
    row = {"id": 7, "home": "202-555", "mobile": "202555", "mail": "-", "first": " jane ", "middle": None}
    raw = mapper(**spec).event([row])
    assert raw == {
        "type": "identify", "version": 1, "source": "crm", "messageId": "identify:7", "at": AT,
        "subject": {
            "region": "US", "id": "7", "identifiers": {"phone": ["202555"]},
            "traits": {"givenName": "Jane", "extra": {"origin": "crm export"}},
        },
    }  # fmt: skip
    parse(raw)


def test_message_ids_are_the_same_each_time_and_tell_rows_apart() -> None:
    def ids(*rows: dict[str, Any], **spec: Any) -> list[str]:
        made = mapper(fields={"subject.id": "a", "subject.traits.suffix": "b"}, **spec)
        return [made.event([row])["messageId"] for row in rows]

    one, two = {"a": "x:y", "b": "z"}, {"a": "x", "b": "y:z"}
    assert ids(one, two) == ids(one, two)
    assert len({*ids(one, two), *ids(one, two, message_id=["a", "b"])}) == 4
    # One source's orders and products may share their numbers.
    assert ids(one, message_id="a") != ids(one, message_id="a", event="track")
    assert len(ids({"a": "x" * 300, "b": ""}, message_id=["a"])[0]) < 100
    assert "sha256" in ids({"a": "", "b": "x"}, message_id=["a"])[0]


def test_empty_and_unreadable_cells() -> None:
    def event(cell: str, **spec: Any) -> dict[str, Any]:
        made = mapper(fields={"subject.traits.birthDate": {"column": "b", "transforms": ["date:%Y%m%d"], **spec}})
        raw = made.event([{"b": cell}])
        return raw.get("subject", {}).get("traits", {}) | {"omitted": made.omitted}

    assert event("") == {"omitted": 0}
    assert event("", default="1900-01-01") == {"birthDate": "1900-01-01", "omitted": 0}
    assert event("soon", if_invalid="omit") == {"omitted": 1}
    with pytest.raises(RowSkipped):
        event("", if_empty="skip_row")
    for cell, spec in (("", {"if_empty": "refuse"}), ("soon", {})):
        with pytest.raises(EventRefused) as caught:
            event(cell, **spec)
        assert (caught.value.pointer, caught.value.hint) == ("/subject/traits/birthDate", "From column b.")
