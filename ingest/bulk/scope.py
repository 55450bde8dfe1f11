"""The scope of each decision, over all records at once: which identifiers too many people share, and what connects.

Columns of whole numbers and one pass of the disk, so that memory grows by some 40 bytes a record and connection.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from identity.resolution import sharing
from ingest.bulk.spill import Spill, table
from matching.policy import Policies
from matching.records import Identifier
from matching.scoring.blocking_tokens import MAX_CARRIERS


def share(spill: Spill, policies: Policies) -> dict[str, int]:
    """Identifiers that too many people use, with how many. Only those that could be are looked at."""
    limits = [{"type": t, "people": of.max_people, "records": of.max_records} for t, of in policies.items()]
    spill.add("limits", table("limits", limits))
    found: dict[str, int] = {}
    for some in spill.groups("shared_candidates", "identifier", least=5_000):
        for (key, type_), users in groupby(some.to_pylist(), itemgetter("identifier", "type")):
            count = sharing(type_, [_user(row) for row in users], policies)
            if count is not None:
                found[key] = count
    spill.add("shared", table("shared", [{"key": key, "people": people} for key, people in sorted(found.items())]))
    return found


def _user(row: dict[str, Any]) -> tuple[list[str], list[Identifier]]:
    carried = orjson.loads(row["identifiers"])
    return orjson.loads(row["signatures"]), [
        Identifier(type_, key) for key, type_, _, blocked, *_ in carried if not blocked
    ]


def cool(spill: Spill) -> None:
    """Finds the tokens that too many records carry, which do not count."""
    hot = spill.query("SELECT key FROM tokens GROUP BY key HAVING count(*) > ?", MAX_CARRIERS)["key"]
    spill.add("hot", table("hot", [{"key": key} for key in hot]))


def connect(spill: Spill, records: int) -> None:
    """Gives every record the number of its component."""
    edges = spill.arrays("edges")
    labels = components_of(edges["rid"], edges["kid"], records)
    spill.add("scopes", pa.table({"rid": np.arange(records), "component": labels}))


def components_of(rids: Any, keys: Any, records: int) -> Any:
    """The component of each record, by record number; `rids` and `keys` number what connects, each from 0."""
    rows, columns = np.asarray(rids, np.int32), np.asarray(keys, np.int32)
    size = records + int(columns.max(initial=-1)) + 1
    graph = coo_matrix((np.ones(len(rows), np.int8), (rows, columns + records)), (size, size))
    _, labels = connected_components(graph, directed=False)
    return labels[:records].astype(np.int64)
