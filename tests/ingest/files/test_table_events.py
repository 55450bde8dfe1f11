"""A row of a table as an event: what its columns are, and nothing that an event cannot hold."""

from __future__ import annotations

from ingest.files.table_events import events_of, holds_people, row_id
from ingest.parse import parse
from matching.tables.kinds import Kind

KINDS = {
    "first": Kind.GIVEN,
    "last": Kind.FAMILY,
    "whole": Kind.FULL,
    "born": Kind.BIRTH,
    "mail": Kind.EMAIL,
    "tel": Kind.PHONE,
    "street": Kind.STREET,
    "zip": Kind.POSTCODE,
    "passport": Kind.ID,
    "licence": Kind.ID,
    "note": Kind.TEXT,
}
TABLE = {
    "first": ["Ann", "", "nan"],
    "last": ["Bell", "", ""],
    "whole": ["ignored", "Jones, Mary Ann Jr", ""],
    "born": ["1980-05-01", "1980-02-30", ""],
    "mail": ["Ann@X.org", "no address", ""],
    "tel": ["212 555 0142", "", ""],
    "street": ["12 Main Street", "", ""],
    "zip": ["02157", "", ""],
    "passport": ["P 1", "", "n/a"],
    "licence": ["", "L2", ""],
    "note": [" VIP  guest ", "", "x" * 500],
}


def test_one_event_a_row() -> None:
    ann, mary, nobody = (event["subject"] for event in events_of(TABLE, KINDS))
    assert ann == {
        "id": row_id(0),
        "traits": {
            "givenName": "Ann",
            "familyName": "Bell",
            "birthDate": "1980-05-01",
            "address": {"line1": "12 Main Street", "postcode": "02157"},
            "extra": {"note": "VIP guest"},
        },
        "identifiers": {"email": ["Ann@X.org"], "phone": ["212 555 0142"], "government_id": ["passport:P 1"]},
    }
    assert mary["traits"] == {"givenName": "Mary Ann", "familyName": "Jones", "suffix": "Jr"}
    assert mary["identifiers"] == {"government_id": ["licence:L2"]}
    assert nobody["traits"] == {"extra": {"note": "x" * 200}}
    assert nobody["identifiers"] == {}


def test_every_row_is_an_event_that_intake_takes() -> None:
    for row, raw in enumerate(events_of(TABLE, KINDS)):
        assert parse(raw).message_id == row_id(row)


def test_an_id_column_alone_needs_no_kind() -> None:
    [event] = events_of({"last": ["Bell"], "ssn": ["123"]}, {"last": Kind.FAMILY, "ssn": Kind.ID})
    assert event["subject"]["identifiers"] == {"government_id": ["123"]}


def test_a_table_of_no_rows_and_one_of_no_people() -> None:
    assert list(events_of({}, {})) == []
    assert not holds_people({"title": Kind.TEXT, "price": Kind.AMOUNT})
    assert holds_people(KINDS)
