"""Delivery: when an event reaches the group, with the faults of real networks. Truth travels beside each event."""

from __future__ import annotations

import random
from typing import Any, NamedTuple

from world.config import WorldConfig


class Delivery(NamedTuple):
    """One arrival, in UTC seconds from the calendar's start. `person` is the true person; a `repeat` came before."""

    arrival: float
    order: int
    event: dict[str, Any]
    person: str
    repeat: bool


class Outbox:
    """Collects the events of one block of people and hands them out by arrival; nothing crosses a block."""

    def __init__(self, config: WorldConfig) -> None:
        self._config = config
        self._deliveries: list[Delivery] = []

    def send(self, rng: random.Random, second: int, event: dict[str, Any], person: str, hold: float = 0) -> None:
        """Deliver an event that happened at `second`, `hold` seconds later than usual."""
        c = self._config
        luck = rng.random()
        arrival = second + luck + hold
        if luck < c.late:
            # Log-uniform: from minutes (a till that was off line) to days (a file that was sent by hand).
            arrival += 120 * (c.latest_hours * 30) ** rng.random()
        elif luck < c.late + c.jitter:
            arrival += rng.random() * 120
        self._put(arrival, event, person, repeat=False)
        if rng.random() < c.repeated:
            self._put(arrival + 5 * 2_000 ** rng.random(), event, person, repeat=True)

    def _put(self, arrival: float, event: dict[str, Any], person: str, *, repeat: bool) -> None:
        self._deliveries.append(Delivery(arrival, len(self._deliveries), event, person, repeat))

    def take(self) -> list[Delivery]:
        """Everything sent since the last call, by arrival."""
        deliveries, self._deliveries = self._deliveries, []
        deliveries.sort(key=_by_arrival)
        return deliveries


def _by_arrival(delivery: Delivery) -> tuple[float, int]:
    return delivery.arrival, delivery.order
