"""From columns as people name them to fields: kinds, spellings, names in their parts, several columns of one kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching.tables.assemble import assemble
from matching.tables.fields import column
from matching.tables.kinds import Kind
from matching.tables.levels import SWAPPED, UNKNOWN, compare
from matching.tables.proposal import propose
from matching.tables.spelling import person, speller


def kind_of(name: str, *texts: str) -> Kind | None:
    return propose({name: list(texts), "other": [str(n) for n in range(len(texts))]}).get(name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("FIRST_NAME", Kind.GIVEN),
        ("lastName", Kind.FAMILY),
        ("PRIMARY_NAME_FULL", Kind.FULL),
        ("native_name", Kind.FULL),
        ("middle_initial", Kind.MIDDLE),
        ("DateOfBirth", Kind.BIRTH),
        ("birth_place", Kind.TEXT),
        ("home phone", Kind.PHONE),
        ("e-mail", Kind.EMAIL),
        ("passport_number", Kind.ID),
        ("soc_sec_id", Kind.ID),
        ("drivers_licence", Kind.ID),
        ("gender", Kind.SEX),
        ("ADDR_FULL", Kind.ADDRESS),
        ("home_address", Kind.ADDRESS),
        ("addr_line1", Kind.STREET),
        ("address_2", Kind.TEXT),
        ("zip", Kind.POSTCODE),
        ("city", Kind.CITY),
        ("employer", Kind.EMPLOYER),
        ("list_price", Kind.AMOUNT),
        ("id", None),
        ("record_id", None),
        ("cluster", None),
        ("entity_id", None),
        ("TEST_GROUP", None),
    ],
)
def test_a_column_is_known_by_its_name(name: str, kind: Kind | None) -> None:
    assert kind_of(name, "A1", "B2", "A1") is kind


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("ann@x.example", "", "bo@y.example"), Kind.EMAIL),
        (("$12.50", "7.00", "1200.99"), Kind.AMOUNT),
        (("310/246-1501", "212-555-0100", "(404) 555 0199"), Kind.PHONE),
        (("2020-01-02", "2021-11-30", "1999-01-01"), Kind.DATE),
        (("1989", "1990", "1991"), Kind.NUMBER),
        (("red", "blue", "red"), Kind.TEXT),
        (("n/a", "NULL", "only"), None),
    ],
)
def test_a_column_of_another_name_is_known_by_its_contents(texts: tuple[str, ...], kind: Kind | None) -> None:
    assert kind_of("whatever", *texts) is kind


def test_a_name_is_a_persons_only_where_it_holds_given_names() -> None:
    assert kind_of("name", "John Smith", "Mary Jones", "Wu, Susan") is Kind.FULL
    assert kind_of("name", "sony lcd tv - KDL40", "canon camera powershot sx 110", "bose speaker") is Kind.TEXT


def test_what_only_qualifies_another_column_is_left_out() -> None:
    names = ("phone_number", "phone_type", "passport_no", "passport_country", "room_type")
    table = {name: ["a1", "b2"] for name in names}
    assert set(propose(table)) == {"phone_number", "passport_no", "room_type"}


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("John Smith", ("John", "Smith", "")),
        ("Smith, John Jr.", ("John", "Smith", "Jr")),
        ("Smith Sr, John", ("John", "Smith", "Sr")),
        ("Dr. Ludwig van der Berg", ("Ludwig", "van der Berg", "")),
        ("Madonna", ("", "Madonna", "")),
        ("王杰", ("杰", "王", "")),
    ],
)
def test_a_full_name_has_parts(name: str, parts: tuple[str, str, str]) -> None:
    assert person(name) == parts


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (Kind.BIRTH, "15-Mar-92", "1992-03-15"),
        (Kind.BIRTH, "Mar 1 1970", "03/01/1970"),
        (Kind.BIRTH, "1970-03-01 00:00:00", "19700301"),
        (Kind.PHONE, "702-919-1300", "(702) 919 1300"),
        (Kind.EMAIL, '"Jay Jones" <jj@x.example>', "JJ@x.example"),
        (Kind.ADDRESS, "12 North Main Street, Apt. 4", "12 N Main St Apartment 4"),
        (Kind.ADDRESS, "Hardenbergstraße 87", "Hardenbergstrasse 87"),
        (Kind.ADDRESS, "P.O. Box 12", "PO BOX 12"),
        (Kind.ORGANISATION, "Müller (Export) GmbH", "Muller"),
        (Kind.POSTCODE, "89132-1234", "89132"),
        (Kind.NUMBER, "2914.0", "2914"),
        (Kind.SEX, "Female", "f"),
        (Kind.SUFFIX, "Junior", "Jr."),
        (Kind.AMOUNT, "$1,200.00", "1200"),
    ],
)
def test_habits_of_writing_make_no_difference(kind: Kind, one: str, other: str) -> None:
    spell = speller(kind, [one, other])
    assert spell(one) == spell(other) != ""


@pytest.mark.parametrize("text", ["", "N/A", "null", "NaN", "-"])
def test_nothing_is_spelt_as_nothing(text: str) -> None:
    assert speller(Kind.TEXT, [text])(text) == ""


def test_names_of_all_columns_are_one_given_and_one_family_name() -> None:
    table = {
        "full_name": ["Wang Jie", "", "Susan Meyer Thomas"],
        "native_name": ["", "王杰", ""],
        "last_name": ["", "Wang", ""],
        "first_name": ["", "Jie", ""],
    }
    kinds = dict(zip(table, (Kind.FULL, Kind.FULL, Kind.FAMILY, Kind.GIVEN), strict=True))
    fields = {field.kind: field.cells for field in assemble(table, kinds)}
    assert fields[Kind.GIVEN][:2] == [("Jie",), ("Jie", "杰")]
    assert fields[Kind.FAMILY][0][0] == "Wang"
    assert set(fields[Kind.FAMILY][2]) == {"Thomas", "Meyer Thomas"}


def test_a_suffix_is_found_wherever_it_is_told() -> None:
    table = {"first_name": ["Morris I", "Morris II", "Ann"], "last_name": ["Klein", "Klein", "Smith Sr"]}
    [suffix] = [field for field in assemble(table, propose(table)) if field.kind is Kind.SUFFIX]
    assert suffix.cells == [("I",), ("II",), ("Sr",)]
    [level] = compare([suffix.column()], np.array([0, 0, 1]), np.array([1, 2, 2]))
    assert level.tolist() == [0, 1, 0]


def test_several_columns_of_a_kind_are_one_field_of_several_values() -> None:
    table = {"home_phone": ["5550100; 5550188", ""], "mobile_phone": ["5550199", "5550100"]}
    [phone] = assemble(table, dict.fromkeys(table, Kind.PHONE))
    assert phone.cells == [("5550100", "5550188", "5550199"), ("5550100",)]
    assert compare([phone.column()], np.array([0]), np.array([1]))[0].tolist() == [2]


def test_addresses_told_whole_and_in_parts_are_one_field() -> None:
    table = {
        "addr_full": ["123 Main Street, Las Vegas NV 89132", ""],
        "addr_line1": ["", "123 Main St"],
        "addr_city": ["", "Las Vegas"],
        "addr_state": ["", "NV"],
        "addr_zip": ["", "89132"],
    }
    [address] = assemble(table, dict(zip(table, _ADDRESS, strict=True)))
    assert compare([address.column()], np.array([0]), np.array([1]))[0].tolist() == [3]


_ADDRESS = (Kind.ADDRESS, Kind.STREET, Kind.CITY, Kind.STATE, Kind.POSTCODE)


@pytest.mark.parametrize(
    ("kind", "one", "other", "level"),
    [
        (Kind.GIVEN, "Mark", "Marsha", 0),
        (Kind.GIVEN, "Maria Luis", "Maria", 2),
        (Kind.GIVEN, "Mhd", "Mohamed", 2),
        (Kind.GIVEN, "Peggie", "Margaret", 2),
        (Kind.GIVEN, "R", "Robert", 2),
        (Kind.GIVEN, "杰", "Jie", 2),
        (Kind.GIVEN, "杰", "Olga", UNKNOWN),
        (Kind.FAMILY, "Sanchez Mendoza", "Sanchez", 2),
        (Kind.FAMILY, "Васильев", "Vasiliev", 2),
        (Kind.BIRTH, "1970-01-01", "1970-08-20", 1),
        (Kind.BIRTH, "1970-01-01", "1971-08-20", 0),
        (Kind.PHONE, "702-221-2412", "221-2412", 1),
        (Kind.ADDRESS, "Suite 900, 1450 N City Rd", "1450 N City Rd Suite 900 Arlington VA", 2),
        (Kind.ADDRESS, "12 Poppy Hills Dr, Blacklick", "14 Poppy Hills Dr, Blacklick", 1),
        (Kind.AMOUNT, "$100", "99.00", 2),
        (Kind.AMOUNT, "100", "90", 1),
        (Kind.AMOUNT, "100", "10", 0),
        (Kind.SEX, "M", "Female", 0),
        (Kind.ORGANISATION, "Universal Exports Ltd", "Exports Universal", 2),
    ],
)
def test_levels_of_kinds(kind: Kind, one: str, other: str, level: int) -> None:
    for pair in ((one, other), (other, one)):
        found: list[Any] = compare([column("c", kind, pair)], np.array([0]), np.array([1]))
        assert found[0].tolist() == [level]


def test_one_of_several_names_may_stand_in_the_others_place() -> None:
    columns = [
        column("g", Kind.GIVEN, [("Jie", "杰"), ("Wang",)]),
        column("f", Kind.FAMILY, [("Wang", "王"), ("Jie",)]),
    ]
    found = compare(columns, np.array([0]), np.array([1]))
    assert [level.tolist() for level in found] == [[SWAPPED], [SWAPPED]]
