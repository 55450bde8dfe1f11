"""Dates whose day, month and year stand in three columns, as one column."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date

from matching.tables.proposal import snake_case

_PARTS = {
    "year": (re.compile(r"(?<![a-z])(year|yr|yyyy|yy)(?![a-z])|y$"), range(1900, 2101)),
    "month": (re.compile(r"(?<![a-z])(month|mon|mm)(?![a-z])|m$"), range(1, 13)),
    "day": (re.compile(r"(?<![a-z])(day|dd)(?![a-z])|d$"), range(1, 32)),
}
_BIRTH = re.compile(r"birth|dob|born|^b\*?$")
_MOST = 0.9
"""The share of a column's cells that must be numbers of the right size."""


def with_whole_dates(table: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """The table with one column for each three that are year, month and day of one date: `by`, `bm` and `bd`, or
    `birth_year`, `birth_month` and `birth_day`. The cells are ISO dates, empty where a part is missing or wrong."""
    stems: dict[str, dict[str, str]] = {}
    for name, cells in table.items():
        plain = snake_case(name).replace("_", " ")
        for part, (pattern, sizes) in _PARTS.items():
            stem, found = pattern.subn("*", plain, count=1)
            if found and _fits(cells, sizes):
                stems.setdefault(stem, {}).setdefault(part, name)
    whole = {name: list(cells) for name, cells in table.items()}
    for stem, names in stems.items():
        if len(names) == len(_PARTS) and len(set(names.values())) == len(_PARTS):
            title = (
                "birth_date"
                if _BIRTH.search(stem.replace(" ", ""))
                else f"date {stem.replace('*', '').strip()}".strip()
            )
            if title not in whole:
                columns = [whole.pop(names[part]) for part in _PARTS]
                whole[title] = [_date(*cell) for cell in zip(*columns, strict=True)]
    return whole


def _fits(cells: Sequence[str], sizes: range) -> bool:
    filled = [cell for cell in cells if cell]
    good = sum(cell.isdecimal() and len(cell) < 5 and int(cell) in sizes for cell in filled)
    return bool(filled) and good >= _MOST * len(filled)


def _date(year: str, month: str, day: str) -> str:
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        return ""
