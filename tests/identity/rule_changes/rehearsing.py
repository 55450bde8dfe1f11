"""A small world taken in, and a whole rehearsal of other rules for it."""

from __future__ import annotations

from graph.store.database import Database
from identity.rule_changes.rehearse import Rehearsal, rehearse
from matching.policy import Policies
from tests.kit.building import READER, VAULT, committer_of, read
from tests.kit.hard_cases import hard_events
from world import World, WorldConfig

_WORLD = WorldConfig(people=40, days=60, stores=4, cities=1, pages=0.3, shared_phone_homes=0.5, phone_declined=0.2)


async def told(store: Database, policies: Policies | None = None) -> None:
    world = World(_WORLD)
    events = read([*world.reference_events(), *(event for event, _ in world.events()), *hard_events()])
    committer = committer_of(store, policies)
    await committer.commit([READER.claims(event) for event in events])


async def rehearsed(store: Database, policies: Policies) -> Rehearsal:
    found = Rehearsal()
    async for so_far in rehearse(store, VAULT, policies):
        found = so_far
    return found
