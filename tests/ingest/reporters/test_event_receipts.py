"""The receipt of an event makes intake idempotent, and shows nothing of what the event says."""

from __future__ import annotations

from ingest.reporters.event_receipts import event_row
from tests.kit.building import READER, VAULT, read
from tests.kit.hard_cases import Teller


def test_the_receipt_of_an_event_shows_nothing_of_its_content() -> None:
    teller = Teller("rows")
    event = teller.tell("page", "web", name="/menu", subject={"identifiers": {"email": "b@rows.example"}},
                        properties={"table": "seven"})  # fmt: skip
    [claims] = [READER.claims(page) for page in read([event])]
    row = event_row(claims, VAULT)
    assert (row["key"], row["record"]) == (claims.event, claims.subjects[0].record)
    assert (row["props"]["type"], row["props"]["source"]) == ("page", "web")
    assert b"seven" not in (row["props"]["sealed"] or b"")
    assert VAULT.open(claims.event, row["props"]["sealed"]) == claims.content
