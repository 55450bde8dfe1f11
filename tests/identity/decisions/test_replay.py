"""A log of decisions, replayed over the same events, makes the same people."""

from __future__ import annotations

import random

import pytest

from bench.kit.random_agent import Agent, by
from bench.kit.wipe import wipe
from graph.decision_log import DecisionLog
from graph.store.database import Database
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.replay import LoggedDecision, replay
from tests.kit.building import READER, VAULT, committer_of, parts_of, read
from tests.kit.hard_cases import hard_events
from tests.kit.invariants import invariants
from tests.kit.snapshot import difference
from world import World, WorldConfig

pytestmark = pytest.mark.neo4j


_WORLD = WorldConfig(people=25, days=60, stores=4, cities=1, pages=0.3, shared_phone_homes=0.5, phone_declined=0.2)


@pytest.mark.parametrize("seed", range(3))
async def test_a_replayed_log_makes_the_same_people_of_the_same_events(store: Database, seed: int) -> None:
    rng = random.Random(seed)
    world = World(_WORLD)
    events = read([*world.reference_events(), *(event for event, _ in world.events()), *hard_events()])
    rng.shuffle(events)
    committer = committer_of(store)
    agent = Agent(parts_of(store), rng)
    for start in range(0, len(events), len(events) // 6 + 1):
        await committer.commit([READER.claims(event) for event in events[start : start + len(events) // 6 + 1]])
        for _ in range(4):
            await agent.decide()
    back = [await agent.decisions.undo(id_, by()) for id_ in agent.taken[::2]]
    await agent.decisions.undo(back[-1].id, by())
    expected = await invariants(store, VAULT)
    rows = [row async for row in DecisionLog(store).all()]
    lines = [LoggedDecision.of_row(row).model_dump_json(exclude_defaults=True).encode() for row in rows]
    assert len(lines) == len(agent.taken) + len(back) + 1
    assert not any(value in line for line in lines for value in (b"Xaver", b"Yara"))
    await wipe(store)

    rng.shuffle(events)
    await committer.commit([READER.claims(event) for event in events])
    for line in [*lines, *lines]:
        await replay(AgentDecisions(committer.parts), LoggedDecision.of_line(line), VAULT)
    assert not difference(expected, await invariants(store, VAULT))
    again = [LoggedDecision.of_row(row) async for row in DecisionLog(store).all()]
    told = [LoggedDecision.of_line(line) for line in lines]
    assert [one.value and VAULT.open(f"{one.id}|value", one.value) for one in again] == [
        one.value and VAULT.open(f"{one.id}|value", one.value) for one in told
    ]
    # Sealed anew, a text looks different.
    sealed: dict[str, object] = {"sealed": b"", "value": None}
    assert [one.model_copy(update=sealed) for one in again] == [one.model_copy(update=sealed) for one in told]
