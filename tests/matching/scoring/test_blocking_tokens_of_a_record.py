"""Blocking tokens: what two records of one person have in common, however their names are written."""

from __future__ import annotations

from datetime import date

from matching.records import About, Record
from matching.scoring.blocking_tokens import RECIPES, tokens_of

BORN = date(1980, 5, 1)


def record(given: str, family: str, born: date | None = None, **about: object) -> Record:
    return Record("r", frozenset(), given, family, "", born, about=About(**about))  # pyright: ignore[reportArgumentType]


def recipes(*records: Record) -> set[str]:
    """The recipes that give all of the records a common token."""
    return {token.partition("|")[0] for token in frozenset.intersection(*map(tokens_of, records))}


def test_each_recipe_makes_tokens_of_a_record_that_says_enough() -> None:
    home = {"street": "12 Main Street", "postcode": "02157", "city": "Boston"}
    found = tokens_of(
        record("Ann", "Bell", BORN, emails=frozenset(("ann@x.org",)), phones=frozenset(("+12125550142",)), **home)
    )
    of = About(attributes=(("organisation", "Regal Foods"),), **home)  # pyright: ignore[reportArgumentType]
    found |= tokens_of(Record("r", frozenset(), about=of))
    assert {token.partition("|")[0] for token in found} == set(RECIPES)


def test_nicknames_and_names_that_sound_alike_meet_by_name() -> None:
    found = recipes(record("Bob", "Smith", BORN), record("Robert", "Smyth", BORN))
    assert {"names in any order", "both names + birth year"} <= found


def test_swapped_names_meet() -> None:
    assert "names in any order" in recipes(record("Ann", "Bell"), record("Bell", "Ann"))


def test_another_birth_date_of_the_same_year_meets_by_year_and_name() -> None:
    found = recipes(record("Ann", "Bell", BORN), record("Ann", "Bell", BORN.replace(month=9)))
    assert {"both names + birth year", "a name + birth year"} <= found
    assert not any("birth date" in recipe or "birthday" in recipe for recipe in found)


def test_parts_of_a_phone_meet_where_one_part_is_mistyped() -> None:
    one, other = (record("Ann", "Bell", phones=frozenset((phone,))) for phone in ("+12125550142", "+12125550199"))
    assert {"both names + phone start"} == {recipe for recipe in recipes(one, other) if "phone" in recipe}


def test_a_slip_in_each_name_is_bridged_by_the_birth_date() -> None:
    assert "birth date" in recipes(record("Anm", "Bwll", BORN), record("Ann", "Bell", BORN))


def test_what_says_too_little_makes_no_token() -> None:
    assert tokens_of(record("", "", city="")) == set()
    assert tokens_of(record("Ann", "")) == set()
    assert tokens_of(Record("r", frozenset())) == set()
