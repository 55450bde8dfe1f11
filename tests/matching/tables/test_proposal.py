"""What is compared is proposed from names and contents of columns."""

from __future__ import annotations

import pytest

from matching.tables.kinds import Kind
from matching.tables.proposal import propose


def test_kinds_are_proposed_from_names_and_contents() -> None:
    table = {
        "unique_id": ["1", "2", "3"],
        "first_name": ["Ann", "Bo", "Cy"],
        "surname": ["Lee", "Ray", "Lee"],
        "dob": ["1990-01-02", "1991-01-02", "1990-01-02"],
        "contact": ["a@x.example", "b@x.example", "a@x.example"],
        "ref": ["A-100", "A-100", "A-200"],
        "town": ["Rye", "Ely", "Rye"],
        "country": ["GB", "GB", "GB"],
    }
    assert propose(table) == {
        "first_name": Kind.GIVEN,
        "surname": Kind.FAMILY,
        "dob": Kind.BIRTH,
        "contact": Kind.EMAIL,
        "ref": Kind.NUMBER,
        "town": Kind.CITY,
    }


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
        ("birth_age", Kind.NUMBER),
        ("new_age_email", Kind.EMAIL),
        ("first_and_surname", Kind.FULL),
        ("home phone", Kind.PHONE),
        ("e-mail", Kind.EMAIL),
        ("passport_number", Kind.ID),
        ("soc_sec_id", Kind.ID),
        ("drivers_licence", Kind.ID),
        ("gender", Kind.SEX),
        ("gender_code", Kind.SEX),
        ("res_city_desc", Kind.CITY),
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
        (("PO61 3TJ", "m447nn", "K1A 0B1", "unknown"), Kind.POSTCODE),
        (("9 MANOR ROAD", "44 Main Street", "12a, Broadway", "The Mill"), Kind.STREET),
        (("74 bhp", "90 bhp", "110 bhp", "120 bhp"), Kind.TEXT),
        (("1248 CC", "1197 CC", "1500 ml", "998 CC"), Kind.NUMBER),
        (("12 March 2020", "1 May 2021", "30 June 2020", "7 July 2019"), Kind.NUMBER),
    ],
)
def test_a_column_of_another_name_is_known_by_its_contents(texts: tuple[str, ...], kind: Kind | None) -> None:
    assert kind_of("whatever", *texts) is kind


def test_a_name_is_a_persons_only_where_it_holds_given_names() -> None:
    assert kind_of("name", "John Smith", "Mary Jones", "Wu, Susan") is Kind.FULL
    assert kind_of("name", "sony lcd tv - KDL40", "canon camera powershot sx 110", "bose speaker") is Kind.TEXT


def test_columns_of_names_are_known_by_both() -> None:
    given = (
        "LUKE CONOR LHLOE Nicole Anna Bruno Carla Diego Emma Felix Greta Hugo Ines Jonas Karla Luis Marta Nina Otto Pia"
    )
    family = "FISHER Wright Müller Quzzx Smith Jones Garcia Rossi Silva Novak Meyer Brown Lopez Moreau Ferrari Schmidt "
    colours = "White Black Brown Green Gray"
    table = {"a": given.split(), "b": (family + "Weber Wagner Costa Russo").split(), "c": colours.split() * 4}
    assert propose(table) == {"a": Kind.GIVEN, "b": Kind.FAMILY, "c": Kind.TEXT}
    assert propose({**table, "b": table["c"]})["a"] is Kind.TEXT, "given names and no family names"
    assert propose({**table, "surname": table["b"]})["b"] is Kind.TEXT, "a column says that it holds names"


def test_what_only_qualifies_another_column_is_left_out() -> None:
    names = ("phone_number", "phone_type", "passport_no", "passport_country", "room_type")
    table = {name: ["a1", "b2"] for name in names}
    assert set(propose(table)) == {"phone_number", "passport_no", "room_type"}
