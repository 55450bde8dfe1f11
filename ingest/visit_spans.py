"""First and last visits anew, where an order left a record or moved to another time.

An extreme cannot be taken back by the difference, so the record's other orders are asked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta

from graph.store.database import DbTransaction
from identity.record_state import RecordState
from ingest.order_state import TransactionState

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def set_spans_anew(
    tx: DbTransaction,
    keys: Collection[str],
    records: Mapping[str, RecordState],
    orders: Mapping[str, TransactionState],
) -> None:
    """Sets the spans of the records `keys` from the store and from `orders`, the batch's own, which are merged. One
    round trip, none without keys. Raises Unavailable."""
    if not keys:
        return
    visits: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in await tx.run("intake/visit_spans", records=sorted(keys), transactions=sorted(orders)):
        visits[row["record"]] += [(row["brand"], _text(row["first"])), (row["brand"], _text(row["last"]))]
    for state in orders.values():
        if state.owner is not None and (worth := state.contribution()):
            visits[state.owner].append((worth.brand, worth.at))
    for key in keys:
        records[key].stats.span(visits[key])


def _text(micros: int) -> str:
    return f"{_EPOCH + timedelta(microseconds=micros):%Y-%m-%dT%H:%M:%S.%fZ}"
