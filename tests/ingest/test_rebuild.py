"""A store is a fold of its events and decisions: repeated in an empty one, they give the same people and numbers."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TypeVar

import pytest

from bench.kit.random_agent import Agent, by
from bench.kit.wipe import wipe
from graph.decision_log import DecisionLog
from graph.history import History
from graph.store.database import Database, Row
from identity.decisions.replay import LoggedDecision
from ingest.rebuild import Rebuilt, compare, rebuild
from loyalty.commands.points_commands import PointsCommands
from tests.kit.arrival import send, shuffled
from tests.kit.building import READER, VAULT, committer_of, intake_of, parts_of, read
from tests.kit.hard_cases import Teller, hard_events
from tests.kit.invariants import invariants
from tests.kit.snapshot import difference
from tests.kit.spending import use_points
from world import World, WorldConfig

pytestmark = pytest.mark.neo4j
_WORLD = WorldConfig(people=40, days=60, stores=4, cities=1, pages=0.3, shared_phone_homes=0.5, phone_declined=0.2)
T = TypeVar("T")


async def each(items: Iterable[T]) -> AsyncIterator[T]:
    for item in items:
        yield item


async def repeated(
    store: Database,
    commits: list[tuple[str, list[Row]]],
    decisions: list[LoggedDecision],
    redeemed: Sequence[list[Row]] = (),
) -> Rebuilt:
    """The history, repeated in the store once it is emptied."""
    await wipe(store)
    done = Rebuilt()
    async for so_far in rebuild(each(commits), each(decisions), each(redeemed), committer_of(store), READER):
        done = so_far
    return done


async def history(store: Database) -> tuple[list[tuple[str, list[Row]]], list[LoggedDecision]]:
    commits = [commit async for commit in History(store).commits()]
    return commits, [LoggedDecision.of_row(row) async for row in DecisionLog(store).all()]


async def test_events_and_decisions_make_the_same_store_again(store: Database) -> None:
    rng = random.Random(7)
    world = World(_WORLD)
    events = shuffled(read([*world.reference_events(), *(e for e, _ in world.events()), *hard_events()]), rng)
    agent = Agent(parts_of(store), rng)
    async with intake_of(store, intake_batch=60) as intake:
        for start in range(0, len(events), 150):
            await send(intake, events[start : start + 200], rng)
            for _ in range(6):
                await agent.decide()
            await use_points(PointsCommands(store), store, rng, times=8)
            if agent.taken and rng.random() < 0.5:
                await agent.decisions.undo(agent.taken.pop(), by())
    expected = await invariants(store, VAULT)
    customers = [row async for row in History(store).customers()]
    commits, decisions = await history(store)
    redeemed = [rows async for rows in History(store).redemptions()]
    assert sum(len(rows) for rows in redeemed) > 4
    assert any(row["status"] == "retired" for row in customers)
    assert len(decisions) > 8

    done = await repeated(store, commits, decisions, redeemed)
    kept = sum(len(rows) for _, rows in commits)
    assert (done.events, done.decisions, done.lost, done.refused) == (kept, len(decisions), 0, 0)
    assert not difference(expected, await invariants(store, VAULT))
    found = await compare(each(customers), History(store).customers(), VAULT)
    assert (found.same, found.different) == (len(customers), [])


async def test_a_history_that_is_repeated_twice_changes_nothing(store: Database) -> None:
    await committer_of(store).commit([READER.claims(event) for event in read(hard_events())])
    await use_points(PointsCommands(store), store, random.Random(3), times=10)
    expected, (commits, decisions) = await invariants(store, VAULT), await history(store)
    redeemed = [rows async for rows in History(store).redemptions()]
    await repeated(store, commits, decisions, redeemed)
    async for _ in rebuild(each(commits), each(decisions), each(redeemed), committer_of(store), READER):
        pass
    assert not difference(expected, await invariants(store, VAULT))


async def test_an_event_whose_content_was_not_kept_is_counted(store: Database) -> None:
    teller = Teller("before")
    for name in ("a", "b"):
        teller.identify("web", name, email=f"{name}@before.example")
    await committer_of(store).commit([READER.claims(event) for event in read(teller.events)])
    await store.run_schema("MATCH (e:Event) WITH e LIMIT 1 SET e.sealed = null")
    commits, decisions = await history(store)
    done = await repeated(store, commits, decisions)
    assert (done.events, done.lost) == (1, 1)


async def test_a_comparison_names_who_differs(store: Database) -> None:
    teller = Teller("compared")
    for name in ("a", "b", "c"):
        teller.identify("web", name, email=f"{name}@compared.example")
    await committer_of(store).commit([READER.claims(event) for event in read(teller.events)])
    one, other, third = [row async for row in History(store).customers()]
    changed = other | {"values": other["values"] | {"points": 5}}
    found = await compare(each([one, other]), each([changed, third]), VAULT)
    assert (found.same, found.differ) == (0, 3)
    assert found.different == sorted([one["number"], other["number"], third["number"]])


async def test_a_redemption_of_a_record_that_did_not_come_again_is_counted(store: Database) -> None:
    await committer_of(store).commit([READER.claims(event) for event in read(hard_events())])
    used = await use_points(PointsCommands(store), store, random.Random(3), times=10)
    redeemed = [rows async for rows in History(store).redemptions()]
    done = await repeated(store, [], [], redeemed)
    assert (done.redemptions, done.refused) == (0, sum(map(len, redeemed)))
    assert done.refused >= len(set(used)) > 0  # a transfer is one of each guest
