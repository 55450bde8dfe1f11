"""Whose names the lists of the world know, and of which sex they mostly are."""

from __future__ import annotations

import pytest

from matching.given_names import is_given_name_somewhere, opposite_sexes


@pytest.mark.parametrize(
    ("a", "b", "opposite"),
    [
        ("paul", "paula", True),
        ("andrea", "andrew", True),
        ("александр", "александра", True),
        ("maria", "anna", False),
        ("alex", "maria", True),
        ("sasha", "xqzt", False),
        ("xqzt", "paul", False),
    ],
)
def test_sexes(a: str, b: str, opposite: bool) -> None:
    assert opposite_sexes(a, b) is opposite_sexes(b, a) is opposite


def test_names_that_several_languages_list() -> None:
    assert all(map(is_given_name_somewhere, ("john", "иван", "fatima", "giulia")))
    assert not any(map(is_given_name_somewhere, ("xqzt", "clavin", "")))
