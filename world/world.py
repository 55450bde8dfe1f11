"""The world as a stream: people in blocks, each block's year sorted by arrival, in constant memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from world.apps import visit_app
from world.config import WorldConfig
from world.group import make_group
from world.guest import Guest
from world.habits import visits
from world.loyalty import keep_cards
from world.neighbourhood import walk_people
from world.outbox import Delivery, Outbox
from world.people import Person
from world.tills import visit_till
from world.web import visit_web

_WAYS = {"till": visit_till, "web": visit_web, "app": visit_app}


class Block(NamedTuple):
    """Some people and everything that is delivered about them, by arrival."""

    people: list[Person]
    deliveries: list[Delivery]


class World:
    """A restaurant and shop group with known truth; every iterator starts anew and yields the same again.

    Inside a block of `config.block_people` people events are ordered by arrival; each block begins at the start of
    the calendar again. Events of a block may share parts of their dictionaries: treat them as read-only.
    """

    def __init__(self, config: WorldConfig | None = None) -> None:
        self.config = config or WorldConfig()
        self.group = make_group(self.config)

    def reference_events(self) -> Iterator[dict[str, Any]]:
        """`store.upserted` for each store and `product.upserted` for each product."""
        return self.group.reference_events()

    def events(self) -> Iterator[tuple[dict[str, Any], str | None]]:
        """Every delivery as a JSON-ready event with the person it is truly about; repeats included."""
        for block in self.blocks():
            for delivery in block.deliveries:
                yield delivery.event, delivery.person

    def people(self) -> Iterator[Person]:
        """Everybody in order of index, without making their events."""
        for people in walk_people(self.config, self.group):
            yield from people

    def blocks(self) -> Iterator[Block]:
        """Blocks in order of index; the last may be smaller."""
        outbox = Outbox(self.config)
        block: list[Person] = []
        for person in self.people():
            self._live(person, outbox)
            block.append(person)
            if len(block) == self.config.block_people:
                yield Block(block, outbox.take())
                block = []
        if block:
            yield Block(block, outbox.take())

    def _live(self, person: Person, outbox: Outbox) -> None:
        """The person's year, drawn from a generator of its own, so that people do not depend on each other."""
        rng = random.Random(f"{self.config.seed}:person:{person.index}")
        planned = visits(person, rng, self.config, self.group)
        guest = Guest(person, rng, self.config, self.group, outbox)
        joins_at = rng.randrange(3)
        for number, visit in enumerate(planned):
            guest.turn(visit)
            if visit.via == "till":
                keep_cards(guest, number, joins_at)
            _WAYS[visit.via](guest)
