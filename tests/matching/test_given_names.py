"""What the lists of the world say about given names: sexes, nicknames, and whether a word is a name at all."""

from __future__ import annotations

import pytest

from matching.given_names import (
    formal_names_of,
    is_family_name_in_front,
    is_listed,
    nicknames_of,
    opposite_sexes,
    titles,
)
from matching.scripts import latin


@pytest.mark.parametrize(
    ("a", "b", "opposite"),
    [
        ("paul", "paula", True),
        ("andrea", "andrew", True),
        ("александр", "александра", True),
        ("евгений", "евгения", True),
        ("كريم", "كريمة", True),
        ("radoslav", "radoslava", True),
        ("alex", "maria", False),
        ("sasha", "alexander", False),
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
    assert {"mr", "dr", "frau", "sra", "mme", "g-n"} <= titles()
    assert titles().isdisjoint(("anna", "van", "de", "don"))


def test_family_names_that_stand_in_front() -> None:
    assert all(map(is_family_name_in_front, ("nguyen", "wang")))
    assert not any(map(is_family_name_in_front, ("lee", "smith", "anna")))
