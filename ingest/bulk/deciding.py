"""Decides who is who in whole components, by live intake's functions, and writes the rows that it would write."""

from __future__ import annotations

import uuid
from typing import Any

import orjson

from identity.customer_rows import CustomerRows, numbers_of
from identity.record_state import RecordState
from identity.resolution import resolve_people
from ingest.bulk.parts import BulkParts
from ingest.bulk.spill import SpillTable
from ingest.bulk.tables import Writer


def decide_components(parts: BulkParts, records: SpillTable, writer: Writer) -> dict[str, int]:
    """Writes the people of some whole components; counts of what was written."""
    pool = {row["key"]: _state(row, parts) for row in records.to_pylist()}
    decision = resolve_people(pool, parts.policies, parts.guards, lambda: uuid.uuid4().hex)
    numbers = numbers_of(decision, {}, {}, parts.vault)
    found = CustomerRows(parts.vault, parts.read_model, pool, pool, pool.keys()).rows(decision, numbers)
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
            "Component": [{"id": id_, "records": decision.sizes.get(id_)} for id_ in found["created"]],
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
    assert not decision.newly_shared, "what is shared was found over all records"
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
