"""A guest's statement: balance before a period, what changed it, and balance after it, by brand. Pure.

Points expire and holds end because time passes, and nobody books it (`loyalty.ledger.lots`). So a statement repeats
the ledger from its beginning and looks at each moment at which something is booked or may have ended. What a lot's end
takes, and what it does not take since other points were owed, are lines like those of entries: opening and lines are
the closing balance, for each brand.

Entries count by the time of what caused them. So an order that comes late changes a statement that was made before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from domain.errors import InvalidInput, TooLarge
from graph.customers import ProfilePart
from loyalty.ledger.ledger import Account, LedgerKind
from loyalty.ledger.lots import Lot, points_balance

MAX_ENTRIES = 10_000
"""Ledger entries of a guest from which a statement is made."""
EXPIRED, HOLD_OVER = "points.expired", "points.over"
BEGINNING = date(1970, 1, 1)
"""The first day of a statement that begins with the ledger."""
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class StatedEntry:
    """A ledger entry. `until`: when the hold that it is about ends."""

    key: str
    at: datetime
    points: int
    kind: LedgerKind
    reason: str
    lot: Lot
    account: Account = Account.PROGRAMME
    until: datetime | None = None

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> StatedEntry:
        """From a row of `profile/statement`. An entry of a release before may have no brand."""
        return cls(
            key=row["key"],
            at=datetime.fromisoformat(row["at"]),
            points=row["points"],
            kind=LedgerKind(row["kind"]),
            reason=row["reason"],
            lot=Lot(row["brand"] or "", row["expires"] or ""),
            account=Account(row["account"] or Account.PROGRAMME),
            until=row["until"] and datetime.fromisoformat(row["until"]),
        )


@dataclass(frozen=True, slots=True)
class StatementLine:
    """Points that came into hand, or left it where negative. `kind` None: the last day of their lot was over, or where
    positive, expired points paid for what was owed. `balance`: that of all brands after it."""

    at: datetime
    points: int
    kind: LedgerKind | None
    reason: str
    lot: Lot
    balance: int


@dataclass(frozen=True, slots=True)
class Statement:
    """From the beginning of the first day to the end of the last one, in UTC, or to the moment at which it was made.
    `opening` and `closing` are points in hand by brand; below zero where more of its points were used than are left."""

    first: date
    last: date
    opening: Mapping[str, int]
    lines: Sequence[StatementLine]
    closing: Mapping[str, int]

    @property
    def brands(self) -> list[str]:
        """All that it is about, by code."""
        return sorted({*self.opening, *self.closing, *(line.lot.brand for line in self.lines)})

    @property
    def opening_points(self) -> int:
        return sum(self.opening.values())

    @property
    def closing_points(self) -> int:
        return sum(self.closing.values())


class _Move(NamedTuple):
    """Points that come into hand at a moment, or leave it."""

    at: datetime
    key: str
    lot: Lot
    points: int
    kind: LedgerKind
    reason: str


def statement_part(last: date | None) -> ProfilePart:
    """What a statement until this day (None: today) reads of a profile."""
    end = "9999-12-31T00:00:00Z" if last is None else _start(last + timedelta(days=1)).isoformat()
    return ProfilePart.of("statement", until=end, size=MAX_ENTRIES + 1)


def period(first: date | None, last: date | None, now: datetime) -> tuple[date, date, datetime]:
    """The first and the last day of a statement (None: from the beginning, until today), and its end: entries before it
    count. Raises InvalidInput where it would end before it begins, or begin after today."""
    today = now.astimezone(UTC).date()
    first, last = first or BEGINNING, min(last or today, today)
    if first > last:
        raise InvalidInput(
            "The period ends before it begins, or begins after today.", hint="Name an earlier first day."
        )
    return first, last, min(_start(last + timedelta(days=1)), now + _TICK)


def statement(entries: Sequence[StatedEntry], first: date, last: date, end: datetime) -> Statement:
    """The statement of all entries of a guest; those at or after `end` do not count. The days are those of `period`.
    Raises TooLarge."""
    if len(entries) > MAX_ENTRIES:
        raise TooLarge(f"This guest has more than {MAX_ENTRIES:,} ledger entries.", hint="Read the entries in pages.")
    start, moves = _start(first), sorted(_moves(entry for entry in entries if entry.at < end))
    over = {move.lot.expires for move in moves if move.lot.expires and move.lot.expires < end.date().isoformat()}
    ends = {_start(date.fromisoformat(day) + timedelta(days=1)) for day in over}
    sums = Counter[Lot]()
    for move in moves:
        if move.at < start:
            sums[move.lot] += move.points
    expired = _expired(sums, start - _TICK)
    opening = _by_brand(sums, expired)
    balance, lines = sum(opening.values()), list[StatementLine]()
    by_moment = {at: list(of) for at, of in groupby(moves, lambda move: move.at)}
    for at in sorted(one for one in ends | by_moment.keys() if start <= one < end):
        changes = [(move.lot, move.points, move.kind, move.reason) for move in by_moment.get(at, ())]
        for lot, points, *_ in changes:
            sums[lot] += points
        before, expired = expired, _expired(sums, at)
        lots = sorted(before.keys() | expired.keys(), key=Lot.turn)
        changes += [(lot, before[lot] - expired[lot], None, EXPIRED) for lot in lots if before[lot] != expired[lot]]
        for lot, points, kind, reason in changes:
            balance += points
            lines.append(StatementLine(at, points, kind, reason, lot, balance))
    return Statement(first, last, opening, lines, _by_brand(sums, expired))


def _moves(entries: Iterable[StatedEntry]) -> Iterator[_Move]:
    """What moves the points in hand, and when. A hold that is over has given back what it held by itself, whenever
    somebody books that."""
    held = Counter[tuple[datetime, Lot]]()
    for entry in entries:
        if entry.account is Account.HELD and entry.until is not None:
            if entry.at >= entry.until:
                continue
            held[entry.until, entry.lot] -= entry.points
        yield _Move(entry.at, entry.key, entry.lot, entry.points, entry.kind, entry.reason)
    for (until, lot), points in held.items():
        if points:
            yield _Move(until, f"{HOLD_OVER}:{lot.key}", lot, points, LedgerKind.RELEASE, HOLD_OVER)


def _expired(sums: Mapping[Lot, int], at: datetime) -> Counter[Lot]:
    return Counter(points_balance({lot.key: points for lot, points in sums.items()}, {}, at).expired)


def _by_brand(sums: Mapping[Lot, int], expired: Mapping[Lot, int]) -> dict[str, int]:
    brands = Counter[str]()
    for lot, points in sums.items():
        brands[lot.brand] += points - expired.get(lot, 0)
    return {brand: points for brand, points in sorted(brands.items()) if points}


def _start(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
