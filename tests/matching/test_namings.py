"""Namings: one record that names people who cannot all be one is found, and an honest guest's record never."""

from __future__ import annotations

from itertools import permutations

import pytest

from matching.namings import Naming, kept, several_people


def named(given: str, family: str = "", born: str = "", *contacts: str) -> Naming:
    return Naming(given, family, born, contacts)


ALICE, BORIS = named("Alice", "Archer", "1970-05-05", "a@x"), named("Boris", "Berg", "1990-09-09", "b@x")


@pytest.mark.parametrize(
    "namings",
    [
        [ALICE, BORIS],
        [
            named("Alice", "Archer", "1970-05-05", "a@x"),
            named("Boris", "Archer", "1999-09-09", "b@x"),
        ],  # mother and son
        [named("Alice", "Archer", "", "a@x"), named("Boris", "Berg", "", "b@x"), named("Chloe", "Cole", "", "c@x")],
        [ALICE, named("Boris", "Berg", "1990-09-09")],  # the id is used again, and the contacts come later
        [named("Ann", "Roe", "", "1"), named("Ann", "Roe", "1980-01-02", "2"), ALICE, named("Cem", "Can", "", "c@x")],
    ],
)
def test_different_people_under_one_id_are_found(namings: list[Naming]) -> None:
    assert {several_people(frozenset(order)) for order in permutations(namings)} == {True}


@pytest.mark.parametrize(
    "namings",
    [
        [],
        [ALICE],
        [named("Anna", "Roe", "1980-02-03", "a@x"), named("Anna", "Doe", "1980-02-03", "b@x")],  # married, another mail
        [named("Alexander", "Roe", "1980-02-03", "a@x"), named("Samantha", "Roe", "1980-02-03", "b@x")],  # a new name
        [named("Bob", "Roe", "", "a@x"), named("Mary", "Roe", "", "a@x")],  # a couple's account
        [named("Bob", "Roe", "1980-02-03", "a@x"), named("Mary", "Roe", "1991-04-05", "a@x")],  # one mail, two people
        [named("Test", "Tester", "", "t@x"), named("Anna", "Roe", "", "a@x")],  # corrected as a whole
        [ALICE, named("Boris", "Berg")],
        [named("Anna", "Archer", "", "a@x"), named("Boris", "Berg", "1990-09-09"), named("Chloe", "Cole", "", "a@x")],
        [named("Jhon", "Roe", "1980-02-03", "a@x"), named("John", "Roe", "1980-03-02", "b@x")],  # two slips
        [named("Wei", "Chen", "1980-02-03", "a@x"), named("Chen", "Wei", "1991-04-05", "b@x")],
        [
            named("Bob", "Roe", "", "1"),
            named("Mary", "Roe", "", "2"),
            named("Tim", "Roe", "", "3"),
        ],  # a family's account
        [named("Robert", "Roe", "1980-02-03", "a@x"), named("Bob", "Roe-Smith", "1980-02-03", "b@x")],
    ],
)
def test_one_person_however_often_corrected_is_one(namings: list[Naming]) -> None:
    assert not several_people(frozenset(namings))


def test_which_namings_are_kept_does_not_depend_on_their_order() -> None:
    many = [named(f"N{number:03}", "", "", "x") for number in range(50)]
    found = kept(many)
    assert 0 < len(found) < 50
    forwards, backwards = set[Naming](), set[Naming]()
    for one, other in zip(many, reversed(many), strict=True):
        forwards, backwards = kept({*forwards, one}), kept({*backwards, other})
    assert forwards == backwards == found
