"""Orders as a commit would merge them, without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from identity.claims import Claims
from identity.record_state import RecordState
from ingest.merging import merge_orders
from ingest.order_state import TransactionState
from ingest.reporters import Reported
from tests.kit.building import PROGRAMMES, READER, VAULT, read
from tests.kit.hard_cases import Raw


def claims_of(events: Sequence[Raw]) -> list[Claims]:
    return [READER.claims(event) for event in read(events)]


def reported(events: Sequence[Raw], stored: Mapping[str, Any] | None = None) -> Reported:
    """What one batch of these events reports. `stored`: the transactions of the store, key → state and owner."""
    fresh = claims_of(events)
    nothing = {"state": {"status": "unknown"}, "owner": None}
    keys = {claims.transaction for claims in fresh if claims.transaction}
    orders = {key: TransactionState.from_row({"key": key, **(stored or {}).get(key, nothing)}) for key in keys}
    named = {subject.record for claims in fresh for subject in claims.subjects}
    owners = {state.owner for state in orders.values() if state.owner}
    records = {key: RecordState(key, key.partition("|")[0]) for key in named | owners}
    merge_orders(fresh, orders, records, VAULT, PROGRAMMES)
    return Reported(fresh, orders, records, VAULT)
