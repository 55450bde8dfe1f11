"""Habits of writing make no difference."""

from __future__ import annotations

import pytest

from matching.tables.kinds import Kind
from matching.tables.spelling import speller


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
