"""The receipt of an event names it by its keys, and shows nothing of its content."""

from __future__ import annotations

from ingest.reporters import Reported
from ingest.reporters.event_receipts import RECEIPTS, event_row
from tests.kit.building import READER, VAULT, read
from tests.kit.hard_cases import Teller


def test_a_receipt_shows_nothing_of_the_content() -> None:
    teller = Teller("rows")
    event = teller.tell("page", "web", name="/menu", subject={"identifiers": {"email": "b@rows.example"}},
                        properties={"table": "seven"})  # fmt: skip
    [said] = [READER.claims(one) for one in read([event])]
    row = event_row(said, VAULT)
    assert (row["key"], row["record"]) == (said.event, said.subjects[0].record)
    assert (row["props"]["type"], row["props"]["source"]) == ("page", "web")
    assert b"seven" not in (row["props"]["sealed"] or b"")
    assert read([VAULT.open(said.event, row["props"]["sealed"])]) == read([event])


def test_each_event_has_one_in_the_order_of_the_batch() -> None:
    teller = Teller("rows")
    for number in (3, 1, 2):
        teller.identify("web", f"p-{number}", email=f"{number}@rows.example")
    batch = [READER.claims(event) for event in read(teller.events)]
    rows = RECEIPTS.rows(Reported(batch, {}, {}, VAULT))["events"]
    assert [row["key"] for row in rows] == [claims.event for claims in batch]
