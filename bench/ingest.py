"""Resolved events per second beside writing the same final graph, already resolved, by plain UNWIND.

Both write to the same store in one run, one after the other. The intake starts from the events as they come off the
wire (contracts, normalising, sealing, resolving, idempotency); the baseline starts from rows that are ready to write.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import psutil

from bench.kit.machine import machine
from bench.kit.wipe import wipe
from cypher import load
from domain.events import event_adapter
from graph.store.database import Database, DbTransaction
from ingest.intake import Intake
from world import World, WorldConfig

_KEYS = {
    "Event": "key",
    "SourceRecord": "key",
    "Identifier": "key",
    "MatchKey": "key",
    "Component": "id",
    "Customer": "number",
    "Transaction": "key",
    "LedgerEntry": "key",
    "Brand": "id",
    "Store": "id",
    "Product": "id",
}
_RELATIONSHIPS = [
    ("SourceRecord", "SENT", "Event"),
    ("SourceRecord", "HAS_IDENTIFIER", "Identifier"),
    ("SourceRecord", "HAS_MATCH_KEY", "MatchKey"),
    ("SourceRecord", "RESOLVED_TO", "Customer"),
    ("SourceRecord", "WAS_RESOLVED_TO", "Customer"),
    ("SourceRecord", "MADE", "Transaction"),
    ("Transaction", "AT", "Store"),
    ("Transaction", "CONTAINS", "Product"),
    ("SourceRecord", "BOOKED", "LedgerEntry"),
    ("LedgerEntry", "FOR", "Transaction"),
    ("Transaction", "EARNED", "LedgerEntry"),
    ("Store", "OF", "Brand"),
    ("Customer", "MERGED_INTO", "Customer"),
    ("Customer", "KEPT_APART", "Customer"),
]
_BATCH = 1000
_REQUEST = 250
_REQUESTS_AT_ONCE = 8


async def run(database: Database, intake: Intake, people: int, progress: Callable[[int], None]) -> dict[str, Any]:
    """The figures, on an empty migrated store; it is left holding the baseline's copy of the graph.

    Both first run a smaller world, so that neither meets a cold server.
    """
    await _both(database, intake, World(WorldConfig(people=max(1, people // 5), seed=1)), lambda count: None)
    world = World(WorldConfig(people=people))
    events, seconds, memory, plain_seconds, nodes, relationships = await _both(database, intake, world, progress)
    return {
        "benchmark": "ingest",
        "machine": machine(),
        "people": people,
        "events": events,
        "nodes": nodes,
        "relationships": relationships,
        "intake_events_per_second": round(events / seconds),
        "plain_unwind_events_per_second": round(events / plain_seconds),
        "ratio": round(plain_seconds / seconds, 3),
        "memory_mib_by_quarter": memory,
    }


async def _both(
    database: Database, intake: Intake, world: World, progress: Callable[[int], None]
) -> tuple[int, float, list[int], float, int, int]:
    await wipe(database)
    events, seconds, memory = await _intake(intake, world, progress)
    nodes, relationships = await _export(database)
    await wipe(database)
    plain_seconds = await _write_plain(database, nodes, relationships)
    counts = [sum(map(len, rows.values())) for rows in (nodes, relationships)]
    return events, seconds, memory, plain_seconds, counts[0], counts[1]


async def _intake(intake: Intake, world: World, progress: Callable[[int], None]) -> tuple[int, float, list[int]]:
    """Streams the world in. Making events is not timed: they are made ahead in slices of bounded size."""
    source = _slices(world, 20_000)
    process, memory = psutil.Process(), list[int]()
    count, seconds = 0, 0.0
    for part in source:
        gc.freeze()  # or the collector goes through all of these events, again and again
        started = time.perf_counter()
        await _submit(intake, part)
        seconds += time.perf_counter() - started
        count += len(part)
        memory.append(process.memory_info().rss // 2**20)
        progress(len(part))
    quarters = [memory[min(len(memory) - 1, len(memory) * quarter // 4)] for quarter in range(4)]
    return count, seconds, [*quarters, memory[-1]]


async def _submit(intake: Intake, raws: list[dict[str, Any]]) -> None:
    requests = iter([raws[start : start + _REQUEST] for start in range(0, len(raws), _REQUEST)])

    async def sender() -> None:
        for request in requests:
            await intake.submit([event_adapter.validate_python(raw) for raw in request])

    async with asyncio.TaskGroup() as tasks:
        for _ in range(_REQUESTS_AT_ONCE):
            tasks.create_task(sender())


def _slices(world: World, size: int) -> Iterator[list[dict[str, Any]]]:
    def events() -> Iterator[dict[str, Any]]:
        yield from world.reference_events()
        for event, _ in world.events():
            yield event

    source = events()
    while part := list(islice(source, size)):
        yield part


async def _export(database: Database) -> tuple[dict[str, list[Any]], dict[tuple[str, str, str], list[Any]]]:
    nodes: dict[str, list[Any]] = {}
    for label in _KEYS:
        text = load("bench/export_nodes").replace("LABEL", label)
        nodes[label] = [row["props"] for row in await database.run_schema(text)]
    relationships: dict[tuple[str, str, str], list[Any]] = {}
    for kind in _RELATIONSHIPS:
        relationships[kind] = await database.run_schema(_fill("bench/export_relationships", kind))
    return nodes, relationships


async def _write_plain(
    database: Database, nodes: dict[str, list[Any]], relationships: dict[tuple[str, str, str], list[Any]]
) -> float:
    started = time.perf_counter()
    for label, rows in nodes.items():
        await _write(database, load("bench/plain_nodes").replace("LABEL", label), rows)
    for kind, rows in relationships.items():
        await _write(database, _fill("bench/plain_relationships", kind), rows)
    return time.perf_counter() - started


async def _write(database: Database, text: str, rows: list[Any]) -> None:
    for start in range(0, len(rows), _BATCH):

        async def work(transaction: DbTransaction, start: int = start) -> None:
            await transaction.run_text(text, rows=rows[start : start + _BATCH])

        await database.write("bench", work)


def _fill(name: str, kind: tuple[str, str, str]) -> str:
    start, type_, end = kind
    text = load(name).replace("FROM_KEY", _KEYS[start]).replace("TO_KEY", _KEYS[end])
    return text.replace(":FROM", f":{start}").replace(":TYPE", f":{type_}").replace(":TO", f":{end}")
