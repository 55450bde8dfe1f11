"""People from scored pairs: average linkage over all pairs of a component, blocked or not, while the mean is over 0."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from matching.probabilistic.fields import Codes, Floats

_LARGE = 400  # records of a part above which the cut is raised first: linkage looks at every pair of a part
_PAIRS_AT_ONCE = 500_000
ScoreAll = Callable[[Codes, Codes], Floats]


def link(records: int, left: Codes, right: Codes, odds: Floats, score_all: ScoreAll) -> Codes:
    """The label of each record: the lowest row number of its cluster. `score_all` gives the log-odds of any pairs."""
    labels = np.arange(records)
    for parts in _batches(_parts(np.arange(records), left, right, odds, 0.0)):
        pairs = [np.triu_indices(len(part), 1) for part in parts]
        one = np.concatenate([part[rows] for part, (rows, _) in zip(parts, pairs, strict=True)])
        other = np.concatenate([part[rows] for part, (_, rows) in zip(parts, pairs, strict=True)])
        scores = np.split(score_all(one, other), np.cumsum([len(rows) for rows, _ in pairs])[:-1])
        for part, (rows, columns), found in zip(parts, pairs, scores, strict=True):
            matrix = np.zeros((len(part), len(part)))
            matrix[rows, columns] = matrix[columns, rows] = found
            for members in average_linkage(matrix):
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


def average_linkage(matrix: Floats) -> list[list[int]]:
    """Joins the two clusters with the highest mean over all their pairs while it is above 0; ties go to the lowest."""
    size = len(matrix)
    if size == 2:
        return [[0, 1]] if matrix[0, 1] > 0 else []
    members: list[list[int]] = [[n] for n in range(size)]
    sums = matrix.copy()
    counts = np.ones(size)
    means = sums.copy()
    np.fill_diagonal(means, -np.inf)
    while True:
        one, other = divmod(int(means.argmax()), size)
        if not means[one, other] > 0:
            break
        one, other = min(one, other), max(one, other)
        sums[one] += sums[other]
        sums[:, one] += sums[:, other]
        counts[one] += counts[other]
        members[one] += members[other]
        members[other] = []
        gone = np.array([not group for group in members])
        row = np.round(sums[one] / (counts[one] * counts), 9)
        row[gone] = -np.inf
        row[one] = -np.inf
        means[one] = means[:, one] = row
        means[other] = means[:, other] = -np.inf
    return [group for group in members if len(group) > 1]


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
