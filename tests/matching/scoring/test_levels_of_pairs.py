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
    return {field.name: (field.level, field.bits) for field in score_pair(a, b, MODEL).fields}


@pytest.mark.parametrize(
    ("other", "field", "level"),
    [
        (replace(ANNA, given="Mifsud", family="Anna"), "given_name", "swapped"),
        (replace(ANNA, given="Ana"), "given_name", "same"),
        (replace(ANNA, given="A."), "given_name", "initial"),
        (replace(ANNA, given="Анна"), "given_name", "equal"),
        (replace(ANNA, given="Mary"), "given_name", "different"),
        (replace(ANNA, family="Borg-Mifsud"), "family_name", "part"),
        (replace(ANNA, birth_date=date(1984, 9, 3)), "birth_date", "slip"),
        (replace(ANNA, birth_date=date(1984, 1, 1)), "birth_date", "year"),
        (replace(ANNA, suffix="Jr"), "suffix", "one_sided"),
        (replace(ANNA, about=replace(HOME, street="Main St 12")), "street", "equal"),
        (replace(ANNA, about=replace(HOME, street="7 Main St")), "street", "street"),
        (replace(ANNA, about=replace(HOME, postcode="02175")), "postcode", "slip"),
    ],
)
def test_levels(other: Record, field: str, level: str) -> None:
    assert worth(ANNA, other)[field][0] == level
