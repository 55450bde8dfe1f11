"""An identifier on very many records, and a component of very many: the same outcome in any order, and nobody waits.

At reduced size: the limits are lowered, what they do is the same.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from bench.kit.wipe import wipe
from graph.store.database import Database
from identity import large_components, resolution
from identity.claims import Claims
from identity.large_components import InLargeComponents
from identity.record_state import Carried, RecordState
from identity.repartition import settle
from identity.resolution import resolve_people
from ingest import claiming, commit
from ingest.commit import Committed
from ingest.intake import Intake
from matching.policy import Policies, default
from matching.resolve import Guards
from tests.kit.arrival import send, shuffled
from tests.kit.building import READER, VAULT, committer_of, intake_of, read, settings_of
from tests.kit.hard_cases import Raw, Teller, phone
from tests.kit.invariants import invariants
from tests.kit.snapshot import difference
from tests.kit.waiting import LONG_S, until

FEW = 4
POLICIES = Policies({kind: replace(policy, max_records=FEW) for kind, policy in default().items()})
_fresh = count()


def chain(length: int, prefix: str = "chain") -> list[Raw]:
    """Records that hang together by one e-mail address each."""
    teller = Teller(prefix)
    for number in range(length):
        links = [f"{prefix}{number}@chain.example", f"{prefix}{number + 1}@chain.example"]
        teller.identify("crm", f"{prefix}-{number}", email=links)
    return teller.events


def states(rows: list[tuple[int, int]]) -> dict[str, RecordState]:
    pool: dict[str, RecordState] = {}
    for index, (one, other) in enumerate(rows):
        state = RecordState(f"r{index}", "till", known=True)
        for kind, value in (("phone", one), ("email", other)):
            state.identifiers[f"{kind}:{value}"] = Carried(kind, False, False, "2026-01-01", "2026-01-01")
        pool[state.key] = state
    return pool


def outcome(pool: dict[str, RecordState]) -> tuple[set[frozenset[str]], set[str]]:
    decision = resolve_people(pool, POLICIES, Guards.ON, lambda: f"new{next(_fresh)}")
    settle(pool, decision)
    shared = {key for state in pool.values() for key, carried in state.identifiers.items() if carried.shared}
    return {frozenset(record.key for record in person.records) for person in decision.persons}, shared


@given(st.data(), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 9)), min_size=1, max_size=14))
def test_too_many_records_make_an_identifier_shared_in_any_order(
    data: st.DataObject, rows: list[tuple[int, int]]
) -> None:
    at_once = states(rows)
    expected = outcome(at_once)
    carriers = {key: sum(key in state.identifiers for state in at_once.values()) for key in expected[1]}
    assert all(found > FEW for found in carriers.values())
    arriving = states(rows)
    pool: dict[str, RecordState] = {}
    found = expected
    for key in data.draw(st.permutations(sorted(arriving))):
        pool[key] = arriving[key]
        for identifier, carried in arriving[key].identifiers.items():
            carried.shared = any(s.identifiers[identifier].shared for s in pool.values() if identifier in s.identifiers)
        found = outcome(pool)
    assert found == expected


def test_the_limit_counts_records_and_not_people() -> None:
    one_more = states([(1, number) for number in range(FEW + 1)])
    assert outcome(one_more) == ({frozenset((key,)) for key in one_more}, {"phone:1"})
    assert outcome(states([(1, number) for number in range(FEW)]))[1] == set()
    assert all(policy.max_records >= 1_000 for policy in default().values())


@pytest.mark.neo4j
async def test_a_hot_identifier_in_any_order_of_arrival(store: Database) -> None:
    """Nameless records with one phone: past the limit each is somebody of its own, whoever came first."""
    teller = Teller("hot")
    for number in range(3 * FEW):
        teller.identify("till", f"hot-{number}", phone=phone(900))
        teller.order("completed", "till", f"H-{number}", {"id": f"hot-{number}"}, "5.00")
    teller.identify("app", "hot-known", phone=phone(900), email="hot@hot.example")
    teller.identify("web", "hot-web", email="hot@hot.example")
    events = read(teller.events)
    committer = committer_of(store, POLICIES)
    found = []
    for seed in range(4):
        rng = random.Random(seed)
        await wipe(store)
        intake = Intake(committer, READER, settings_of(intake_batch=rng.randint(1, 9)))
        writer = asyncio.create_task(intake.write())
        await send(intake, events if seed == 0 else shuffled(events, rng), rng)
        intake.close()
        await writer
        found.append(await invariants(store, VAULT))
    assert len(found[0]["people"]) == 3 * FEW + 1
    numbers = [identifier for identifier in found[0]["identifiers"].values() if identifier["type"] == "phone"]
    assert [number["shared"] for number in numbers] == [True]
    for other in found[1:]:
        assert not difference(found[0], other)


@pytest.mark.neo4j
async def test_a_large_component_is_a_finding_and_the_same_in_any_order(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (resolution, claiming, commit):
        monkeypatch.setattr(module, "LARGE", FEW)
    events = read([*chain(5 * FEW), *chain(FEW, "short")])
    found = []
    for seed in range(4):
        rng = random.Random(seed)
        await wipe(store)
        with capture_logs() as logs:
            async with intake_of(store, intake_batch=7) as intake:
                await send(intake, events if seed == 0 else shuffled(events, rng), rng, most=9)
        found.append(await invariants(store, VAULT))
        sizes = await store.read_text(
            "MATCH (k:Component) WHERE k.records IS NOT NULL RETURN k.records AS records", operation="test"
        )
        assert [row["records"] for row in sizes] == [5 * FEW]
        told = [log["records"] for log in logs if log["event"] == "large component"]
        assert told
        assert FEW < min(told) <= max(told) <= 5 * FEW
    for other in found[1:]:
        assert not difference(found[0], other)


@pytest.mark.neo4j
async def test_a_large_component_that_falls_apart_is_large_no_longer(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolution, "LARGE", FEW)
    teller = Teller("falls")
    for number in range(FEW + 1):
        teller.identify("till", f"falls-{number}", phone=phone(901))
    committer = committer_of(store)
    await committer.commit([READER.claims(event) for event in read(teller.events)])
    [stood] = await store.read_text("MATCH (k:Component) RETURN k.id AS id, k.records AS records", operation="test")
    assert stood["records"] == FEW + 1
    assert stood["id"] in committer.parts.large_components
    await replace(committer, parts=replace(committer.parts, policies=POLICIES)).commit(
        [READER.claims(event) for event in read(_one("falls-more", phone=phone(901)))]
    )
    rows = await store.read_text("MATCH (k:Component) RETURN k.id AS id, k.records AS records", operation="test")
    assert {row["records"] for row in rows} == {None}
    assert stood["id"] not in committer.parts.large_components


@pytest.mark.neo4j
async def test_who_stands_in_a_large_component_is_told_before_anything_is_written(
    store: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resolution, "LARGE", FEW)
    committer = committer_of(store)
    await committer.commit([READER.claims(event) for event in read(chain(FEW + 1))])
    office, desks = phone(902), Teller("desks")
    for number in range(9):
        desks.identify("crm", f"desk-{number}", phone=office, given=f"{chr(65 + number)}na", family="Desk")
    await committer.commit([READER.claims(event) for event in read(desks.events)])
    before = await invariants(store, VAULT)
    teller = Teller("mixed")
    teller.identify("app", "joins", email=["chain1@chain.example", "meets@chain.example"], phone=office)
    teller.order("completed", "crm", "C-1", {"id": "chain-1"}, "5.00")  # no new evidence
    teller.identify("app", "meets", email="meets@chain.example")  # joins with the first
    teller.identify("crm", "stranger", email="stranger@chain.example", phone=office)  # on that nobody meets
    batch = [READER.claims(event) for event in read(teller.events)]
    with pytest.raises(InLargeComponents) as caught:
        await committer.commit(batch, large=False)
    assert caught.value.events == {claims.event for claims in batch[:3]}
    assert not difference(before, await invariants(store, VAULT))
    assert await committer.commit(batch[3:], large=False) == [True]
    assert await committer.commit(batch) == [True, True, True, False]
    await committer.commit([READER.claims(event) for event in read(_one("else", email="else@chain.example"))])
    assert await committer.commit(batch, large=False) == [False] * 4  # what was taken before bothers nobody


class Slow:
    """Commits everything at once but what names a crowded record, which it refuses and, alone, holds until opened."""

    def __init__(self, crowded: set[str]) -> None:
        self.open = asyncio.Event()
        self.crowded = crowded
        self.batches: list[tuple[bool, int]] = []

    async def take(self, batch: Sequence[Claims], *, large: bool) -> Committed:
        slow = [claims.event for claims in batch if claims.subjects[0].record in self.crowded]
        if slow and not large:
            raise InLargeComponents(slow)
        self.batches.append((large, len(batch)))
        if large:
            await self.open.wait()
        return Committed({claims.event for claims in batch})


async def test_nobody_else_waits_for_a_large_component() -> None:
    slow = Slow({READER.record_key("crm", "crowd")})
    intake = Intake(slow, READER, settings_of(intake_batch=50))  # pyright: ignore[reportArgumentType]
    writer = asyncio.create_task(intake.write())
    crowd = asyncio.create_task(intake.submit(read(_one("crowd", email="c@chain.example"))))
    others = await asyncio.wait_for(intake.submit(read([*chain(3), *_one("late", email="late@x.example")])), LONG_S)
    assert [outcome.status for outcome in others] == ["accepted"] * 4
    # Who names the same as one that is being decided goes there at once, not first into its locks.
    beside = asyncio.create_task(intake.submit(read(_one("beside", email="c@chain.example"))))
    together = asyncio.create_task(intake.submit(read([*chain(2, "more"), *_one("crowd", email="d@chain.example")])))
    await until(lambda: intake.waiting == 3)
    assert not crowd.done()
    assert not beside.done()
    slow.open.set()
    await asyncio.wait_for(asyncio.gather(crowd, beside, together), LONG_S)
    assert intake.waiting == 0
    assert [size for large, size in slow.batches if large] == [1, 2]
    assert (await intake.submit(read(_one("after", email="c@chain.example"))))[0].status == "accepted"
    assert slow.batches[-1] == (False, 1)  # nothing is being decided there any more
    intake.close()
    await asyncio.wait_for(writer, LONG_S)


async def test_the_end_commits_what_waits_apart_too() -> None:
    slow = Slow({READER.record_key("crm", "crowd")})
    intake = Intake(slow, READER, settings_of())  # pyright: ignore[reportArgumentType]
    writer = asyncio.create_task(intake.write())
    crowd = asyncio.create_task(intake.submit(read(_one("crowd", email="c@chain.example"))))
    await asyncio.sleep(0.02)
    intake.close()
    await asyncio.sleep(0.02)
    assert not writer.done()
    slow.open.set()
    assert (await asyncio.wait_for(crowd, LONG_S))[0].status == "accepted"
    await asyncio.wait_for(writer, LONG_S)


def test_a_finding_is_told_again_at_every_doubling() -> None:
    known = large_components.LargeComponents()
    with capture_logs() as logs:
        for records in (1_200, 1_300, 2_400, 2_500):
            known.learn({"k": records})
        known.learn({"k": None})
        assert "k" not in known
        known.learn({"k": 1_100})
    assert [log["records"] for log in logs] == [1_200, 2_400, 1_100]
    known.learn({f"k{number}": 2_000 for number in range(10_500)})
    assert "k10499" in known
    assert "k" not in known  # memory is bounded


def _one(id: str, **identifiers: str) -> list[Raw]:
    teller = Teller(f"one-{id}-{next(_fresh)}")
    teller.identify("crm", id, **identifiers)
    return teller.events
