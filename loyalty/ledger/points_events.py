"""What others are told about points: one event for each ledger entry, so that the events of a guest add up to the
points in hand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from domain.feed_event import FeedEvent
from loyalty.ledger.ledger import Account, LedgerKind

POINTS_TYPES: Mapping[LedgerKind, str] = {
    LedgerKind.EARN: "points.earned",
    LedgerKind.REFUND: "points.refunded",
    LedgerKind.ADJUST: "points.adjusted",
    LedgerKind.REASSIGN: "points.adjusted",
    LedgerKind.REDEEM: "points.redeemed",
    LedgerKind.HOLD: "points.held",
    LedgerKind.RELEASE: "points.released",
    LedgerKind.REVERSE: "points.returned",
    LedgerKind.GRANT: "points.granted",
    LedgerKind.BONUS: "points.bonus",
    LedgerKind.CARRY_OVER: "points.carried_over",
    LedgerKind.TRANSFER: "points.transferred",
}
"""The type of an entry's event."""


def points_events(entries: Iterable[Mapping[str, Any]]) -> Iterator[FeedEvent]:
    """The events of ledger entries (rows as `PointsEntry.row` gives them)."""
    for entry in entries:
        yield FeedEvent(
            id=entry["key"],
            type=POINTS_TYPES[LedgerKind(entry["kind"])],
            time=entry["at"],
            record=entry["record"],
            brand=entry["brand"],
            data={
                "entry": entry["key"],
                "points": entry["points"],
                "brand": entry["brand"],
                "lastDay": entry["expires"],
                "account": entry["account"] or Account.PROGRAMME.value,
                "reason": entry["reason"],
                "cause": entry["cause"],
            },
        )
