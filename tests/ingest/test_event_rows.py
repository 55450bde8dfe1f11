"""What a batch reported becomes rows in one order, whatever the order of its events."""

from __future__ import annotations

from itertools import permutations

import pytest
from ingest.event_rows import event_row, identifiers_of, reports_of

from identity.claims import Claims
from tests.kit.building import READER, VAULT, read
from tests.kit.hard_cases import Teller


def claims() -> list[Claims]:
    teller = Teller("rows")
    teller.store("store-1", "grill", "Old Name")
    teller.store("store-1", "grill", "New Name")
    teller.identify("web", "p-1", at=2 * 24 * 60, email="a@rows.example")
    teller.identify("web", "p-1", at=1 * 24 * 60, email="a@rows.example")
    return [READER.claims(event) for event in read(teller.events)]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_rows_do_not_depend_on_the_order_of_events(order: tuple[int, ...]) -> None:
    batch = [claims()[index] for index in order]
    found = reports_of(batch, {}, VAULT)
    [store] = found["stores"]
    assert (store["name"], store["brand"]) == ("New Name", "grill")
    assert [brand["id"] for brand in found["brands"]] == ["grill"]
    assert (found["transactions"], found["lines"], found["ledger"]) == ([], [], [])
    [email] = identifiers_of([(one, subject) for one in batch for subject in one.subjects], VAULT)
    assert email["firstSeen"] == "2026-01-06"
    assert VAULT.open(email["key"], email["sealed"]) == "a@rows.example"


def test_the_receipt_of_an_event_shows_nothing_of_its_content() -> None:
    teller = Teller("rows")
    event = teller.tell("page", "web", name="/menu", subject={"identifiers": {"email": "b@rows.example"}},
                        properties={"table": "seven"})  # fmt: skip
    [said] = [READER.claims(one) for one in read([event])]
    row = event_row(said, VAULT)
    assert (row["key"], row["record"]) == (said.event, said.subjects[0].record)
    assert (row["props"]["type"], row["props"]["source"]) == ("page", "web")
    assert b"seven" not in (row["props"]["sealed"] or b"")
    assert VAULT.open(said.event, row["props"]["sealed"]) == said.content
