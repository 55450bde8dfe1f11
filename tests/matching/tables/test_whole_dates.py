"""Day, month and year in three columns are one date; other numbers stay what they are."""

from __future__ import annotations

import pytest

from matching.tables.kinds import Kind
from matching.tables.proposal import propose
from matching.tables.whole_dates import with_whole_dates


@pytest.mark.parametrize(
    "names",
    [
        ("by", "bm", "bd"),
        ("birth_year", "birth_month", "birth_day"),
        ("Year of birth", "Month of birth", "Day of birth"),
        ("dob_y", "dob_m", "dob_d"),
        ("BirthYear", "BirthMonth", "BirthDay"),
    ],
)
def test_three_columns_are_one_birth_date(names: tuple[str, str, str]) -> None:
    cells = (["1949", "1968", "1970"] * 6 + ["1968", "19x0"], ["7"] * 18 + ["02", "3"], ["22"] * 18 + ["30", ""])
    table = with_whole_dates({"fname": ["Ann"] * 20, **dict(zip(names, cells, strict=True))})
    dates = ["1949-07-22", "1968-07-22", "1970-07-22"] * 6
    assert table == {"fname": ["Ann"] * 20, "birth_date": [*dates, "", ""]}
    assert propose(table)["birth_date"] is Kind.BIRTH


def test_what_is_no_date_stays() -> None:
    table = {"city": ["Rome"], "company": ["Regal"], "kid": ["7"], "year": ["1999"], "month": ["13"], "day": ["5"]}
    assert with_whole_dates(table) == table


@pytest.mark.parametrize("year", ["85", "\N{SUPERSCRIPT TWO}"])
def test_years_that_say_no_century_stay(year: str) -> None:
    table = {"by": [year], "bm": ["5"], "bd": ["1"]}
    assert with_whole_dates(table) == table


def test_a_column_that_is_there_is_not_overwritten() -> None:
    table = {"by": ["1985"], "bm": ["5"], "bd": ["1"], "birth_date": ["1991-06-02"]}
    assert with_whole_dates(table) == table
