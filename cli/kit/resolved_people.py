"""The people of a table by the service's own engine: in memory, or through an empty store of its own."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson
import uvloop
from pydantic import SecretStr

from bench.kit.store_reads import resolution
from cli.kit.bulk_load import require_empty
from cli.kit.own_store import emptied
from cli.resolve import Load, folders, parts_of, raws_of, run_job
from domain.errors import EventRefused
from domain.settings import Settings
from graph.local import LocalNeo4j
from identity.blocking_tokens import meet
from identity.claims import ClaimsReader
from identity.record_state import RecordState
from identity.repartition import first_partition
from ingest.bulk import Job
from ingest.bulk.job import processes
from ingest.files.table_events import SOURCE, row_id
from ingest.parse import parse
from matching.policy import Policies
from matching.records import Record
from matching.resolve import Guards
from privacy.vault import Vault
from runtime.service import open_database, open_service, policies_of

_KEY = SecretStr(base64.b64encode(bytes(32)).decode())
"""Ties are broken by keyed hashes, so all ways must use one key. It seals nothing that outlives the measurement."""
_AT_ONCE = 500
RawEvent = dict[str, Any]


class Through(StrEnum):
    """The way that rows take into a store."""

    INGEST = "ingest"
    RESOLVE = "resolve"


def in_memory(events: Sequence[RawEvent], config: Settings, policies: Policies) -> list[str]:
    """A label for each event: equal for events of one person. What intake would decide, without a store."""
    states = _states(events, config, policies)
    meet(states.values(), _vault())
    people = first_partition(states, policies, Guards.ON, _vault(), datetime.now(UTC)).people
    return _labels(events, config, policies, {record.key: number for number, one in people for record in one.records})


def evidence(events: Sequence[RawEvent], config: Settings, policies: Policies) -> list[Record]:
    """What matching knows of each event's record, in the order of the events; nothing of a refused one."""
    states, reader = _states(events, config, policies), _reader(config, policies)
    keys = [reader.record_key(SOURCE, row_id(row)) for row in range(len(events))]
    return [states[key].evidence() if key in states else Record(key, frozenset()) for key in keys]


def through_store(events: Sequence[RawEvent], way: Through, settings: Settings) -> list[str]:
    """The same, read back from an empty store that took the events this way, under the model of these settings."""
    with emptied(f"evaluate-{os.getpid()}", vault_key=_KEY, identity_model=settings.identity_model) as config:
        if way is Through.INGEST:
            LocalNeo4j(config).start(tied_to_parent=True)
            uvloop.run(_send(events, config))
        else:
            _load(events, config)
        customers = uvloop.run(_customers(config))
        return _labels(events, config, policies_of(config), customers)


def _vault() -> Vault:
    return Vault(bytes(32))


def _reader(config: Settings, policies: Policies) -> ClaimsReader:
    return ClaimsReader(_vault(), policies, config.default_region)


def _states(events: Iterable[RawEvent], config: Settings, policies: Policies) -> dict[str, RecordState]:
    reader, states = _reader(config, policies), dict[str, RecordState]()
    for raw in events:
        try:
            claims = reader.claims(parse(raw, config.source_brands))
        except EventRefused:
            continue
        for subject in claims.subjects:
            state = states.setdefault(subject.record, RecordState(subject.record, claims.source))
            state.merge(claims, subject, {})
    return states


def _labels(events: Sequence[RawEvent], config: Settings, policies: Policies, customers: dict[str, str]) -> list[str]:
    """A refused event is nobody's: its row is a person of its own."""
    reader = _reader(config, policies)
    keys = [reader.record_key(SOURCE, row_id(row)) for row in range(len(events))]
    return [customers.get(key, key) for key in keys]


async def _send(events: Sequence[RawEvent], config: Settings) -> None:
    async with open_service(config) as service:
        for start in range(0, len(events), _AT_ONCE):
            taken = [event for raw in events[start : start + _AT_ONCE] if (event := _parsed(raw, config))]
            await service.intake.submit(taken)


def _parsed(raw: RawEvent, config: Settings) -> Any:
    try:
        return parse(raw, config.source_brands)
    except EventRefused:
        return None


def _load(events: Sequence[RawEvent], config: Settings) -> None:
    require_empty(config)
    with tempfile.TemporaryDirectory() as folder, folders(config, None) as (work, files):
        path = Path(folder) / "events.ndjson"
        path.write_bytes(b"\n".join(map(orjson.dumps, events)))
        job = Job(parts_of(config), work, files, processes())
        run_job(job, raws_of([(path, None)]), lambda name, count: None, Load.IMPORT)


async def _customers(config: Settings) -> dict[str, str]:
    """Record key → customer number."""
    LocalNeo4j(config).start(tied_to_parent=True)
    async with open_database(config) as database:
        await database.ready()
        return {row["record"]: row["customer"] for row in await resolution(database)}
