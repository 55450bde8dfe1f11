"""Reporters: one statement of all their queries, in one order of locks, each given exactly what it takes.

Tests ingest.reporters.ledger_entries and ingest.reporters.order_rows too.
"""

from __future__ import annotations

import re

import pytest

from cypher import load
from ingest.reporters import REPORTERS, Reported, Reporter
from ingest.reporters.reporter import queries_of, rows_of
from tests.kit.building import VAULT

NOTHING = Reported((), {}, {}, VAULT)


@pytest.mark.parametrize("reporter", REPORTERS, ids=lambda reporter: reporter.queries[0])
def test_a_reporter_gives_what_its_queries_take(reporter: Reporter) -> None:
    taken = {name for query in reporter.queries for name in re.findall(r"\$batch\.(\w+)", load(query))}
    assert reporter.rows(NOTHING).keys() == taken - {"now"}


def test_stores_and_products_are_locked_before_orders_are_written() -> None:
    """The order of the statement is the order of locks: to change it is to let two versions wait for each other."""
    assert queries_of(REPORTERS) == (
        "intake/write_events",
        "intake/write_references",
        "intake/clear_lines",
        "intake/write_places",
        "intake/write_transactions",
        "intake/write_owners",
        "intake/write_lines",
        "intake/write_ledger",
        "intake/write_cards",
        "intake/write_enrolments",
        "feed/write",
    )


def test_two_reporters_may_not_give_the_same_parameter() -> None:
    other = Reporter((), lambda reported: {"lines": []})
    with pytest.raises(ValueError, match="lines"):
        rows_of((*REPORTERS, other), NOTHING)
    assert rows_of(REPORTERS, NOTHING).keys() > other.rows(NOTHING).keys()
