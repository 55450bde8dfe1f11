"""The ledger entries that orders and refunds book."""

from __future__ import annotations

from typing import Any

from ingest.reporters.reporter import Reported, Reporter


def _rows(reported: Reported) -> dict[str, Any]:
    return {"ledger": [entry.row() for state in reported.transactions for entry in state.ledger]}


LEDGER = Reporter(("intake/write_ledger",), _rows)
