"""Compares records that share a token, as live intake does when the second one comes: who is alike is one scope."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from identity.record_state import RecordState
from ingest.bulk.parts import BulkParts
from ingest.bulk.spill import SpillTable, table
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.pair import may_be_one
from privacy.vault import Vault


def sealed_profile(rid: int, state: RecordState, vault: Vault) -> bytes:
    """What a record is compared by, sealed for its number. It opens in a tenth of the time that the record takes."""
    return vault.seal(_owner(rid), msgspec.to_builtins(profile_of(state.likeness())))


def open_profile(rid: int, sealed: bytes, vault: Vault) -> ComparedRecord:
    return msgspec.convert(vault.open(_owner(rid), sealed), ComparedRecord)


def _owner(rid: int) -> str:
    return f"profile {rid}"


class Profiles:
    """What every record is compared by, by number: a file that all processes map and none reads whole."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self._vault = vault
        batches = pa.ipc.open_file(pa.memory_map(str(path)))
        self._batches = [batches.get_batch(n).column("profile") for n in range(batches.num_record_batches)]
        self._starts = np.cumsum([0, *map(len, self._batches)])

    def of(self, rid: int) -> ComparedRecord:
        place = int(np.searchsorted(self._starts, rid, side="right")) - 1
        return open_profile(rid, self._batches[place][rid - int(self._starts[place])].as_py(), self._vault)


def compare(parts: BulkParts, path: Path, one: Any, other: Any) -> dict[str, SpillTable]:
    """What connects some pairs of records, by number: a key for every two that are alike."""
    profiles = _opened(path, parts.vault)
    alike = [
        (left, right)
        for left, right in zip(one.tolist(), other.tolist(), strict=True)
        if may_be_one(_profile(profiles, left), _profile(profiles, right), parts.policies.model)
    ]
    return {
        "alike": table(
            "alike", [{"rid": rid, "key": f"{left} {right}"} for left, right in alike for rid in (left, right)]
        )
    }


@lru_cache(1)
def _opened(path: Path, vault: Vault) -> Profiles:
    return Profiles(path, vault)


@lru_cache(4_096)
def _profile(profiles: Profiles, rid: int) -> ComparedRecord:
    """Cached: the pairs of one record follow each other, and their others are met again."""
    return profiles.of(rid)
