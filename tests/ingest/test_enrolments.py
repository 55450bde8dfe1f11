"""Enrolments in a real store: one guest and one event, whoever enrols at the same moment; a merge, its undoing and a
rebuild carry them.

Tests ingest.reporters.enrolment_rows and loyalty.member_events too.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from domain.enrolment import MemberEnrolled
from domain.errors import RegularsError
from graph.history import History
from graph.store.database import Database, Row
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from identity.decisions.signed_decision import Signed
from identity.sender_rights import ALL_RIGHTS, SenderRights
from ingest.enrolments import Enrolments, enrolment_event
from ingest.reporters.enrolment_rows import ENROLMENTS
from ingest.reporters.reporter import Reported
from loyalty.member_events import MEMBER_ENROLLED
from tests.ingest.test_rebuild import history, repeated
from tests.kit.building import READER, VAULT, committer_of, parts_of, read
from tests.kit.hard_cases import Teller
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TILL = SenderRights(identity=False)
ANN = {"email": "ann@enrol.example"}


def joins(key: str, *, minute: int = 0, asked: str = "asked", **said: Any) -> MemberEnrolled:
    return enrolment_event(key, NOW + timedelta(minutes=minute), asked, **said)


def enrolments_of(store: Database) -> Enrolments:
    return Enrolments(committer_of(store), READER)


async def tried(process: Enrolments, event: MemberEnrolled, rights: SenderRights = ALL_RIGHTS) -> str:
    try:
        await process.carry_out(event, rights)
    except RegularsError as error:
        return error.code
    return "done"


async def guests(store: Database, *names: str, **more: str) -> None:
    teller = Teller(names[0])
    for name in names:
        teller.identify("web", name, given=name.title(), email=f"{name}@enrol.example", **more)
    await committer_of(store).commit([READER.claims(event) for event in read(teller.events)])


async def people(store: Database) -> list[tuple[int, str | None]]:
    """By customer: how many records, and since when a member (RFC 3339)."""
    rows: list[Row] = await store.read_text(
        """MATCH (c:Customer {status: 'active'})<-[:RESOLVED_TO]-(r:SourceRecord)
        RETURN c.number AS number, count(r) AS records, toString(min(r.enrolledAt)) AS since""",
        operation="test",
    )
    return sorted(((row["records"], row["since"]) for row in rows), key=str)


async def events(store: Database) -> list[Any]:
    rows = await store.read_text("MATCH (b:FeedBatch) RETURN b.events AS e ORDER BY b.written", operation="test")
    return [event for row in rows for event in orjson.loads(row["e"]) if event["type"] == MEMBER_ENROLLED]


async def test_the_same_contact_that_joins_twice_at_once_is_one_guest_who_joined_once(store: Database) -> None:
    processes = [enrolments_of(store) for _ in range(4)]
    for turn in range(3):
        phone = f"+1312601{turn:04}"
        requests = [joins(f"r-{turn}-{n}", phone=phone, given_name="Kim" if n % 2 else None) for n in range(4)]
        done = await asyncio.gather(*(p.carry_out(one, TILL) for p, one in zip(processes, requests, strict=True)))
        assert Counter(one.known for one in done) == {False: 1, True: 3}
    assert [since is not None for _, since in await people(store)] == [True] * 3
    assert len(await events(store)) == 3
    await invariants(store, VAULT)


async def test_a_guest_who_is_known_by_the_contact_is_the_same_guest(store: Database) -> None:
    await guests(store, "ann")
    process = enrolments_of(store)
    assert (await process.carry_out(joins("r-1", brand="grill", store="store-1", **ANN), TILL)).known
    assert await people(store) == [(2, "2026-03-01T12:00:00Z")]
    [told] = await events(store)
    assert told["data"] == {"since": NOW.isoformat(), "brand": "grill", "store": "store-1", "channel": None}
    assert told["brand"] is None
    again = joins("r-2", minute=5, record=READER.record_key("web", "ann"))
    await process.carry_out(again, ALL_RIGHTS)
    assert await people(store) == [(2, "2026-03-01T12:00:00Z")]
    assert len(await events(store)) == 1


async def test_a_request_does_its_work_once_and_keeps_its_record(store: Database) -> None:
    process = enrolments_of(store)
    first, again = [await process.carry_out(joins("r-1", minute=n, **ANN), TILL) for n in range(2)]
    assert (first.record, first.known, again.known) == (again.record, False, True)
    assert await tried(process, joins("r-1", asked="another", **ANN)) == "CONFLICT"
    assert await tried(process, joins("r-2", record=READER.record_key("web", "nobody"))) == "NOT_FOUND"
    assert (await process.carry_out(joins("r-3", minute=9, **ANN), TILL)) == again  # it joined before
    assert len(await events(store)) == 1
    assert await people(store) == [(1, "2026-03-01T12:00:00Z")]


async def test_a_name_and_contacts_that_a_till_types_make_no_strangers_one(store: Database) -> None:
    await guests(store, "ann", "bob")
    process = enrolments_of(store)
    for rights in (TILL, ALL_RIGHTS):
        mixed = joins(f"r-{rights.identity}", given_name="Zoe", phone="+13126010042", **ANN)
        await process.carry_out(mixed, rights)
    await process.carry_out(joins("r-3", given_name="Bob", **ANN), TILL)
    number = "MATCH (r:SourceRecord {key: $key})-[:RESOLVED_TO]->(c) RETURN c.number AS n"
    one, other = [
        (await store.read_text(number, operation="test", key=READER.record_key("web", name)))[0]["n"]
        for name in ("ann", "bob")
    ]
    assert one != other
    await invariants(store, VAULT)


async def test_a_card_is_the_guests_unless_it_is_another_ones(store: Database) -> None:
    await guests(store, "ann")
    await guests(store, "eve", loyalty_card="P-2")
    process = enrolments_of(store)
    assert await tried(process, joins("r-1", card="P-1", **ANN)) == "done"
    assert await tried(process, joins("r-2", minute=1, card="P-1", **ANN)) == "done"  # it is the guest's by then
    for contact in (ANN, {"email": "new@enrol.example"}):
        assert await tried(process, joins(f"r-{contact}", card="P-2", **contact)) == "CONFLICT"
    assert await tried(process, joins("r-5", card="P-2", email="eve@enrol.example")) == "done"
    assert [since for _, since in await people(store)] == ["2026-03-01T12:00:00Z"] * 2


async def test_a_merge_its_undoing_and_a_rebuild_carry_memberships(store: Database) -> None:
    await guests(store, "ann", "eve", "kim")
    process = enrolments_of(store)
    await process.carry_out(joins("r-1", minute=7, purposes=["marketing_email"], **ANN), TILL)
    await process.carry_out(joins("r-2", record=READER.record_key("web", "eve")), ALL_RIGHTS)
    apart = await people(store)
    assert apart == [(1, "2026-03-01T12:00:00Z"), (1, None), (2, "2026-03-01T12:07:00Z")]
    keys = [READER.record_key("web", name) for name in ("ann", "eve")]
    agents = AgentDecisions(parts_of(store))
    done = await agents.plan(
        DecisionKind.MUST_MATCH, Signed("agent", "one"), lambda people: plans.must_match(people, keys), records=keys
    )
    assert done.id is not None
    assert await people(store) == [(1, None), (3, "2026-03-01T12:00:00Z")]
    await agents.undo(done.id, Signed("agent", "two"))
    assert await people(store) == apart
    assert len(await events(store)) == 2
    await invariants(store, VAULT)

    before = [row async for row in History(store).customers()]
    assert any("marketing_email" in row["values"]["consents"] for row in before)
    rebuilt = await repeated(store, *await history(store))
    assert (rebuilt.events, rebuilt.lost, rebuilt.refused) == (5, 0, 0)
    assert await people(store) == apart
    assert [row["values"] for row in before] == [row["values"] async for row in History(store).customers()]


def test_of_several_enrolments_of_a_record_the_first_is_written() -> None:
    batch = [READER.claims(joins(f"r-{minute}", minute=minute, **ANN)) for minute in (5, 1, 3)]
    [row] = ENROLMENTS.rows(Reported(batch, {}, {}, VAULT))["enrolments"]
    assert row["at"] == (NOW + timedelta(minutes=1)).isoformat()
