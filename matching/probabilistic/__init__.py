"""Probabilistic evidence: tables of records without a common key, resolved into people without labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from matching.probabilistic.blocking import candidates
from matching.probabilistic.cluster import link
from matching.probabilistic.fields import Codes, Column, Kind, column
from matching.probabilistic.levels import compare
from matching.probabilistic.weights import Floats, Model, learn, score


@dataclass(frozen=True, slots=True)
class Resolved:
    """`labels`: of each row, in the order given. `pairs`: how many candidates were compared."""

    labels: list[int]
    model: Model
    columns: tuple[Column, ...]
    pairs: int


def resolve_table(table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind]) -> Resolved:
    """People of a table: equal labels for rows of one person. Row order leaves no trace in the partition."""
    records = len(next(iter(table.values()), ()))
    order = _canonical(table, kinds, records)
    columns = tuple(column(name, kind, [table[name][row] for row in order]) for name, kind in kinds.items())
    left, right = candidates(columns, records)
    compared = compare(columns, left, right)
    model = learn(columns, compared, left, records)
    odds = score(columns, compared, left, right, model)

    def score_all(one: Codes, other: Codes) -> Floats:
        return score(columns, compare(columns, one, other), one, other, model)

    found = link(records, left, right, odds, score_all)
    labels = [0] * records
    for place, row in enumerate(order):
        labels[row] = int(found[place])
    return Resolved(labels, model, columns, len(left))


def _canonical(table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind], records: int) -> Sequence[int]:
    """Rows by a hash of what they say; equal rows are interchangeable."""

    def digest(row: int) -> bytes:
        text = "\x1f".join(table[name][row] for name in sorted(kinds))
        return blake2b(text.encode(), digest_size=16).digest()

    return np.array(sorted(range(records), key=digest), np.int64).tolist()
