"""Rows of a table as records, so that a model is trained on the same input as the live service has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from matching.records import About, Record
from matching.tables.kinds import Kind
from matching.tables.spelling import EMPTY, speller

_ATTRIBUTES = (Kind.NUMBER, Kind.TEXT, Kind.ID)


def records_of(table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind]) -> list[Record]:
    """One record per row, keyed by its number. Columns of numbers, ids and text become attributes under their names."""
    rows = len(next(iter(table.values()), ()))
    columns = {kind: [name for name, column_kind in kinds.items() if column_kind is kind] for kind in Kind}
    dates = {name: speller(Kind.BIRTH, table[name]) for name in columns[Kind.BIRTH]}

    def text(row: int, *text_kinds: Kind) -> str:
        values = (table[name][row].strip() for kind in text_kinds for name in columns[kind])
        return " ".join(value for value in values if value.casefold() not in EMPTY)

    def values(row: int, kind: Kind) -> frozenset[str]:
        texts = (table[name][row].strip().casefold() for name in columns[kind])
        return frozenset(value for value in texts if value not in EMPTY)

    def born(row: int) -> date | None:
        for name, spell in dates.items():
            spelt = spell(table[name][row])
            if len(spelt) == 8 and spelt.isdigit():
                try:
                    return date(int(spelt[:4]), int(spelt[4:6]), int(spelt[6:]))
                except ValueError:
                    continue
        return None

    def record(row: int) -> Record:
        given, family = text(row, Kind.GIVEN), text(row, Kind.FAMILY)
        if not (given or family):
            given, _, family = text(row, Kind.FULL).rpartition(" ")
        names = (name for kind in _ATTRIBUTES for name in columns[kind])
        attributes = tuple(sorted((n, v) for n in names if (v := table[n][row].strip()) and v.casefold() not in EMPTY))
        about = About(
            sex=text(row, Kind.SEX),
            street=text(row, Kind.STREET, Kind.ADDRESS),
            postcode=text(row, Kind.POSTCODE),
            city=text(row, Kind.CITY),
            emails=frozenset(value for value in values(row, Kind.EMAIL) if "@" in value),
            phones=values(row, Kind.PHONE),
            attributes=attributes,
        )
        return Record(str(row), frozenset(), given, family, text(row, Kind.SUFFIX), born(row), about=about)

    return [record(row) for row in range(rows)]
