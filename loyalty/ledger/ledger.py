"""The points ledger: why points change, and which entries book a change. Entries are only ever added, never altered.

An entry is a transfer between the points that a guest has in hand, in one lot, and one other account. So it has two
equal sides, and all accounts together are always zero. It is booked on the source record that owns its points. What a
record's entries add up to is what its `stats` say, at every moment and for every lot: an order that changes its record
takes its points along by two further entries.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class LedgerKind(StrEnum):
    """Why points changed."""

    EARN = "earn"
    REFUND = "refund"
    ADJUST = "adjust"
    REASSIGN = "reassign"
    REDEEM = "redeem"
    HOLD = "hold"
    RELEASE = "release"
    REVERSE = "reverse"
    GRANT = "grant"
    BONUS = "bonus"
    CARRY_OVER = "carry_over"
    TRANSFER = "transfer"


class Account(StrEnum):
    """The other side of an entry: where points come from that a guest gets, and go to that a guest gives."""

    PROGRAMME = "programme"
    HELD = "held"
    REDEEMED = "redeemed"
    GRANTED = "granted"
    BONUS = "bonus"
    CARRIED_OVER = "carried_over"
    TRANSFERRED = "transferred"


@dataclass(frozen=True, slots=True)
class Accrual:
    """The points that one order stands for at a moment, and where they are booked: record (key), brand (id), and their
    last day (ISO date; empty: none)."""

    record: str
    brand: str
    points: int
    expires: str = ""


@dataclass(frozen=True, slots=True)
class EntryCause:
    """The event that changes an order's points: its key, its type, and when it took place (RFC 3339)."""

    event: str
    type: str
    at: str
    refund: bool


@dataclass(frozen=True, slots=True)
class PointsEntry:
    """One change of the points in hand, as it is to be booked on `record`: `points` of the lot of `brand` and `expires`
    (ISO date; empty: never). `cause` is the key of what it is for: an order, or a redemption."""

    key: str
    record: str
    cause: str
    at: str
    points: int
    kind: LedgerKind
    brand: str
    reason: str
    expires: str = ""
    account: Account = Account.PROGRAMME

    def row(self) -> dict[str, Any]:
        """The row that `write_ledger` takes. An entry that says nothing of expiry or account never expires and is the
        programme's, as those of releases before are."""
        return {  # not `asdict`, which copies each value: it cost as much as to merge the order
            "key": self.key,
            "record": self.record,
            "cause": self.cause,
            "at": self.at,
            "points": self.points,
            "kind": self.kind.value,
            "brand": self.brand,
            "reason": self.reason,
            "expires": self.expires or None,
            "account": None if self.account is Account.PROGRAMME else self.account.value,
        }


def entries_between(
    transaction: str, before: Accrual | None, after: Accrual | None, cause: EntryCause
) -> Iterator[PointsEntry]:
    """The entries that lead from what an order stood for to what it stands for now: none, one, or two.

    Two where its record or lot changed: one takes everything back where it was, one books it anew. None means that
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
                cause=transaction,
                at=cause.at,
                points=points,
                kind=kind,
                brand=accrual.brand,
                reason=cause.type,
                expires=accrual.expires,
            )


def _place(accrual: Accrual) -> tuple[str, str, str]:
    return accrual.record, accrual.brand, accrual.expires


def _kind(before: Accrual | None, after: Accrual | None, cause: EntryCause) -> LedgerKind:
    if cause.refund:
        return LedgerKind.REFUND
    if before is None or not before.points:
        return LedgerKind.EARN
    if after is not None and after.record != before.record:
        return LedgerKind.REASSIGN
    return LedgerKind.ADJUST
