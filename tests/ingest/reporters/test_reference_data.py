"""The newest event about a store, a brand or a product wins, whatever the order of the batch."""

from __future__ import annotations

from itertools import permutations

import pytest

from ingest.reporters import Reported
from ingest.reporters.reference_data import REFERENCES
from tests.kit.building import READER, VAULT, read
from tests.kit.hard_cases import Teller


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_newest_event_about_each_wins(order: tuple[int, ...]) -> None:
    teller = Teller("references")
    teller.store("store-2", "cafe", "Café")
    teller.store("store-1", "grill", "Old Name")
    teller.store("store-1", "grill", "New Name")
    teller.identify("web", "p-1", email="a@rows.example")
    batch = [READER.claims(event) for event in read(teller.events)]
    found = REFERENCES.rows(Reported([batch[index] for index in order], {}, {}, VAULT))
    assert [(store["id"], store["name"], store["brand"]) for store in found["stores"]] == [
        ("store-1", "New Name", "grill"),
        ("store-2", "Café", "cafe"),
    ]
    assert [brand["id"] for brand in found["brands"]] == ["cafe", "grill"]
    assert found["products"] == []
