"""What the feed has for others of a commit: the points that its orders and refunds change."""

from __future__ import annotations

from typing import Any

from domain.feed_event import feed_rows
from ingest.reporters.reporter import Reported, Reporter
from loyalty.ledger.points_events import points_events


def _rows(reported: Reported) -> dict[str, Any]:
    entries = (entry.row() for state in reported.transactions for entry in state.ledger)
    return {"feed": feed_rows(points_events(entries))}


FEED_EVENTS = Reporter(("feed/write",), _rows)
