"""The newest event about a brand, store or product wins, whatever order a batch has."""

from __future__ import annotations

from itertools import permutations

import pytest

from identity.claims import Claims
from ingest.reporters.reference_data import REFERENCES
from ingest.reporters.reporter import Reported
from tests.kit.building import READER, VAULT, read
from tests.kit.hard_cases import Teller


def claims() -> list[Claims]:
    teller = Teller("rows")
    teller.store("store-1", "grill", "Old Name")
    teller.store("store-1", "grill", "New Name")
    teller.store("store-2", "pasta", "Second")
    return [READER.claims(event) for event in read(teller.events)]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_rows_do_not_depend_on_the_order_of_events(order: tuple[int, ...]) -> None:
    batch = [claims()[index] for index in order]
    rows = REFERENCES.rows(Reported(batch, {}, {}, VAULT))
    assert [(store["id"], store["name"], store["brand"]) for store in rows["stores"]] == [
        ("store-1", "New Name", "grill"),
        ("store-2", "Second", "pasta"),
    ]
    assert [brand["id"] for brand in rows["brands"]] == ["grill", "pasta"]
    assert rows["products"] == []
