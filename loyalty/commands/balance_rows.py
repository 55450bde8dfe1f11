"""Reads balances of the system before from a CSV file: row in, command out, or what is wrong with the row.

A row is the points of one member, of one brand and with one last day. It names its member by `source` and `id` (as the
events of that source do), by `card`, or by `customer_number`. What is wrong is said without what the row holds.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

from domain.errors import InvalidInput
from domain.placeholders import means_none
from domain.source_ids import source_id, visible
from identity.claims import ClaimsReader
from loyalty.commands.command import MAX_POINTS, Command, CommandKind
from loyalty.ledger.lots import Lot
from matching.normalise import normalise

MAX_ROWS = 5_000_000
"""Rows of one import of balances."""
MAX_REFERENCE = 100
"""Characters of a row's own id."""
_SYSTEM = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NEEDED = ("reference", "brand", "points", "last_day")
_MEMBER = ("source", "id", "card", "customer_number")
_HINT = f"The columns are {', '.join(_NEEDED)}, and source and id, card or customer_number, with commas between them."


@dataclass(frozen=True, slots=True)
class BalanceRow:
    """A row that can be read. `line`: where it begins, the header being line 1. `command`: what carries it over; it
    names a card by its identifier alone, so whoever carries it out finds the number first."""

    line: int
    command: Command

    @property
    def lot(self) -> Lot:
        return Lot(self.command.brand or "", self.command.expires)

    @property
    def points(self) -> int:
        return self.command.points or 0

    @property
    def column(self) -> str:
        """The column that names the member."""
        if self.command.record is not None:
            return "id"
        return "card" if self.command.identifier is not None else "customer_number"


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that is not carried over: where it stands, what is wrong and how to mend it; never what it holds."""

    line: int
    column: str
    message: str
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class BalanceReader:
    """Reads balances of one system. References are the ids of its rows, so two systems may have the same ones."""

    claims: ClaimsReader
    system: str

    def __post_init__(self) -> None:
        """Raises InvalidInput."""
        if not _SYSTEM.fullmatch(self.system):
            raise InvalidInput(
                "The name of the system has 1 to 32 small letters, digits, - and _.", hint="Such as --system punchh."
            )

    @property
    def reason(self) -> str:
        """That of the ledger entries of this system."""
        return f"points.{CommandKind.CARRY_OVER}.{self.system}"

    def read(self, path: Path) -> Iterator[BalanceRow | RowFault]:
        """All rows, in bounded memory. Raises InvalidInput where the file as a whole cannot be read."""
        line = 1
        try:
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = csv.reader(file, strict=True)
                header = [visible(name) for name in next(rows, [])]
                _check(path, header)
                line = rows.line_num + 1
                for count, cells in enumerate(rows):
                    if count == MAX_ROWS:
                        raise InvalidInput(f"{path.name} has more than {MAX_ROWS:,} rows.", hint="Split it.")
                    if cells:
                        yield self._row(line, header, cells)
                    line = rows.line_num + 1
        except UnicodeDecodeError:
            raise InvalidInput(f"{path.name} is not UTF-8 from line {line:,} on.", hint="Save it as UTF-8.") from None
        except csv.Error:
            raise InvalidInput(
                f"{path.name} is not CSV from line {line:,} on.", hint="Is a quotation mark missing?"
            ) from None
        except OSError as error:
            raise InvalidInput(f"{path.name} cannot be read: {error.strerror or 'is it damaged?'}.") from None

    def _row(self, line: int, header: Sequence[str], cells: Sequence[str]) -> BalanceRow | RowFault:
        if len(cells) != len(header):
            return RowFault(line, "", f"has {len(cells)} columns, not {len(header)}", "Is a comma or a quote missing?")
        row = dict(zip(header, map(visible, cells), strict=True))
        try:
            return BalanceRow(line, self._command(row))
        except _Wrong as wrong:
            return RowFault(line, wrong.column, wrong.message, wrong.hint)

    def _command(self, row: Mapping[str, str]) -> Command:
        reference, points, brand, expires = _reference(row), _points(row), row["brand"], _last_day(row)
        if not brand:
            raise _Wrong("brand", "is empty", "Name the brand that gave the points.")
        member = self._member(row)
        said = "|".join((member.record or member.identifier or member.number or "", brand, str(points), expires))
        return Command(
            key=self.claims.vault.keyed("balance", f"{self.system}|{reference}"),
            asked=self.claims.vault.keyed("asked", said),
            kind=CommandKind.CARRY_OVER,
            actor=f"import of {self.system}",
            points=points,
            brand=brand,
            expires=expires,
            reason=self.system,
            record=member.record,
            identifier=member.identifier,
            number=member.number,
        )

    def _member(self, row: Mapping[str, str]) -> _Member:
        given = {name: row[name] for name in _MEMBER if row.get(name)}
        match given:
            case {"source": source, "id": id_, **others} if not others:
                return _Member(record=self.claims.record_key(source, _id(id_, "id")))
            case {"card": card, **others} if not others:
                try:
                    normalised = normalise("loyalty_card", card, region=self.claims.region)
                except ValueError as error:
                    raise _Wrong("card", str(error), "Correct it, or name the member by source and id.") from None
                return _Member(identifier=self.claims.identifier_key("loyalty_card", normalised))
            case {"customer_number": number, **others} if not others:
                return _Member(number=number.upper())
            case _:
                what = "names no member" if not given else "does not name the member in one way"
                raise _Wrong(
                    next(iter(given), ""),
                    what,
                    "Fill source and id, or card, or customer_number; leave the others empty.",
                )


class _Member(NamedTuple):
    record: str | None = None
    identifier: str | None = None
    number: str | None = None


class _Wrong(Exception):
    def __init__(self, column: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.column, self.message, self.hint = column, message, hint


def _check(path: Path, header: Sequence[str]) -> None:
    missing = [name for name in _NEEDED if name not in header]
    by_record = {"source", "id"}.issubset(header)
    if not missing and not by_record and not {"card", "customer_number"}.intersection(header):
        missing = ["source and id, card or customer_number"]
    if missing:
        raise InvalidInput(f"{path.name} has no column {', '.join(missing)}.", hint=_HINT)
    if len(set(header)) < len(header):
        raise InvalidInput(f"{path.name} has two columns of one name.", hint=_HINT)
    # A misspelt column would be left out in silence.
    if further := [name for name in header if name not in (*_NEEDED, *_MEMBER)]:
        raise InvalidInput(f"{path.name} has columns that mean nothing: {', '.join(further)[:200]}.", hint=_HINT)


def _reference(row: Mapping[str, str]) -> str:
    reference = _id(row["reference"], "reference")
    if len(reference) > MAX_REFERENCE:
        raise _Wrong("reference", f"has more than {MAX_REFERENCE} characters", "Use a shorter id.")
    return reference


def _id(text: str, column: str) -> str:
    try:
        found = source_id(text)
    except ValueError as error:
        raise _Wrong(column, str(error), "Export the column as text.") from None
    if means_none(found, namespaces=False):
        raise _Wrong(column, "is empty or a placeholder", "Give the id that the system before has for it.")
    return found


def _points(row: Mapping[str, str]) -> int:
    text = row["points"]
    if not _WHOLE.fullmatch(text) or abs(int(text)) > MAX_POINTS:
        raise _Wrong(
            "points",
            f"is no whole number from {-MAX_POINTS} to {MAX_POINTS}",
            "Write it with digits alone, such as 1250; a debt has a minus sign.",
        )
    return int(text)


def _last_day(row: Mapping[str, str]) -> str:
    text = row["last_day"]
    try:
        if not text or date.fromisoformat(text).isoformat() == text:
            return text
    except ValueError:
        pass
    raise _Wrong("last_day", "is no day", "Write it as 2027-01-31; leave it empty for points that never expire.")
