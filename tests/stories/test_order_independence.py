"""The same events give the same people, sums and consents, in whatever order, batches and processes they arrive."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

import pytest

from bench.kit.wipe import wipe
from domain.events import Event
from graph.store.database import Database
from tests.kit.arrival import dealt, send, shuffled
from tests.kit.building import VAULT, intake_of, read
from tests.kit.hard_cases import hard_events
from tests.kit.invariants import invariants
from tests.kit.snapshot import Snapshot, difference
from world import World, WorldConfig

pytestmark = pytest.mark.neo4j

ORDERS = 20
_WORLD = WorldConfig(people=50, days=90, stores=8, cities=2, pages=0.5, shared_phone_homes=0.5, phone_declined=0.2)


def small_world() -> list[Event]:
    """Some families of a made-up town, and the hard cases."""
    world = World(_WORLD)
    reference = list(world.reference_events())
    return read([*reference, *(event for event, _ in world.events()), *hard_events()])


@pytest.fixture(scope="module")
def events() -> list[Event]:
    return small_world()


async def in_order(store: Database, events: Sequence[Event]) -> Snapshot:
    async with intake_of(store) as intake:
        await intake.submit(events)
    return await invariants(store, VAULT)


async def test_order_batches_duplicates_and_processes_do_not_matter(
    store: Database, second_store: Database, events: list[Event]
) -> None:
    expected = await in_order(store, events)
    assert any(identifier.get("shared") for identifier in expected["identifiers"].values())
    assert expected["kept apart"]
    for seed in range(ORDERS):
        rng = random.Random(seed)
        await wipe(store)
        one, other = dealt(shuffled(events, rng), 2, rng)
        batch = 9 if seed == 0 else rng.randint(40, 200)
        async with intake_of(store, intake_batch=batch) as first, intake_of(second_store, intake_batch=batch) as second:
            await asyncio.gather(send(first, one, rng), send(second, other, rng))
        found = await invariants(store, VAULT)
        assert not difference(expected, found), f"seed {seed}"


async def test_the_reverse_order_one_by_one(store: Database) -> None:
    events = read(hard_events())
    expected = await in_order(store, events)
    await wipe(store)
    async with intake_of(store, intake_batch=1, intake_linger_ms=0) as intake:
        for event in reversed(events):
            await intake.submit([event])
    assert not difference(expected, await invariants(store, VAULT))
