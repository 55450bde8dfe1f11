"""What two values of a table's field agree in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from matching.tables.fields import column
from matching.tables.kinds import Kind
from matching.tables.levels import SWAPPED, UNKNOWN, compare


@pytest.mark.parametrize(
    ("kind", "one", "other", "level"),
    [
        (Kind.GIVEN, "Robert", "robert", 3),
        (Kind.GIVEN, "Robert", "Rob", 2),
        (Kind.GIVEN, "Catherine", "Catherin", 2),
        (Kind.GIVEN, "Mark", "Olga", 0),
        (Kind.FAMILY, "", "Smith", UNKNOWN),
        (Kind.BIRTH, "1971-06-24", "24.06.1971", 3),
        (Kind.BIRTH, "1971-06-24", "1971-05-24", 2),
        (Kind.BIRTH, "1971-06-04", "1971-04-06", 2),
        (Kind.BIRTH, "1971-06-24", "1972-01-17", 1),
        (Kind.BIRTH, "1971-06-24", "1993-11-02", 0),
        (Kind.EMAIL, "Ann.Lee@one.example", "ann.lee@one.example", 3),
        (Kind.EMAIL, "ann.lee@one.example", "ann.lee@two.test", 1),
        (Kind.EMAIL, "ann.lee@one.example", "ann.leee@one.example", 2),
        (Kind.EMAIL, "ann.lee@one.example", "zoe@six.test", 0),
        (Kind.PHONE, "+1 (212) 555-0100", "12125550100", 2),
        (Kind.PHONE, "12125550100", "12125550110", 1),
        (Kind.PHONE, "12125550100", "442071234567", 0),
        (Kind.NUMBER, "7", "8", 0),
        (Kind.TEXT, "12 Main Street", "Main street 12", 3),
    ],
)
def test_levels(kind: Kind, one: str, other: str, level: int) -> None:
    [found] = compare([column("c", kind, [one, other, "31.12.1999" if kind is Kind.BIRTH else ""])], *pair(0, 1))
    assert found.tolist() == [level]


def pair(one: int, other: int) -> tuple[Any, Any]:
    return np.array([one]), np.array([other])


@pytest.mark.parametrize(
    ("one", "other", "levels"),
    [
        (("Anna", "Lopez"), ("Lopez", "Anna"), [SWAPPED, SWAPPED]),
        (("Anna", "Lopez"), ("Lopes", "Ana"), [SWAPPED, SWAPPED]),
        (("Anna", "Lopez"), ("Anna", ""), [3, UNKNOWN]),
        (("Anna", "Lopez"), ("Lopez", ""), [UNKNOWN, SWAPPED]),
        (("Anna", "Lopez"), ("Bruno", "Kahn"), [0, 0]),
    ],
)
def test_swapped_names(one: tuple[str, str], other: tuple[str, str], levels: list[int]) -> None:
    columns = [
        column("given", Kind.GIVEN, [one[0], other[0]]),
        column("family", Kind.FAMILY, [one[1], other[1]]),
    ]
    for rows in ((0, 1), (1, 0)):
        found = [level.tolist()[0] for level in compare(columns, *pair(*rows))]
        assert sorted(found) == sorted(levels)


@pytest.mark.parametrize(
    ("kind", "one", "other", "level"),
    [
        (Kind.GIVEN, "Mark", "Marsha", 0),
        (Kind.GIVEN, "Maria Luis", "Maria", 2),
        (Kind.GIVEN, "Mhd", "Mohamed", 2),
        (Kind.GIVEN, "Peggie", "Margaret", 2),
        (Kind.GIVEN, "R", "Robert", 2),
        (Kind.GIVEN, "杰", "Jie", 2),
        (Kind.GIVEN, "杰", "Olga", UNKNOWN),
        (Kind.FAMILY, "Sanchez Mendoza", "Sanchez", 2),
        (Kind.FAMILY, "Васильев", "Vasiliev", 2),
        (Kind.BIRTH, "1970-01-01", "1970-08-20", 1),
        (Kind.BIRTH, "1970-01-01", "1971-08-20", 0),
        (Kind.PHONE, "702-221-2412", "221-2412", 1),
        (Kind.ADDRESS, "Suite 900, 1450 N City Rd", "1450 N City Rd Suite 900 Arlington VA", 2),
        (Kind.ADDRESS, "12 Poppy Hills Dr, Blacklick", "14 Poppy Hills Dr, Blacklick", 1),
        (Kind.AMOUNT, "$100", "99.00", 2),
        (Kind.AMOUNT, "100", "90", 1),
        (Kind.AMOUNT, "100", "10", 0),
        (Kind.SEX, "M", "Female", 0),
        (Kind.ORGANISATION, "Universal Exports Ltd", "Exports Universal", 2),
    ],
)
def test_levels_of_kinds(kind: Kind, one: str, other: str, level: int) -> None:
    for pair in ((one, other), (other, one)):
        found: list[Any] = compare([column("c", kind, pair)], np.array([0]), np.array([1]))
        assert found[0].tolist() == [level]


def test_one_of_several_names_may_stand_in_the_others_place() -> None:
    columns = [
        column("g", Kind.GIVEN, [("Jie", "杰"), ("Wang",)]),
        column("f", Kind.FAMILY, [("Wang", "王"), ("Jie",)]),
    ]
    found = compare(columns, np.array([0]), np.array([1]))
    assert [level.tolist() for level in found] == [[SWAPPED], [SWAPPED]]
