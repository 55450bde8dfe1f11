"""Ways in which the same events may arrive: orders, duplicates, batches, processes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterable, Sequence
from typing import TypeVar

from domain.events import Event
from ingest.intake import Intake

T = TypeVar("T")


def shuffled(events: Sequence[T], rng: random.Random, *, repeats: float = 0.1) -> list[T]:
    """All events in a random order, some of them twice."""
    sent = [*events, *(event for event in events if rng.random() < repeats)]
    rng.shuffle(sent)
    return sent


def chunks(events: Sequence[T], rng: random.Random, most: int) -> Iterable[Sequence[T]]:
    start = 0
    while start < len(events):
        size = rng.randint(1, most)
        yield events[start : start + size]
        start += size


def dealt(events: Sequence[T], hands: int, rng: random.Random, *, both: float = 0.1) -> list[list[T]]:
    """Every event to one of the hands, and some to all of them, as a sender does that hears no answer."""
    found: list[list[T]] = [[] for _ in range(hands)]
    for event in events:
        everybody = rng.random() < both
        lucky = rng.randrange(hands)
        for index, hand in enumerate(found):
            if everybody or index == lucky:
                hand.append(event)
    return found


async def send(
    intake: Intake, events: Sequence[Event], rng: random.Random, *, most: int = 40, at_once: int = 3
) -> None:
    """Several requests at a time, each of a random size; every event must be taken."""
    room = asyncio.Semaphore(at_once)

    async def request(chunk: Sequence[Event]) -> None:
        async with room:
            outcomes = await intake.submit(chunk)
        assert {outcome.status for outcome in outcomes} <= {"accepted", "duplicate"}

    async with asyncio.TaskGroup() as tasks:
        for chunk in chunks(events, rng, most):
            tasks.create_task(request(chunk))
