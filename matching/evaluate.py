"""Precision, recall and F1 of a partition against the truth, by pairs and by records, in linear time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import comb


@dataclass(frozen=True, slots=True)
class Scores:
    """Shares from 0 to 1. A share of nothing is 1: nothing was claimed, so nothing was wrong."""

    precision: float
    recall: float
    f1: float
    true_pairs: int
    predicted_pairs: int
    correct_pairs: int


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 1.0


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _counts(
    predicted: Mapping[str, Hashable], truth: Mapping[str, Hashable]
) -> tuple[Counter[Hashable], Counter[Hashable], Counter[tuple[Hashable, Hashable]]]:
    if predicted.keys() != truth.keys():
        raise ValueError("predicted and truth must label the same records")
    cells = Counter((predicted[key], truth[key]) for key in truth)
    return Counter(predicted.values()), Counter(truth.values()), cells


def _pair_counts(predicted: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> tuple[int, int, int]:
    rows, columns, cells = _counts(predicted, truth)
    true, claimed, correct = (sum(comb(n, 2) for n in c.values()) for c in (columns, rows, cells))
    return true, claimed, correct


def pairwise(predicted: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Scores:
    """Over all pairs of records: were they called one person, and was that true? Both map record key to a label."""
    true, claimed, correct = _pair_counts(predicted, truth)
    precision, recall = _ratio(correct, claimed), _ratio(correct, true)
    return Scores(precision, recall, _f1(precision, recall), true, claimed, correct)


def bcubed(predicted: Mapping[str, Hashable], truth: Mapping[str, Hashable]) -> Scores:
    """The mean over records of each record's precision and recall (Bagga and Baldwin 1998); people with many records
    weigh less than in `pairwise`."""
    rows, columns, cells = _counts(predicted, truth)
    precision = _ratio(sum(n * n / rows[row] for (row, _), n in cells.items()), len(truth))
    recall = _ratio(sum(n * n / columns[column] for (_, column), n in cells.items()), len(truth))
    return Scores(precision, recall, _f1(precision, recall), *_pair_counts(predicted, truth))


def largest_cluster(labels: Mapping[str, Hashable]) -> int:
    """The number of records of the largest cluster, 0 if there is none."""
    return max(Counter(labels.values()).values(), default=0)


def singletons(labels: Mapping[str, Hashable]) -> int:
    """The number of clusters with exactly one record."""
    return sum(1 for n in Counter(labels.values()).values() if n == 1)
