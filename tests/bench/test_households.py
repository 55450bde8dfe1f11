"""Households found in a world, against who truly lives together there."""

from __future__ import annotations

from bench.accuracy import gather
from bench.households import measure
from matching.policy import default
from tests.kit.building import READER
from world import World, WorldConfig


def test_households_of_a_world_are_true_and_most_that_can_be_seen_are_found() -> None:
    world = World(WorldConfig(people=400))
    homes = {person.id: str(person.home) for person in world.people()}
    found = measure(gather(world.events(), READER), homes, default())
    assert found["found"] > 30
    assert found["precision"] >= 0.97
    assert 0.7 * found["reachable"] <= found["recall"] <= found["reachable"] < 0.6
