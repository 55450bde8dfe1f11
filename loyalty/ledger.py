"""The points ledger: why points change, and which entries book a change. Entries are only ever added, never altered.

An entry is booked on the source record that owns its points. What a record's entries add up to is what its `stats` say,
at every moment and for every brand: an order that changes its record takes its points along by two further entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class LedgerKind(StrEnum):
    """Why points changed."""

    EARN = "earn"
    REFUND = "refund"
    ADJUST = "adjust"
    REASSIGN = "reassign"


@dataclass(frozen=True, slots=True)
class Accrual:
    """The points that one order stands for at a moment, and where they are booked: record (key) and brand (id)."""

    record: str
    brand: str
    points: int


@dataclass(frozen=True, slots=True)
class EntryCause:
    """The event that changes an order's points: its key, its type, and when it took place (RFC 3339)."""

    event: str
    type: str
    at: str
    refund: bool


@dataclass(frozen=True, slots=True)
class PointsEntry:
    """One change of points, as it is to be booked on `record`. `transaction` is the order that it is for."""

    key: str
    record: str
    transaction: str
    at: str
    points: int
    kind: LedgerKind
    brand: str
    reason: str

    def row(self) -> dict[str, Any]:
        """The row that `write_ledger` takes."""
        return asdict(self) | {"kind": self.kind.value}


def entries_between(
    transaction: str, before: Accrual | None, after: Accrual | None, cause: EntryCause
) -> Iterator[PointsEntry]:
    """The entries that lead from what an order stood for to what it stands for now: none, one, or two.

    Two where its record or brand changed: one takes everything back where it was, one books it anew. None means that
    the order stands for nothing. Keys follow from the order and the event, so the store refuses to book a change twice.
    """
    kind = _kind(before, after, cause)
    if before is not None and after is not None and _place(before) == _place(after):
        changes = [(after, after.points - before.points, "")]
    else:
        back = [(before, -before.points, ":back")] if before is not None else []
        changes = back + ([(after, after.points, "")] if after is not None else [])
    for accrual, points, suffix in changes:
        if points:
            yield PointsEntry(
                key=f"{transaction}:{cause.event}{suffix}",
                record=accrual.record,
                transaction=transaction,
                at=cause.at,
                points=points,
                kind=kind,
                brand=accrual.brand,
                reason=cause.type,
            )


def _place(accrual: Accrual) -> tuple[str, str]:
    return accrual.record, accrual.brand


def _kind(before: Accrual | None, after: Accrual | None, cause: EntryCause) -> LedgerKind:
    if cause.refund:
        return LedgerKind.REFUND
    if before is None or not before.points:
        return LedgerKind.EARN
    if after is not None and after.record != before.record:
        return LedgerKind.REASSIGN
    return LedgerKind.ADJUST
