"""Compares records that share a token, as live intake does when the second one comes: who is alike is one scope."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from identity.record_state import RecordState
from ingest.bulk.parts import BulkParts
from ingest.bulk.spill import SpillTable, table
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.pair import may_be_one
from privacy.vault import Vault


class Contents:
    """What every record says of itself, sealed, by number: a file that all processes map and none reads whole."""

    def __init__(self, path: Path, vault: Vault) -> None:
        self._vault = vault
        batches = pa.ipc.open_file(pa.memory_map(str(path)))
        self._batches = [batches.get_batch(n) for n in range(batches.num_record_batches)]
        self._starts = np.cumsum([0, *(batch.num_rows for batch in self._batches)])

    def key(self, rid: int) -> str:
        return self._cell("key", rid)

    def profile(self, rid: int) -> ComparedRecord:
        state = RecordState.sealed(self.key(rid), self._cell("sealed", rid), self._vault)
        return profile_of(state.likeness())

    def _cell(self, column: str, rid: int) -> Any:
        place = int(np.searchsorted(self._starts, rid, side="right")) - 1
        return self._batches[place].column(column)[rid - int(self._starts[place])].as_py()


def compare(parts: BulkParts, contents: Path, one: Any, other: Any) -> dict[str, SpillTable]:
    """What connects some pairs of records, by number: a key for every two that are alike."""
    held = _opened(contents, parts.vault)
    alike = [
        (left, right)
        for left, right in zip(one.tolist(), other.tolist(), strict=True)
        if may_be_one(_profile(held, left), _profile(held, right), parts.policies.model)
    ]
    return {
        "alike": table(
            "alike",
            [
                {"rid": rid, "key": f"{held.key(left)} {held.key(right)}"}
                for left, right in alike
                for rid in (left, right)
            ],
        )
    }


@lru_cache(1)
def _opened(path: Path, vault: Vault) -> Contents:
    return Contents(path, vault)


@lru_cache(16_384)
def _profile(contents: Contents, rid: int) -> ComparedRecord:
    """Cached: the pairs of one record follow each other, and their others are met again."""
    return contents.profile(rid)
