"""Compares records that share a token, as live intake does when the second one comes: who is alike is one scope."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from identity.record_state import RecordState
from ingest.bulk.parts import BulkParts
from ingest.bulk.spill import SpillTable, table
from matching.scoring.zones import alike


def compare(parts: BulkParts, meetings: SpillTable) -> dict[str, SpillTable]:
    """What connects the records of some tokens (`sql/token_carriers.sql`): a key for every two that are alike."""
    tokens: dict[str, set[str]] = defaultdict(set)
    rids: dict[str, int] = {}
    sealed: dict[str, bytes] = {}
    for row in meetings.to_pylist():
        tokens[row["key"]].add(row["token"])
        rids[row["key"]], sealed[row["key"]] = row["rid"], row["sealed"]
    records = (
        replace(RecordState.sealed(key, sealed[key], parts.vault).evidence(), tokens=frozenset(of))
        for key, of in tokens.items()
    )
    pairs = alike(records, parts.policies.model)
    return {"alike": table("alike", [{"rid": rids[key], "key": " ".join(pair)} for pair in pairs for key in pair])}
