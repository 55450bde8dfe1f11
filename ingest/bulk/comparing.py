"""Compares records that share a token, as live intake does when the second one comes: who is alike is one scope."""

from __future__ import annotations

from functools import lru_cache

from identity.record_state import RecordState
from ingest.bulk.parts import BulkParts
from ingest.bulk.spill import SpillTable, table
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.pair import may_be_one
from privacy.vault import Vault


def compare(parts: BulkParts, pairs: SpillTable) -> dict[str, SpillTable]:
    """What connects some pairs of records (`sql/token_pairs.sql`): a key for every two that are alike."""
    connected = [
        {"rid": rid, "key": f"{row['key']} {row['other_key']}"}
        for row in pairs.to_pylist()
        if may_be_one(
            _profile(row["key"], row["sealed"], parts.vault),
            _profile(row["other_key"], row["other_sealed"], parts.vault),
            parts.policies.model,
        )
        for rid in (row["rid"], row["other"])
    ]
    return {"alike": table("alike", connected)}


@lru_cache(16_384)
def _profile(key: str, sealed: bytes, vault: Vault) -> ComparedRecord:
    """Cached: the pairs of one record follow each other, and their others are met again."""
    return profile_of(RecordState.sealed(key, sealed, vault).evidence())
