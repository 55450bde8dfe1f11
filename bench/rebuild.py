"""A store that events and agents' decisions made, and the one that they make again: whether both are the same."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import chain
from typing import Any

from bench.kit.random_agent import Agent, by
from domain.events import Event, event_adapter
from graph.decision_log import DecisionLog
from graph.history import History
from graph.store.database import Database
from identity.decisions.replay import LoggedDecision
from ingest.rebuild import Rebuilt, compare, rebuild
from runtime.service import Service
from world import World, WorldConfig

_REQUEST = 250
_REQUESTS_AT_ONCE = 8
_UNDONE = 0.2
"""The share of decisions that the agent takes back at once, sooner or later."""


async def fill(service: Service, people: int, decisions: int, progress: Callable[[int], None]) -> dict[str, Any]:
    """Sends a world in, by several senders at once, while an agent decides at random and takes some of it back."""
    world, rng = World(WorldConfig(people=people)), random.Random(7)
    raws = list(chain(world.reference_events(), (event for event, _ in world.events())))
    agent, size = Agent(service.parts, rng), max(_REQUEST, len(raws) // 20)
    decided = 0
    for start in range(0, len(raws), size):
        await _send(service, [event_adapter.validate_python(raw) for raw in raws[start : start + size]])
        wanted = decisions * min(len(raws), start + size) // len(raws)
        while decided < wanted:
            if agent.taken and rng.random() < _UNDONE:
                await agent.decisions.undo(agent.taken.pop(rng.randrange(len(agent.taken))), by())
                decided += 1
            else:
                decided += await agent.decide() is not None
        progress(min(size, len(raws) - start))
    return {"people": people, "events_sent": len(raws), "decisions": decided}


async def repeat(service: Service, old: Database, progress: Callable[[int], None]) -> dict[str, Any]:
    """Makes the people of the old store again in this service's empty one, and compares the customers."""
    started, done, seen = time.perf_counter(), Rebuilt(), 0
    sizes: list[int] = []

    async def commits() -> AsyncIterator[tuple[str, Sequence[dict[str, Any]]]]:
        async for at, rows in History(old).commits():
            sizes.extend(len(row["sealed"]) for row in rows)
            yield at, rows

    async def decisions() -> AsyncIterator[LoggedDecision]:
        async for row in DecisionLog(old).all():
            yield LoggedDecision.of_row(row)

    async for done in rebuild(commits(), decisions(), History(old).redemptions(), service.committer, service.reader):
        progress(done.events - seen)
        seen = done.events
    seconds = time.perf_counter() - started
    found = await compare(History(old).customers(), History(service.database).customers(), service.parts.vault)
    return {
        "events_repeated": done.events,
        "decisions_repeated": done.decisions,
        "lost": done.lost,
        "refused": done.refused,
        "customers_same": found.same,
        "customers_different": found.differ,
        "seconds": round(seconds, 1),
        "events_per_second": round(done.events / seconds),
        "sealed_bytes_per_million_events": round(1_000_000 * sum(sizes) / max(1, len(sizes))),
    }


async def _send(service: Service, events: Sequence[Event]) -> None:
    requests = iter([events[start : start + _REQUEST] for start in range(0, len(events), _REQUEST)])

    async def sender() -> None:
        for request in requests:
            await service.intake.submit(request)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(_REQUESTS_AT_ONCE):
            tasks.create_task(sender())
