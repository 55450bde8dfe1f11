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
    home = {"street": "12 Main Street", "postcode": "02157"}
    found = tokens_of(
        record("Ann", "Bell", BORN, emails=frozenset(("ann@x.org",)), phones=frozenset(("+12125550142",)), **home)
    )
    assert {token.partition("|")[0] for token in found} == set(RECIPES)


def test_nicknames_and_names_that_sound_alike_meet_by_name() -> None:
    assert "name+birth year" in recipes(record("Bob", "Smith", BORN), record("Robert", "Smyth", BORN))


def test_another_birth_date_of_the_same_year_meets_by_name_only() -> None:
    other = BORN.replace(month=9)
    assert recipes(record("Ann", "Bell", BORN), record("Ann", "Bell", other)) == {"name+birth year"}


def test_parts_of_a_phone_meet_where_one_part_is_mistyped() -> None:
    one, other = (record("Ann", "Bell", phones=frozenset((phone,))) for phone in ("+12125550142", "+12125550199"))
    assert recipes(one, other) == {"name+phone part"}


def test_initials_and_names_alone_make_no_token() -> None:
    assert tokens_of(record("A", "Bell", postcode="02157")) == set()
    assert tokens_of(record("Ann", "Bell")) == set()
    assert tokens_of(Record("r", frozenset())) == set()
