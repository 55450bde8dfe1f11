"""Rows of a labelled or learned table as events: what a source would send of them, one `identify` a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from domain.events import MAX_EXTRA, MAX_TEXT
from matching.names.full_names import split_full_name
from matching.tables.kinds import Kind
from matching.tables.spelling import EMPTY, speller

SOURCE = "table"
_AT = "2026-01-01T00:00:00Z"
_ATTRIBUTES = (Kind.NUMBER, Kind.TEXT, Kind.CODE, Kind.STATE, Kind.COUNTRY)
_HOUSE = re.compile(r"(?i)(street|house|hse|haus|door)[\s_-]*(no|nr|num)")
"""The name of a column of house numbers."""
_NAMES = (Kind.GIVEN, Kind.FAMILY, Kind.FULL)
_ORGANISATIONS = (Kind.ORGANISATION, Kind.EMPLOYER)


def holds_people(kinds: Mapping[str, Kind]) -> bool:
    """Whether the rows name people: other tables are not events of guests."""
    return any(kind in _NAMES for kind in kinds.values())


def row_id(row: int) -> str:
    """The id of a row at its source."""
    return f"row-{row}"


def events_of(table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind]) -> Iterator[dict[str, Any]]:
    """One event a row, in the table's order. Columns of ids become government ids, each under its own kind; numbers,
    codes and texts become extra traits. What a field cannot hold is left out."""
    columns = {kind: [name for name, column_kind in kinds.items() if column_kind is kind] for kind in Kind}
    dates = {name: speller(Kind.BIRTH, table[name]) for name in columns[Kind.BIRTH]}
    houses = [name for name in columns[Kind.NUMBER] if _HOUSE.search(name)]
    attributes = [name for kind in _ATTRIBUTES for name in columns[kind] if name not in houses][: MAX_EXTRA - 1]

    def cells(row: int, names: Iterable[str]) -> list[str]:
        texts = (" ".join(table[name][row].split())[:MAX_TEXT] for name in names)
        return [text for text in texts if text.casefold() not in EMPTY]

    def values(row: int, *of_kinds: Kind) -> list[str]:
        return cells(row, (name for kind in of_kinds for name in columns[kind]))

    def born(row: int) -> str | None:
        for name, spell in dates.items():
            spelt = spell(table[name][row])
            if len(spelt) == 8 and spelt.isdigit():
                try:
                    return date(int(spelt[:4]), int(spelt[4:6]), int(spelt[6:])).isoformat()
                except ValueError:
                    continue
        return None

    def names(row: int) -> dict[str, str]:
        given = [*values(row, Kind.GIVEN), *values(row, Kind.MIDDLE)]
        family, suffix = values(row, Kind.FAMILY), values(row, Kind.SUFFIX)
        if not (given or family) and (full := values(row, Kind.FULL)):
            first, last, suffixes = split_full_name(full[0])
            given, family, suffix = [first], [last], suffix or [suffixes]
        return {"givenName": " ".join(given), "familyName": " ".join(family), "suffix": " ".join(suffix)}

    def event(row: int) -> dict[str, Any]:
        address = {
            "line1": " ".join([*cells(row, houses), *values(row, Kind.STREET, Kind.ADDRESS)])[:MAX_TEXT],
            "city": " ".join(values(row, Kind.CITY)),
            "postcode": " ".join(values(row, Kind.POSTCODE)),
        }
        traits = {
            **names(row),
            "birthDate": born(row),
            "sex": " ".join(values(row, Kind.SEX)),
            "address": {name: text for name, text in address.items() if text},
            "extra": {
                **dict(zip(("organisation",), values(row, *_ORGANISATIONS), strict=False)),
                **{_slug(name): text for name in attributes if (text := " ".join(table[name][row].split())[:MAX_TEXT])},
            },
        }
        several_ids = len(columns[Kind.ID]) > 1
        identifiers = {
            "email": [text for text in values(row, Kind.EMAIL) if "@" in text],
            "phone": values(row, Kind.PHONE),
            "government_id": [
                f"{_slug(name)}:{text}" if several_ids else text
                for name in columns[Kind.ID]
                if (text := table[name][row].strip()[:MAX_TEXT]) and text.casefold() not in EMPTY
            ],
        }
        return {
            "type": "identify",
            "messageId": row_id(row),
            "source": SOURCE,
            "at": _AT,
            "subject": {
                "id": row_id(row),
                "traits": {name: value for name, value in traits.items() if value},
                "identifiers": {name: found for name, found in identifiers.items() if found},
            },
        }

    for row in range(len(next(iter(table.values()), ()))):
        yield event(row)


def _slug(name: str) -> str:
    """A column's name as a key of events."""
    text = "".join(c if c.isascii() and (c.isalnum() or c in "_-") else "_" for c in name.casefold()).strip("_-")
    return (text or "column")[:40]
