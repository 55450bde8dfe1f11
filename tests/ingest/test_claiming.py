"""What a batch claims: each new event once, and beside what it names the records that its transactions hang on."""

from __future__ import annotations

from datetime import UTC, datetime

from graph.store.database import Row
from ingest.claiming import CLAIM, claim
from tests.kit.building import VAULT
from tests.kit.hard_cases import Teller, subject
from tests.kit.merged_orders import claims_of
from tests.kit.recorded import Recorded

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def told(taken: list[str], transactions: list[Row], records: list[str]) -> list[Row]:
    return [
        {
            "taken": taken,
            "transactions": transactions,
            "identifiers": [],
            "records": [{"key": key, "component": None} for key in records],
            "programme": 0,
        }
    ]


async def test_an_event_that_was_taken_or_comes_twice_is_not_new_again() -> None:
    teller = Teller("fresh")
    for name in ("one", "two", "two again"):
        teller.identify("crm", name, email=f"{name[:3]}@fresh.example")
    one, two, other = claims_of(teller.events)
    records = [claims.subjects[0].record for claims in (one, two, other)]
    store = Recorded({CLAIM[0]: told([one.event], [], records)})
    claimed = await claim(store.tx, VAULT, [one, two, other, two, one], NOW)
    assert [claims.event for claims in claimed.fresh] == [two.event, other.event]
    assert list(claimed.before) == sorted(records[1:]), "a record that only old events name is left alone"
    assert store.asked == [CLAIM[0]]
    sent = store.parameters[0]["batch"]
    assert (sent["events"], sent["records"]) == ([one.event, two.event, other.event], sorted(records))
    emails = [row["key"] for row in sent["identifiers"] if row["type"] == "email"]
    assert emails == sorted(emails)
    assert len(emails) == 2


async def test_an_order_of_somebody_who_is_not_named_costs_one_more_round_trip() -> None:
    teller = Teller("owner")
    teller.order("completed", "till", "O1", subject("buyer"), "10.00")
    [claims] = claims_of(teller.events)
    named = claims.subjects[0].record
    for owner, expected in ((named, 1), ("till|somebody", 2)):
        transactions: list[Row] = [{"key": claims.transaction, "state": {"status": "unknown"}, "owner": owner}]
        store = Recorded(
            {
                CLAIM[0]: told([], transactions, [named]),
                "intake/claim_records": [{"records": [{"key": "till|somebody", "component": "k"}]}],
            }
        )
        claimed = await claim(store.tx, VAULT, [claims], NOW)
        assert len(store.asked) == expected
        assert set(claimed.before) == {named, owner}
