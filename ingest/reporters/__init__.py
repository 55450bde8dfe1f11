"""What a commit writes beside the people, in parts: each reporter is one, and a commit knows no other domain.

A new part is a module here with its reporter, and a place in `REPORTERS`. The order is that of the locks: all commits
take those of stores, products and transactions in it, or two of them would wait for each other.
"""

from __future__ import annotations

from ingest.reporters.card_states import CARD_STATES
from ingest.reporters.enrolment_rows import ENROLMENTS
from ingest.reporters.event_receipts import RECEIPTS
from ingest.reporters.feed_events import FEED_EVENTS
from ingest.reporters.ledger_entries import LEDGER
from ingest.reporters.order_rows import ORDERS
from ingest.reporters.reference_data import REFERENCES
from ingest.reporters.reporter import Reported, Reporter

__all__ = ["REPORTERS", "Reported", "Reporter"]

REPORTERS: tuple[Reporter, ...] = (RECEIPTS, REFERENCES, ORDERS, LEDGER, CARD_STATES, ENROLMENTS, FEED_EVENTS)
