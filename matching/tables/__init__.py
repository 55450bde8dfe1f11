"""Probabilistic matching of tables: records without a common key, resolved into people without labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from matching.tables.assemble import Field, assemble
from matching.tables.blocking import candidates
from matching.tables.cluster import link
from matching.tables.fields import Codes, Column, Floats
from matching.tables.kinds import Kind
from matching.tables.levels import Flags, compare
from matching.tables.weights import TableModel, contradicted, contributions, doubt, learn, score


@dataclass(frozen=True, slots=True)
class Explanation:
    """The log-odds that a pair is one person, and their parts: how rare matches are (`prior`), the contribution of each
    field (`columns`), and the deduction because relatives and namesakes agree as well (`doubt`). `contradicted`: never
    one person, no matter how high the sum is. The sum is clipped."""

    odds: float
    prior: float
    columns: dict[str, float]
    doubt: float
    contradicted: bool


@dataclass(frozen=True, slots=True)
class ResolvedTable:
    """The people of a table. `fields` are the compared fields, and `columns` the same as numbers: row `n` of the table
    is at `places[n]`. `left`, `right` and `scores` are the candidate pairs, by places."""

    model: TableModel
    fields: tuple[Field, ...]
    columns: tuple[Column, ...]
    places: Codes
    left: Codes
    right: Codes
    scores: Floats

    def labels(self, cut: float = 0.0) -> list[int]:
        """One label per row, in the table's order: equal for rows of one person. Clusters join while their log-odds are
        above `cut`. At 0 they join while one person is more likely than two."""

        def score_all(left: Codes, right: Codes) -> tuple[Floats, Flags]:
            compared = compare(self.columns, left, right)
            odds = score(self.columns, compared, left, right, self.model)
            return odds - cut, contradicted(self.columns, compared, self.model)

        return link(len(self.places), self.left, self.right, self.scores - cut, score_all)[self.places].tolist()

    def explain(self, row: int, other_row: int) -> Explanation:
        """The evidence for and against two rows being one person."""
        left, right = self.places[[row]], self.places[[other_row]]
        compared = compare(self.columns, left, right)
        worth = contributions(self.columns, compared, left, right, self.model)
        return Explanation(
            odds=float(score(self.columns, compared, left, right, self.model)[0]),
            prior=round(self.model.base, 2),
            columns={
                column.name: round(float(log_odds[0]), 2) for column, log_odds in zip(self.columns, worth, strict=True)
            },
            doubt=round(float(doubt(self.columns, compared, worth, self.model)[0]), 2),
            contradicted=bool(contradicted(self.columns, compared, self.model)[0]),
        )

    def odds(self, rows: Sequence[int], other_rows: Sequence[int]) -> Floats:
        """The log-odds of pairs of rows."""
        left, right = self.places[np.array(rows, np.int64)], self.places[np.array(other_rows, np.int64)]
        return score(self.columns, compare(self.columns, left, right), left, right, self.model)


def resolve_table(table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind]) -> ResolvedTable:
    """The people of a table. The order of rows has no influence on the partition."""
    records = len(next(iter(table.values()), ()))
    order = _canonical(table, kinds, records)
    ordered = {name: [table[name][row] for row in order] for name in kinds}
    fields = tuple(assemble(ordered, kinds))
    columns = tuple(field.column() for field in fields)
    left, right = candidates(columns, records)
    compared = compare(columns, left, right)
    model = learn(columns, compared, left, right, records)
    odds = score(columns, compared, left, right, model)
    return ResolvedTable(model, fields, columns, np.argsort(np.array(order, np.int64)), left, right, odds)


def _canonical(table: Mapping[str, Sequence[str]], kinds: Mapping[str, Kind], records: int) -> Sequence[int]:
    """Rows sorted by a hash of their content; equal rows are interchangeable."""

    def digest(row: int) -> bytes:
        text = "\x1f".join(table[name][row] for name in sorted(kinds))
        return blake2b(text.encode(), digest_size=16).digest()

    return np.array(sorted(range(records), key=digest), np.int64).tolist()
