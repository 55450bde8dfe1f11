"""A world held in memory, for tests to ask about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from world import World, WorldConfig
from world.outbox import Delivery
from world.people import Person


@dataclass(frozen=True)
class Made:
    """A world with everything it yields, held in memory."""

    world: World
    people: list[Person]
    deliveries: list[Delivery]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [delivery.event for delivery in self.deliveries]

    @property
    def first_times(self) -> list[Delivery]:
        return [delivery for delivery in self.deliveries if not delivery.repeat]

    def values(self, kind: str) -> Iterator[tuple[str, Person]]:
        """Every value of an identifier type as sent, with the person it was sent for."""
        for delivery in self.deliveries:
            subject = delivery.event.get("subject") or {}
            value = subject.get("identifiers", {}).get(kind)
            if value is not None:
                yield value, self.people[int(delivery.person[1:])]


def make(config: WorldConfig) -> Made:
    world = World(config)
    blocks = list(world.blocks())
    return Made(world, [p for b in blocks for p in b.people], [d for b in blocks for d in b.deliveries])
