"""Orders with their lines, their places and the source records that made them."""

from __future__ import annotations

from typing import Any

from ingest.reporters.reporter import Reported, Reporter


def _rows(reported: Reported) -> dict[str, Any]:
    states = reported.transactions
    placed = [state for state in states if state.store is not None]
    return {
        "reordered": [state.key for state in states if state.lines is not None and not state.first_order],
        "places": sorted({state.store for state in placed if state.store is not None}),
        "sellers": sorted({state.state["brand"] for state in placed}),
        "transactions": [state.row() for state in states],
        "owners": [{"key": s.key, "owner": s.owner} for s in states if s.owner and s.owner != s.stored_owner],
        # By product, so that two processes take its locks in one order.
        "lines": sorted(
            (line for state in states for line in state.lines or ()),
            key=lambda line: (line["product"], line["key"], line["position"]),
        ),
    }


ORDERS = Reporter(
    (
        "intake/clear_lines",
        "intake/write_places",
        "intake/write_transactions",
        "intake/write_owners",
        "intake/write_lines",
    ),
    _rows,
)
