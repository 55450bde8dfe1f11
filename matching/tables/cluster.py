"""People from scored pairs: average linkage over all pairs of a component, blocked or not, while the mean is over 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from matching.tables.fields import Codes, Floats
from matching.tables.levels import Flags

_LARGE = 400  # records of a part above which the cut is raised first: linkage looks at every pair of a part
_PAIRS_AT_ONCE = 500_000
_BEST = 0.25  # what the best pair counts for beside the mean of all: records of one person may have little in common
_TIE = 2.08  # log-odds by which one of two must fit better: three bits
ScoreAll = Callable[[Codes, Codes], tuple[Floats, Flags]]


def link(records: int, left: Codes, right: Codes, odds: Floats, score_all: ScoreAll) -> Codes:
    """The label of each record: the lowest row number of its cluster. `score_all` gives the log-odds of any pairs."""
    labels = np.arange(records)
    for parts in _batches(_parts(np.arange(records), left, right, odds, 0.0)):
        pairs = [np.triu_indices(len(part), 1) for part in parts]
        one = np.concatenate([part[rows] for part, (rows, _) in zip(parts, pairs, strict=True)])
        other = np.concatenate([part[rows] for part, (_, rows) in zip(parts, pairs, strict=True)])
        ends = np.cumsum([len(rows) for rows, _ in pairs])[:-1]
        scores, apart = (np.split(found, ends) for found in score_all(one, other))
        for part, (rows, columns), found, never in zip(parts, pairs, scores, apart, strict=True):
            matrix, vetoes = np.zeros((len(part), len(part))), np.zeros((len(part), len(part)), bool)
            matrix[rows, columns] = matrix[columns, rows] = found
            vetoes[rows, columns] = vetoes[columns, rows] = never
            for members in average_linkage(matrix, vetoes):
                labels[part[members]] = part[members].min()
    return labels


def _batches(parts: Sequence[Codes]) -> Iterator[list[Codes]]:
    """Parts whose pairs are scored together: many at once for speed, not all for memory."""
    batch: list[Codes] = []
    pairs = 0
    for part in parts:
        batch.append(part)
        pairs += len(part) * (len(part) - 1) // 2
        if pairs >= _PAIRS_AT_ONCE:
            yield batch
            batch, pairs = [], 0
    if batch:
        yield batch


def average_linkage(matrix: Floats, vetoes: Flags) -> list[list[int]]:
    """Joins the two clusters with the highest mean over all their pairs while it is above 0 and no pair of theirs is
    vetoed; ties go to the lowest.

    A cluster that would go with two that veto each other, about equally well, goes with neither: nobody guesses.
    """
    size = len(matrix)
    if size == 2:
        return [[0, 1]] if matrix[0, 1] > 0 and not vetoes[0, 1] else []
    members: list[list[int]] = [[n] for n in range(size)]
    sums, best, never = matrix.copy(), matrix.copy(), vetoes.copy()
    counts, barred = np.ones(size), np.zeros((size, size), bool)
    means = np.where(never, -np.inf, sums)
    np.fill_diagonal(means, -np.inf)
    while True:
        one, other = divmod(int(means.argmax()), size)
        if not means[one, other] > 0:
            break
        one, other = min(one, other), max(one, other)
        torn, contested = _torn(means, never, one, other)
        if len(contested):
            barred[torn] |= contested
            barred[:, torn] |= contested
            means[barred] = -np.inf
            continue
        sums[one] += sums[other]
        sums[:, one] += sums[:, other]
        never[one] |= never[other]
        never[:, one] |= never[:, other]
        barred[one] |= barred[other]
        barred[:, one] |= barred[:, other]
        counts[one] += counts[other]
        members[one] += members[other]
        members[other] = []
        gone = np.array([not group for group in members])
        best[one] = best[:, one] = np.maximum(best[one], best[other])
        row = np.round((1 - _BEST) * sums[one] / (counts[one] * counts) + _BEST * best[one], 9)
        row[gone | barred[one] | never[one]] = -np.inf
        row[one] = -np.inf
        means[one] = means[:, one] = row
        means[other] = means[:, other] = -np.inf
    return [group for group in members if len(group) > 1]


def _torn(means: Floats, never: Flags, one: int, other: int) -> tuple[int, Flags]:
    """Which of two that would join fits, about as well, a third that the other contradicts; and those it fits. No
    flags where it is sure."""
    for torn, kept in ((one, other), (other, one)):
        rivals = never[kept] & (means[torn] > max(0.0, float(means[one, other]) - _TIE))
        if rivals.any():
            rivals[kept] = True
            return torn, rivals
    return one, np.zeros(0, bool)


def _parts(rows: Codes, left: Codes, right: Codes, odds: Floats, cut: float) -> Sequence[Codes]:
    """Connected components of the pairs above the cut; one that is too large is split by a higher cut."""
    strong = odds > cut
    left, right, odds = left[strong], right[strong], odds[strong]
    size = int(rows.max(initial=0)) + 1
    _, label = connected_components(coo_matrix((np.ones(len(left)), (left, right)), (size, size)), directed=False)
    by_label = rows[np.argsort(label[rows], kind="stable")]
    sorted_label = label[by_label]
    starts = np.flatnonzero(np.r_[True, sorted_label[1:] != sorted_label[:-1]])[1:]
    found: list[Codes] = []
    for part in np.split(by_label, starts):
        if len(part) <= _LARGE or cut >= 9:
            if len(part) > 1:
                found += [part] if len(part) <= _LARGE else np.array_split(part, len(part) // _LARGE + 1)
            continue
        inside = np.isin(left, part)
        found += _parts(part, left[inside], right[inside], odds[inside], cut + 1)
    return found
