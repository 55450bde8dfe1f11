"""A table's rows as records: what the live service would see of them."""

from __future__ import annotations

from datetime import date

from matching.scoring.table_records import records_of
from matching.tables.kinds import Kind

KINDS = {
    "first": Kind.GIVEN,
    "last": Kind.FAMILY,
    "whole": Kind.FULL,
    "born": Kind.BIRTH,
    "mail": Kind.EMAIL,
    "street": Kind.STREET,
    "zip": Kind.POSTCODE,
    "note": Kind.TEXT,
}
TABLE = {
    "first": ["Ann", "", "nan"],
    "last": ["Bell", "", ""],
    "whole": ["ignored", "Mary Ann Jones", ""],
    "born": ["1980-05-01", "1980-02-30", ""],
    "mail": ["Ann@X.org", "no address", ""],
    "street": ["12 Main Street", "", ""],
    "zip": ["02157", "", ""],
    "note": [" VIP ", "", "None"],
}


def test_one_record_a_row() -> None:
    ann, mary, nobody = records_of(TABLE, KINDS)
    assert (ann.key, ann.given, ann.family, ann.birth_date) == ("0", "Ann", "Bell", date(1980, 5, 1))
    assert (ann.about.emails, ann.about.street, ann.about.postcode) == ({"ann@x.org"}, "12 Main Street", "02157")
    assert ann.about.attributes == (("note", "VIP"),)
    assert (mary.given, mary.family, mary.birth_date, mary.about.emails) == ("Mary Ann", "Jones", None, frozenset())
    assert (nobody.given, nobody.family, nobody.about.attributes) == ("", "", ())


def test_a_table_of_no_rows() -> None:
    assert records_of({}, {}) == []
