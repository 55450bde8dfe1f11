"""Merges what a batch claims onto what was read: onto its source records, and onto its transactions and their worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from domain.stats import Contribution
from identity.claims import Claims, SubjectClaim
from identity.record_state import RecordState
from ingest.order_state import TransactionState
from loyalty.programme.programme_history import ProgrammeHistory
from privacy.vault import Vault

Subjects = Sequence[tuple[Claims, SubjectClaim]]
"""Every subject of some events, with the event that names it."""
NAMES_SEVERAL = "/subject/id: its record names several people, so it is nobody's: is this id a placeholder?"

HELD = "/refund/currency: is not the currency of the order, so the refund is held and takes nothing back"
WAITS_FOR_ANOTHER_CURRENCY = "/order/currency: a refund of this order is in another currency, and is held"


def merge_claims(
    records: Mapping[str, RecordState], subjects: Subjects, stopped: Mapping[str, tuple[bool, bool]]
) -> None:
    """Merges onto these records what is claimed of them. `stopped` tells which identifiers are (shared, blocked)."""
    for claims, subject in subjects:
        records[subject.record].merge(claims, subject, stopped)


def notes_of(
    fresh: Iterable[Claims], records: Mapping[str, RecordState], orders: Mapping[str, TransactionState]
) -> dict[str, list[str]]:
    """By event, what its sender should know of the records and the order behind it, once they are merged."""
    notes: dict[str, list[str]] = {}
    for claims in fresh:
        found = [NAMES_SEVERAL for subject in claims.subjects if records[subject.record].names_several]
        state = orders.get(claims.transaction or "")
        if state is not None and state.held:
            if claims.refund is None:
                found.append(WAITS_FOR_ANOTHER_CURRENCY)
            elif claims.refund.amount is not None and claims.refund.currency != state.state["currency"]:
                found.append(HELD)
        if found:
            notes[claims.event] = found
    return notes


def merge_orders(
    fresh: Iterable[Claims],
    orders: Mapping[str, TransactionState],
    records: Mapping[str, RecordState],
    vault: Vault,
    programmes: ProgrammeHistory,
) -> set[str]:
    """Merges orders and refunds, and moves what each is worth from its old owner's counters to its new owner's. Returns
    the records whose first or last visit may be another now, because an order left them or moved to another time."""
    shortened: set[str] = set()
    for claims in fresh:
        if claims.transaction is None:
            continue
        state = orders[claims.transaction]
        owner, before = state.owner, state.contribution()
        refund_key = None
        if claims.refund is not None:
            refund_key = vault.keyed("refund", f"{claims.source}|{claims.refund.id}")
        state.merge(claims, refund_key, programmes)
        after = state.contribution()
        if (
            owner is not None
            and before is not None
            and _visit(owner, before) != _visit(state.owner, after)
            and records[owner].stats.ends_with(before)
        ):
            shortened.add(owner)
        _count(records, owner, before, -1)
        _count(records, state.owner, after, 1)
    return shortened


def _visit(owner: str | None, contribution: Contribution | None) -> tuple[str, str, str] | None:
    return None if owner is None or contribution is None else (owner, contribution.brand, contribution.at)


def _count(records: Mapping[str, RecordState], owner: str | None, contribution: Contribution | None, sign: int) -> None:
    if owner is not None and contribution is not None:
        records[owner].stats.apply(contribution, sign)
