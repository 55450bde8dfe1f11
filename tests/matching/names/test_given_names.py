"""What the lists of the world say about given names: sexes, nicknames, and whether a word is a name at all."""

from __future__ import annotations

import pytest

from matching.names.given_names import (
    PARTICLES,
    TITLES,
    are_two_names,
    formal_names_of,
    is_family_name_first,
    is_listed,
    nicknames_of,
    opposite_sexes,
)
from matching.names.scripts import latin


@pytest.mark.parametrize(
    ("a", "b", "opposite"),
    [
        ("paul", "paula", True),
        ("andrea", "andrew", True),
        ("александр", "александра", True),
        ("евгений", "евгения", True),
        ("كريم", "كريمة", True),
        ("radoslav", "radoslava", True),
        ("emil", "emily", True),
        ("maria", "anna", False),
        ("ann", "anna", False),
        ("sasha", "xqzt", False),
        ("xqzt", "paul", False),
    ],
)
def test_sexes(a: str, b: str, opposite: bool) -> None:
    one, other = latin(a).casefold(), latin(b).casefold()
    assert opposite_sexes(one, other) is opposite_sexes(other, one) is opposite


def test_words_that_are_names() -> None:
    assert all(map(is_listed, ("john", "ivan", "fatima", "giulia", "pepe", "bob")))
    assert not any(map(is_listed, ("xqzt", "clavin", "")))


def test_nicknames_of_many_languages() -> None:
    assert "pepe" in nicknames_of("jose")
    assert {"aleksandr", "aleksandra"} <= formal_names_of("sasha")
    assert "bob" in nicknames_of("robert")


def test_titles_are_no_names() -> None:
    assert {title for title in TITLES if is_listed(title)} == set()
    assert TITLES.isdisjoint(PARTICLES)


def test_two_listed_names_are_no_slips() -> None:
    assert are_two_names("mary", "mark")
    assert not are_two_names("clavin", "calvin")


@pytest.mark.parametrize("name", ["nguyen van an", "wang fang", "tanaka hiroshi"])
def test_a_family_name_that_stands_first(name: str) -> None:
    assert is_family_name_first(name.split())


@pytest.mark.parametrize(
    "name",
    [
        "lee johnson",
        "jen smith",
        "novak djokovic",
        "han solo",
        "sung kim",
        "chan marshall",
        "jeong ho park",
        "wang",
        "anh nguyen",
    ],
)
def test_a_given_name_that_stands_first(name: str) -> None:
    assert not is_family_name_first(name.split())
