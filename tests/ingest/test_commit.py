"""A commit takes a batch whole: what cannot be written is refused alone, and what fails leaves nothing behind.

Tests identity.parts, ingest.claiming and ingest.merging too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from graph.store.database import Database, Row
from identity import repartition
from identity.claims import Claims
from identity.record_state import RecordState
from identity.resolution import Resolution, resolve_people
from ingest.reporters import event_receipts
from privacy.vault import Vault
from tests.ingest.gates import Gate, held, stop
from tests.kit.building import VAULT, intake_of, read
from tests.kit.hard_cases import Teller, subject
from tests.kit.invariants import invariants


async def test_an_event_of_no_known_identifier_type_is_refused_alone() -> None:
    gate = Gate()
    gate.open.set()
    intake = held(gate)
    writer = asyncio.create_task(intake.write())
    teller = Teller()
    teller.identify("till", "a", phone="+13126010137")
    teller.identify("till", "b", shoe_size="44")
    outcomes = await intake.submit(read(teller.events))
    assert [outcome.status for outcome in outcomes] == ["accepted", "refused"]
    assert outcomes[1].pointer == "/subject/identifiers/shoe_size"
    assert (await intake.submit(read(teller.events[1:])))[0].status == "refused"
    await stop(intake, gate, writer)


@pytest.mark.neo4j
async def test_an_event_that_cannot_be_written_is_refused_alone(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    teller = Teller("poison")
    for number in range(9):
        who = subject(f"poison-{number}", given="Wilhelmina", phone="+13126010137")
        teller.tell("track", "web", subject=who, name="seen", properties={"n": number})
    row_of = event_receipts.event_row

    def faulty(claims: Claims, vault: Vault) -> Row:
        if b'"n":4' in claims.content:
            raise ValueError
        return row_of(claims, vault)

    monkeypatch.setattr(event_receipts, "event_row", faulty)
    async with intake_of(store) as intake:
        outcomes = await intake.submit(read(teller.events))
        assert [outcome.status for outcome in outcomes] == ["accepted"] * 4 + ["refused"] + ["accepted"] * 4
        assert outcomes[4].message
        again = await intake.submit(read(teller.events))
        assert [outcome.status for outcome in again] == ["duplicate"] * 4 + ["refused"] + ["duplicate"] * 4
    assert len((await invariants(store, VAULT))["events"]) == 8


@pytest.mark.neo4j
async def test_a_decision_that_fails_takes_back_what_was_written_beside_it(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store writes a batch's reports while a thread decides: neither may be left running when the other fails."""

    def failing(pool: Mapping[str, RecordState], *rest: Any) -> Resolution:
        if any(record.subject_id == "undecided" for record in pool.values()):
            raise ZeroDivisionError
        return resolve_people(pool, *rest)

    monkeypatch.setattr(repartition, "resolve_people", failing)
    teller = Teller("decision")
    for name in ("one", "two", "undecided", "three", "four"):
        teller.tell("identify", "crm", subject=subject(name, email=f"{name}@decision.example"))
    async with intake_of(store) as intake:
        outcomes = await intake.submit(read(teller.events))
    assert [outcome.status for outcome in outcomes] == ["accepted"] * 2 + ["refused"] + ["accepted"] * 2
    kept = await invariants(store, VAULT)
    assert len(kept["events"]) == 4
