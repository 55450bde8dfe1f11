"""Hard loads: one phone number on very many records, and very many records in a chain, each beside ordinary guests."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from bench.kit.machine import machine
from domain.events import Event, event_adapter
from graph.store.database import Database
from ingest.intake import Intake

_REQUEST = 500
_FURTHER = 5
_PHONE = "+13126010137"


async def run(
    database: Database, intake: Intake, hot: int, chain: int, progress: Callable[[int], None]
) -> dict[str, Any]:
    """The figures, on an empty migrated store."""
    numbers = {"hot": _hot(hot), "chain": _chain(chain)}
    figures: dict[str, Any] = {"benchmark": "hard", "machine": machine()}
    for name, events in numbers.items():
        figures[name] = await _load(intake, name, events, progress)
    [findings] = await database.read("bench/hard")
    return figures | {"findings": findings}


def _identify(source: str, id: str, **identifiers: Any) -> Event:
    return event_adapter.validate_python(
        {
            "type": "identify",
            "messageId": f"{source}-{id}",
            "source": source,
            "at": "2026-01-05T12:00:00Z",
            "subject": {"id": id, "identifiers": identifiers},
        }
    )


def _hot(records: int) -> Iterator[Event]:
    yield from (_identify("till", f"hot-{number}", phone=_PHONE) for number in range(records))


def _chain(records: int) -> Iterator[Event]:
    for number in range(records):
        emails = [f"chain{number}@chain.example", f"chain{number + 1}@chain.example"]
        yield _identify("crm", f"chain-{number}", email=emails)


async def _load(intake: Intake, name: str, events: Iterator[Event], progress: Callable[[int], None]) -> dict[str, Any]:
    """Sends the load in requests of 500, then further events that join it, alone and beside ordinary guests."""
    started, slowest, count = time.perf_counter(), 0.0, 0
    while request := [event for _, event in zip(range(_REQUEST), events, strict=False)]:
        slowest = max(slowest, await _timed(intake, request))
        count += len(request)
        progress(len(request))
    seconds = time.perf_counter() - started
    joining: list[float] = []
    beside: list[float] = []
    for number in range(_FURTHER):
        joins = _identify("app", f"{name}-{number}", phone=_PHONE)
        if name == "chain":
            joins = _identify("app", f"{name}-{number}", email=f"chain{count // 2 + number}@chain.example")
        further = asyncio.create_task(_timed(intake, [joins]))
        await asyncio.sleep(0.05)
        beside.append(
            await _timed(intake, [_identify("app", f"{name}-guest-{number}", email=f"{name}{number}@g.example")])
        )
        joining.append(await further)
    return {
        "records": count,
        "seconds": round(seconds, 1),
        "slowest_request_s": round(slowest, 2),
        "further_event_s": round(median(joining), 3),
        "guest_beside_it_s": round(median(beside), 3),
    }


async def _timed(intake: Intake, events: list[Event]) -> float:
    started = time.perf_counter()
    outcomes = await intake.submit(events)
    assert all(outcome.status == "accepted" for outcome in outcomes)
    return time.perf_counter() - started
