"""Probabilistic evidence: tables of records without a common key, resolved into people without labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from matching.probabilistic.blocking import candidates
from matching.probabilistic.cluster import link
from matching.probabilistic.fields import Codes, Column, Floats, Kind, column
from matching.probabilistic.levels import compare
from matching.probabilistic.weights import Model, contributions, learn, score


@dataclass(frozen=True, slots=True)
class Explanation:
    """The log-odds of a pair that it is one person, and what each column contributes beside the prior."""

    odds: float
    columns: dict[str, float]


@dataclass(frozen=True, slots=True)
class Resolved:
    """`labels`: of each row, in the order given. `pairs`: how many candidates were compared. `places`: where each row
    stands in `columns`."""

    labels: list[int]
    model: Model
    columns: tuple[Column, ...]
    pairs: int
    places: Codes

    def explain(self, one: int, other: int) -> Explanation:
        """What speaks for and against two rows being one person."""
        left, right = self.places[[one]], self.places[[other]]
        compared = compare(self.columns, left, right)
        worth = contributions(self.columns, compared, left, right, self.model)
        odds = score(self.columns, compared, left, right, self.model)
        return Explanation(
            float(odds[0]),
            {column.name: round(float(of[0]), 2) for column, of in zip(self.columns, worth, strict=True)},
        )

    def odds(self, one: Sequence[int], other: Sequence[int]) -> Floats:
        """The log-odds of pairs of rows."""
        left, right = self.places[np.array(one, np.int64)], self.places[np.array(other, np.int64)]
        return score(self.columns, compare(self.columns, left, right), left, right, self.model)


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
    places = np.argsort(np.array(order, np.int64))
    return Resolved(found[places].tolist(), model, columns, len(left), places)


def _canonical(table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind], records: int) -> Sequence[int]:
    """Rows by a hash of what they say; equal rows are interchangeable."""

    def digest(row: int) -> bytes:
        text = "\x1f".join(table[name][row] for name in sorted(kinds))
        return blake2b(text.encode(), digest_size=16).digest()

    return np.array(sorted(range(records), key=digest), np.int64).tolist()
