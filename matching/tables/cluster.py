"""People from scored pairs: average linkage over all pairs of a component, while their mean is above 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from matching.tables.fields import Codes, Floats
from matching.tables.levels import Flags

_LARGE = 400  # a part with more records is split by a higher cut first: linkage looks at every pair of a part
_PAIRS_AT_ONCE = 500_000
_BEST = 0.25  # share of the best pair, the mean has the rest: records of one person may have little in common
_TIE = 2.08  # log-odds by which one of two must fit better: three bits
ScoreAll = Callable[[Codes, Codes], tuple[Floats, Flags]]


def link(records: int, left: Codes, right: Codes, odds: Floats, score_all: ScoreAll) -> Codes:
    """The label of each record: the lowest row number of its cluster. `score_all` gives the log-odds of any pairs."""
    labels = np.arange(records)
    for parts in _batches(_parts(np.arange(records), left, right, odds, 0.0)):
        pairs = [np.triu_indices(len(part), 1) for part in parts]
        pair_left = np.concatenate([part[rows] for part, (rows, _) in zip(parts, pairs, strict=True)])
        pair_right = np.concatenate([part[rows] for part, (_, rows) in zip(parts, pairs, strict=True)])
        ends = np.cumsum([len(rows) for rows, _ in pairs])[:-1]
        scores, vetoed = (np.split(values, ends) for values in score_all(pair_left, pair_right))
        for part, (rows, columns), part_scores, part_vetoed in zip(parts, pairs, scores, vetoed, strict=True):
            matrix, vetoes = np.zeros((len(part), len(part))), np.zeros((len(part), len(part)), bool)
            matrix[rows, columns] = matrix[columns, rows] = part_scores
            vetoes[rows, columns] = vetoes[columns, rows] = part_vetoed
            for members in average_linkage(matrix, vetoes):
                labels[part[members]] = part[members].min()
    return labels


def _batches(parts: Sequence[Codes]) -> Iterator[list[Codes]]:
    """Batches of parts whose pairs are scored together: many at once for speed, but not all, for memory."""
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
    """Joins the two clusters with the highest mean over all their pairs, while it is above 0 and none of these pairs is
    vetoed. Ties go to the lowest.

    A cluster that fits two others about equally well, and these veto each other, joins neither: nothing is guessed.
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
        keep, gone = divmod(int(means.argmax()), size)
        if not means[keep, gone] > 0:
            break
        keep, gone = min(keep, gone), max(keep, gone)
        torn, contested = _torn(means, never, keep, gone)
        if len(contested):
            barred[torn] |= contested
            barred[:, torn] |= contested
            means[barred] = -np.inf
            continue
        sums[keep] += sums[gone]
        sums[:, keep] += sums[:, gone]
        never[keep] |= never[gone]
        never[:, keep] |= never[:, gone]
        barred[keep] |= barred[gone]
        barred[:, keep] |= barred[:, gone]
        counts[keep] += counts[gone]
        members[keep] += members[gone]
        members[gone] = []
        emptied = np.array([not group for group in members])
        best[keep] = best[:, keep] = np.maximum(best[keep], best[gone])
        row = np.round((1 - _BEST) * sums[keep] / (counts[keep] * counts) + _BEST * best[keep], 9)
        row[emptied | barred[keep] | never[keep]] = -np.inf
        row[keep] = -np.inf
        means[keep] = means[:, keep] = row
        means[gone] = means[:, gone] = -np.inf
    return [group for group in members if len(group) > 1]


def _torn(means: Floats, never: Flags, left: int, right: int) -> tuple[int, Flags]:
    """Which of the two clusters fits, about as well, a third one that the other contradicts; and flags for the clusters
    that it fits. No flags if the join is clear."""
    for torn, kept in ((left, right), (right, left)):
        rivals = never[kept] & (means[torn] > max(0.0, float(means[left, right]) - _TIE))
        if rivals.any():
            rivals[kept] = True
            return torn, rivals
    return left, np.zeros(0, bool)


def _parts(rows: Codes, left: Codes, right: Codes, odds: Floats, cut: float) -> Sequence[Codes]:
    """Connected components of the pairs above the cut. A component that is too large is split by a higher cut."""
    strong = odds > cut
    left, right, odds = left[strong], right[strong], odds[strong]
    size = int(rows.max(initial=0)) + 1
    _, label = connected_components(coo_matrix((np.ones(len(left)), (left, right)), (size, size)), directed=False)
    by_label = rows[np.argsort(label[rows], kind="stable")]
    sorted_label = label[by_label]
    starts = np.flatnonzero(np.r_[True, sorted_label[1:] != sorted_label[:-1]])[1:]
    parts: list[Codes] = []
    for part in np.split(by_label, starts):
        if len(part) <= _LARGE or cut >= 9:
            if len(part) > 1:
                parts += [part] if len(part) <= _LARGE else np.array_split(part, len(part) // _LARGE + 1)
            continue
        inside = np.isin(left, part)
        parts += _parts(part, left[inside], right[inside], odds[inside], cut + 1)
    return parts
