"""Loads the result of a bulk job into a store: by import into an empty embedded one, or by events into a live one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TypeVar

from domain.errors import Overloaded, SetupError
from domain.settings import Settings
from graph.local import LocalNeo4j
from graph.store.database import Database
from graph.store.migrations import migrate
from graph.store_state import StoreState
from ingest.bulk.spill import Spill
from ingest.bulk.tables import import_arguments
from ingest.delivery import EventRefusal
from ingest.parse import parse
from ingest.quarantine import Quarantine
from privacy.vault import Vault, open_vault
from runtime.service import open_database, open_service

T = TypeVar("T")
_AT_ONCE = 500


def require_empty(settings: Settings) -> None:
    """Returns where the embedded store is empty, and starts it for this check. Raises SetupError otherwise."""
    if settings.neo4j_uri is not None:
        raise SetupError(
            "REGULARS_NEO4J_URI names a Neo4j of your own: only the embedded one is filled by import.",
            hint="Use --load none --out DIR and run neo4j-admin there, or --load live.",
        )

    with _started(settings):
        empty = asyncio.run(_with_database(settings, lambda database: StoreState(database).is_empty()))
    if not empty:
        raise SetupError(
            "The store holds data already, and an import replaces all of it.",
            hint="Use --load live, or another REGULARS_STATE_DIR; `make clean` forgets this one's data.",
        )


def fill_by_import(settings: Settings, out: Path, spill: Spill) -> None:
    """Imports the files of `out`, creates constraints and indexes, keeps refusals. A server that ran runs again."""
    local = LocalNeo4j(settings)
    ran = local.stop()
    local.replace_store(import_arguments(out), report=out / "import.report")

    async def finish(database: Database) -> None:
        await migrate(database)
        await StoreState(database).complete_import()
        await _keep(refusals(spill, open_vault(settings)), Quarantine(database, open_vault(settings)))

    with _started(settings, stay=ran):
        asyncio.run(_with_database(settings, finish))


def fill_live(settings: Settings, spill: Spill, step: Callable[[int], None]) -> None:
    """Sends all events through the ordinary intake, component by component, so that each is resolved once."""
    asyncio.run(_fill_live(settings, spill, step))


async def _fill_live(settings: Settings, spill: Spill, step: Callable[[int], None]) -> None:
    vault = open_vault(settings)
    async with open_service(settings) as service:
        for batch in spill.batches("kept_events"):
            rows = batch.to_pylist()
            for start in range(0, len(rows), _AT_ONCE):
                part = rows[start : start + _AT_ONCE]
                raws = [vault.open(f"bulk|{row['seq']}", row["sealed"]) for row in part]
                events = [parse(raw, settings.source_brands) for raw in raws]
                while True:
                    try:
                        await service.intake.submit(events)
                        break
                    except Overloaded as busy:
                        await asyncio.sleep(busy.retry_after)
                step(len(part))
        await _keep(refusals(spill, vault), service.quarantine)


def refusals(spill: Spill, vault: Vault) -> Iterator[EventRefusal]:
    """The events that cannot be accepted, in the order of the files."""
    for batch in spill.batches("refused"):
        for row in batch.to_pylist():
            raw = vault.open(f"bulk|{row['seq']}", row["sealed"])
            yield EventRefusal(raw, row["pointer"], row["message"], row["hint"], row["source"])


async def _keep(refused: Iterator[EventRefusal], quarantine: Quarantine) -> None:
    while part := list(islice(refused, _AT_ONCE)):
        await quarantine.put(part)


async def _with_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    async with open_database(settings) as database:
        await database.ready()
        return await work(database)


@contextmanager
def _started(settings: Settings, *, stay: bool = False) -> Generator[None]:
    """Runs the embedded server inside the block; afterwards it stops, unless it ran before or should `stay`."""
    local = LocalNeo4j(settings)
    ran_before = local.start().found
    try:
        yield
    finally:
        if not (ran_before or stay):
            local.stop()
