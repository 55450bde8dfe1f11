"""Average linkage of a table's rows is what its definition says."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matching.tables.cluster import average_linkage


def pair(one: int, other: int) -> tuple[Any, Any]:
    return np.array([one]), np.array([other])


@given(
    st.integers(2, 7).flatmap(
        lambda n: st.lists(st.tuples(st.integers(-40, 40), st.booleans()), min_size=n * n, max_size=n * n)
    )
)
def test_linkage_is_what_its_definition_says(cells: list[tuple[int, bool]]) -> None:
    size = int(len(cells) ** 0.5)
    matrix, vetoes = (np.triu(np.array(half, float).reshape(size, size), 1) for half in zip(*cells, strict=True))
    matrix, never = matrix + matrix.T, (vetoes + vetoes.T) > 0
    found = {frozenset(group) for group in average_linkage(matrix, never)}
    assert found == {group for group in naive(matrix, never) if len(group) > 1}


Group = frozenset[int]


def naive(matrix: Any, never: Any) -> set[Group]:
    """Every round, every two groups from scratch; ties go to the lowest first records."""
    groups = [frozenset([n]) for n in range(len(matrix))]
    barred: set[tuple[int, int]] = set()

    def vetoed(a: Group, b: Group) -> bool:
        return any(never[x, y] for x in a for y in b)

    def score(a: Group, b: Group) -> float:
        pairs = list(product(a, b))
        if vetoed(a, b) or barred.intersection(pairs) or barred.intersection(product(b, a)):
            return -np.inf
        found = [matrix[x, y] for x, y in pairs]
        return round(0.75 * sum(found) / len(found) + 0.25 * max(found), 9)

    while True:
        best = max(combinations(groups, 2), key=lambda two: (score(*two), [-min(g) for g in two]), default=None)
        if best is None or score(*best) <= 0:
            return set(groups)
        for torn, kept in (best, best[::-1]):
            least = max(0.0, score(*best) - 2.08)
            rivals = [g for g in groups if g not in best and vetoed(kept, g) and score(torn, g) > least]
            if rivals:
                barred |= {pair for rival in (kept, *rivals) for pair in product(torn, rival)}
                break
        else:
            groups = sorted([*(g for g in groups if g not in best), best[0] | best[1]], key=min)


def test_a_record_that_fits_two_who_contradict_each_other_goes_with_neither() -> None:
    matrix = np.array([[0, 5, 4.5, 3], [5, 0, -9, 0], [4.5, -9, 0, 0], [3, 0, 0, 0]], float)
    never = matrix == -9
    assert average_linkage(matrix, never) == [[0, 3]]
    assert average_linkage(matrix, np.zeros((4, 4), bool)) == [[0, 1, 3]]
    matrix[0, 1] = matrix[1, 0] = 7
    assert average_linkage(matrix, never) == [[0, 1, 3]]
