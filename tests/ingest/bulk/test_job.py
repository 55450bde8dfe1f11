"""Bulk resolution makes of the same events what live intake makes: people, numbers, golden records, orders, points.

Tests ingest.bulk.comparing, ingest.bulk.deciding, ingest.bulk.folding, ingest.bulk.parts, ingest.bulk.process_pool,
ingest.bulk.reading and ingest.bulk.spill too.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

import cli.kit.bulk_load
from bench.kit.wipe import wipe
from cli.resolve import Load, folders, parts_of, run_job
from domain.errors import SetupError
from domain.settings import Settings
from graph.identity_feed import IdentityFeed
from graph.local import LocalNeo4j, Running
from graph.store.database import Database, connect
from ingest.bulk import BulkReport, Job
from ingest.delivery import Raw
from tests.kit.building import PROGRAMME_FILE, VAULT, VAULT_KEY, intake_of, read
from tests.kit.hard_cases import hard_events
from tests.kit.invariants import invariants
from tests.kit.snapshot import Snapshot, difference
from world import World, WorldConfig

pytestmark = pytest.mark.neo4j

_WORLD = WorldConfig(people=60, days=120, stores=8, cities=2, pages=0.5, shared_phone_homes=0.5, phone_declined=0.2)


def _events() -> list[dict[str, Any]]:
    """Some families with repeated events, and the hard cases."""
    world = World(_WORLD)
    return [*world.reference_events(), *(event for event, _ in world.events()), *hard_events()]


@pytest.fixture(scope="module")
def bulk_settings(tmp_path_factory: pytest.TempPathFactory, neo4j_settings: Callable[..., Settings]) -> Settings:
    return neo4j_settings(tmp_path_factory.mktemp("bulk"), vault_key=VAULT_KEY, loyalty_config=PROGRAMME_FILE)


def _raws(events: Sequence[Any], size: int) -> list[list[Raw]]:
    raws = [Raw(number, event) for number, event in enumerate(json.loads(json.dumps(events)), 1)]
    return [raws[start : start + size] for start in range(0, len(raws), size)]


def resolve(settings: Settings, events: Sequence[Any], load: Load, *, out: Path | None = None) -> BulkReport:
    with folders(settings, out) as (work, made):
        job = Job(parts_of(settings), work, made, processes=2, keep=load is Load.LIVE)
        return run_job(job, iter(_raws(events, 170)), lambda name, count: None, load)


async def _in_own_store(settings: Settings) -> tuple[Snapshot, dict[str, str], list[str]]:
    local = LocalNeo4j(settings)
    server = local.start(tied_to_parent=True)
    try:
        async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
            return await invariants(database, VAULT), await _numbers(database), await _created(database)
    finally:
        local.stop()


async def _numbers(database: Database) -> dict[str, str]:
    rows = await database.read_text(
        "MATCH (r:SourceRecord)-[:RESOLVED_TO]->(c:Customer) RETURN r.key AS key, c.number AS number", operation="test"
    )
    return {row["key"]: row["number"] for row in rows}


async def _created(database: Database) -> list[str]:
    """Customer numbers that the feed of changes tells as new."""
    return sorted(change["toNumber"] for change in await IdentityFeed(database).after(0, 100_000))


async def test_an_import_equals_live_intake(store: Database, bulk_settings: Settings) -> None:
    events = _events()
    async with intake_of(store, intake_batch=5_000) as intake:
        await intake.submit(read(events))
    expected, numbers = await invariants(store, VAULT), await _numbers(store)
    assert any(identifier.get("shared") for identifier in expected["identifiers"].values())
    assert expected["kept apart"]

    await asyncio.to_thread(cli.kit.bulk_load.require_empty, bulk_settings)
    report = await asyncio.to_thread(resolve, bulk_settings, events, Load.IMPORT)
    found, found_numbers, created = await _in_own_store(bulk_settings)
    assert not difference(expected, found)
    assert found_numbers == numbers
    assert created == sorted(set(numbers.values()))
    assert report.people == len(expected["people"])
    assert report.records == len(expected["records"])
    assert report.components == len(expected["components"])
    assert report.repeated > 0
    assert report.refused == 0
    with pytest.raises(SetupError, match="holds data already"):
        await asyncio.to_thread(cli.kit.bulk_load.require_empty, bulk_settings)


async def test_into_a_live_store_that_holds_some_of_it(
    store: Database, neo4j_server: Running, bulk_settings: Settings
) -> None:
    events = _events()
    async with intake_of(store) as intake:
        await intake.submit(read(events))
    expected = await invariants(store, VAULT)
    await wipe(store)
    async with intake_of(store) as intake:
        await intake.submit(read(events[::3]))
    live = bulk_settings.model_copy(
        update={"neo4j_uri": neo4j_server.bolt_uri, "neo4j_password": SecretStr(neo4j_server.password)}
    )
    await asyncio.to_thread(resolve, live, events, Load.LIVE)
    assert not difference(expected, await invariants(store, VAULT))
    with pytest.raises(SetupError, match="of your own"):
        cli.kit.bulk_load.require_empty(live)
