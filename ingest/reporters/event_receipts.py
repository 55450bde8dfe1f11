"""The receipt of each event: it makes intake idempotent, and keeps what was said, sealed."""

from __future__ import annotations

from typing import Any

from graph.store.database import Row
from identity.claims import Claims
from ingest.reporters.reporter import Reported, Reporter
from privacy.vault import Vault


def event_row(claims: Claims, vault: Vault) -> Row:
    """The receipt of one event, as `write_events` takes it."""
    return {
        "key": claims.event,
        "record": claims.subjects[0].record if claims.subjects else None,
        "at": claims.at.isoformat(),  # as text: the driver is slow with times, the store is not
        "props": {
            "type": claims.type,
            "source": claims.source,
            "brand": claims.brand,
            "channel": claims.channel,
            "name": claims.name,
            "sealed": vault.seal_compact(claims.event, claims.content),
        },
    }


def _rows(reported: Reported) -> dict[str, Any]:
    return {"events": [event_row(claims, reported.vault) for claims in reported.fresh]}


RECEIPTS = Reporter(("intake/write_events",), _rows)
