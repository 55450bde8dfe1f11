"""What two claims agree in, field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matching.records import About, Record
from matching.scoring import default_model, score_pair

MODEL = default_model()


HOME = About(street="12 Main Street", postcode="02157", city="Boston")


ANNA = Record("a", frozenset(), "Anna", "Mifsud", "", date(1984, 3, 9), about=HOME)


def worth(a: Record, b: Record) -> dict[str, tuple[str, float]]:
    return {field.name: (field.level, field.strangers) for field in score_pair(a, b, MODEL).fields}


@pytest.mark.parametrize(
    ("other", "field", "level"),
    [
        (replace(ANNA, given="Mifsud", family="Anna"), "given_name", "swapped"),
        (replace(ANNA, given="Mfsui", family="Anna"), "given_name", "different"),
        (replace(ANNA, given="Mifsud", family="Robert"), "given_name", "different"),
        (replace(ANNA, given="Ana"), "given_name", "same"),
        (replace(ANNA, given="A."), "given_name", "initial"),
        (replace(ANNA, given="Анна"), "given_name", "equal"),
        (replace(ANNA, given="Mary"), "given_name", "different"),
        (replace(ANNA, family="Borg-Mifsud"), "family_name", "part"),
        (replace(ANNA, birth_date=date(1984, 9, 3)), "birth_date", "swapped"),
        (replace(ANNA, birth_date=date(1984, 3, 8)), "birth_date", "slip"),
        (replace(ANNA, given="Anna Maria"), "given_name", "equal"),
        (replace(ANNA, family="Mfsui"), "family_name", "alike"),
        (replace(ANNA, birth_date=date(1984, 3, 18)), "birth_date", "two_slips"),
        (replace(ANNA, birth_date=date(1985, 2, 20)), "birth_date", "near"),
        (replace(ANNA, birth_date=date(1978, 10, 26)), "birth_date", "different"),
        (replace(ANNA, birth_date=date(1951, 10, 26)), "birth_date", "generation"),
        (replace(ANNA, birth_date=date(1984, 1, 1)), "birth_date", "year"),
        (replace(ANNA, suffix="Jr"), "suffix", "one_sided"),
        (replace(ANNA, about=replace(HOME, street="Main St 12")), "place", "home"),
        (replace(ANNA, about=replace(HOME, postcode="02175")), "place", "home"),
        (replace(ANNA, about=replace(HOME, street="13 Main St")), "place", "home"),
        (replace(ANNA, about=replace(HOME, street="7 Elm St")), "place", "postcode"),
        (replace(ANNA, about=replace(HOME, street="77 Main St")), "place", "street"),
        (replace(ANNA, about=About(street="Flat B, 12 Main Street, Boston 02157")), "place", "home"),
        (replace(ANNA, about=About(street="77 Main Street, Boston 02157")), "place", "street"),
        (replace(ANNA, about=About(city="Boston")), "place", "city"),
        (replace(ANNA, about=About(city="Seattle")), "place", "different"),
    ],
)
def test_levels(other: Record, field: str, level: str) -> None:
    assert worth(ANNA, other)[field][0] == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Mary C", "Mary Anne C", "equal"),
        ("Mary C", "Mary Anne", "alike"),
        ("María Elena", "María Luisa", "different"),
        ("Mary Ann", "Mary", "equal"),
    ],
)
def test_levels_of_several_given_names(one: str, other: str, level: str) -> None:
    assert worth(replace(ANNA, given=one), replace(ANNA, given=other))["given_name"][0] == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("zorro77@a.com", "zorro77@b.org", "user"),
        ("zorro77@a.com", "zoro77@elsewhere.org", "alike"),
        ("zorro77@example.com", "zorro77@example.con", "slip"),
        ("anna.mifsud@a.com", "mifsud.anna@elsewhere.org", "different"),
        ("anna.mifsud@a.com", "anna.mifsud@elsewhere.org", "name"),
        ("zorro77@a.com", "quirin@a.com", "different"),
    ],
)
def test_levels_of_two_addresses(one: str, other: str, level: str) -> None:
    both = [replace(ANNA, about=About(emails=frozenset((address,)))) for address in (one, other)]
    assert worth(*both)["email"][0] == level


@pytest.mark.parametrize(("other", "level"), [("1804975", "slip"), ("1804999", "two_slips"), ("7712345", "different")])
def test_levels_of_two_government_ids(other: str, level: str) -> None:
    both = [replace(ANNA, about=About(government_ids=frozenset((number,)))) for number in ("1804974", other)]
    assert worth(*both)["government_id"][0] == level


@pytest.mark.parametrize("numbers", [("1804", "1805"), ("passport:1804", "passport:1805")])
def test_short_ids_are_no_slips_of_each_other(numbers: tuple[str, str]) -> None:
    both = [replace(ANNA, about=About(government_ids=frozenset((number,)))) for number in numbers]
    assert worth(*both)["government_id"][0] == "different"


def test_a_passport_says_nothing_about_a_licence() -> None:
    ids = (About(government_ids=frozenset((number,))) for number in ("passport:1", "licence:2"))
    assert "government_id" not in worth(*(replace(ANNA, about=about) for about in ids))


def test_what_both_carry_is_an_identifier_and_no_level() -> None:
    about = About(emails=frozenset(("a@b.org",)), phones=frozenset(("+12125550142",)), government_ids=frozenset("1"))
    assert not worth(*[replace(ANNA, about=about)] * 2).keys() & {"email", "phone", "government_id"}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Regal Foods", "Foods Regal Ltd", "equal"),
        ("Univrsl Export Inc", "Universal Exports, USA", "same"),
        ("anna hanna", "anna bistro", "part"),
        ("store 1021", "store 1022", "part"),
        ("Regal", "Corner", "different"),
    ],
)
def test_organisations(one: str, other: str, level: str) -> None:
    a, b = (replace(ANNA, about=About(attributes=(("organisation", name),))) for name in (one, other))
    assert worth(a, b)["organisation"] == worth(b, a)["organisation"]
    assert worth(a, b)["organisation"][0] == level


@pytest.mark.parametrize("name", ["place", "premises", "sex", "suffix", "given_name"])
def test_an_attribute_with_the_name_of_a_field_says_nothing(name: str) -> None:
    a, b = (replace(ANNA, about=About(attributes=((name, value),))) for value in ("north", "norths"))
    assert worth(a, b) == worth(replace(a, about=About()), replace(b, about=About()))
