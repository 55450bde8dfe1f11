"""Decides who is who in whole components, by live intake's functions, and writes the rows that it would write."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from identity import repartition
from identity.record_state import RecordState
from ingest.bulk.parts import BulkParts
from ingest.bulk.spill import SpillTable
from ingest.bulk.tables import Writer


def decide_components(parts: BulkParts, records: SpillTable, writer: Writer) -> dict[str, int]:
    """Writes the people of some whole components; counts of what was written."""
    pool = {row["key"]: _state(row, parts) for row in records.to_pylist()}
    outcome = repartition.first_partition(
        pool, parts.policies, parts.guards, parts.vault, datetime.fromisoformat(parts.now)
    )
    assert not outcome.resolution.newly_shared, "what is shared was found over all records"
    found = repartition.rows(outcome, repartition.INTAKE, parts.vault, parts.read_model, touched=pool.keys())
    sizes = outcome.resolution.placement.sizes
    now = parts.now
    writer.write(
        {
            "SourceRecord": [
                {"key": row["key"], "firstSeen": row["first"], "lastSeen": row["last"], "createdAt": now} | row["props"]
                for row in found["records"]
            ],
            "HAS_IDENTIFIER": [
                {"from": row["record"], "to": row["identifier"], "firstSeen": row["first"], "lastSeen": row["last"]}
                for row in found["carried"]
            ],
            "HAS_MATCH_KEY": [
                {"from": record.key, "to": token}
                for record in pool.values()
                for token in sorted(record.blocking_tokens)
            ],
            "Component": [{"id": id_, "records": sizes.get(id_)} for id_ in found["created"]],
            "Customer": [
                {name: row[name] for name in ("number", "joinedAt", "firstVisitAt", "lastVisitAt")}
                | {"createdAt": now}
                | row["props"]
                for row in found["customers"]
            ],
            "RESOLVED_TO": [
                {"from": row["record"], "to": row["number"], "since": now, "rule": row["rule"], "via": row["via"]}
                for row in found["resolved"]
            ],
            "IdentityChange": [row | {"at": now, "written": now, "pending": True} for row in found["changes"]],
            "KEPT_APART": [
                {"from": row["left"], "to": row["right"], "at": now}
                | {n: row[n] for n in ("rule", "type", "detail", "queued")}
                for row in found["apart"]
            ],
        }
    )
    return {
        "components": len(found["created"]),
        "people": len(found["customers"]),
        "apart": len(found["apart"]),
    }


def _state(row: dict[str, Any], parts: BulkParts) -> RecordState:
    carried, shared = orjson.loads(row["identifiers"]), frozenset(row["shared"] or ())
    hot = frozenset(row["hot"] or ())
    state = RecordState.from_row(
        row
        | {
            "identifiers": [[k, type_, k in shared, *rest] for k, type_, _, *rest in carried],
            "signatures": orjson.loads(row["signatures"]),
            "component": None,
            "customer": None,
            "rulings": (),
            "blocking_tokens": [[key, key in hot] for key in row["tokens"] or ()],
        },
        parts.vault,
    )
    state.touched, state.widened = True, set(state.identifiers)
    return state
