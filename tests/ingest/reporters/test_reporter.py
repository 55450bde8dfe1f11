"""The reporters of a commit: one order of locks, and each is given exactly what its queries take."""

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


def test_all_of_them_together_are_one_statement() -> None:
    assert not any(rows_of(REPORTERS, NOTHING).values())


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
    )
