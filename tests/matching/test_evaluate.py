from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import bcubed, largest_cluster, pairwise, singletons

_labels = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=15)


@given(_labels)
def test_pairwise_equals_counting_pairs(labels: list[tuple[int, int]]) -> None:
    predicted, truth = ({str(n): pair[side] for n, pair in enumerate(labels)} for side in (0, 1))
    pairs = list(combinations(truth, 2))
    claimed = {(a, b) for a, b in pairs if predicted[a] == predicted[b]}
    true = {(a, b) for a, b in pairs if truth[a] == truth[b]}
    scores = pairwise(predicted, truth)
    assert (scores.predicted_pairs, scores.true_pairs) == (len(claimed), len(true))
    assert scores.correct_pairs == len(claimed & true)
    assert scores.precision == (len(claimed & true) / len(claimed) if claimed else 1.0)
    assert scores.recall == (len(claimed & true) / len(true) if true else 1.0)


@given(_labels)
def test_bcubed_equals_the_mean_over_records(labels: list[tuple[int, int]]) -> None:
    predicted, truth = ({str(n): pair[side] for n, pair in enumerate(labels)} for side in (0, 1))

    def mean(of: dict[str, int]) -> float:
        shares = []
        for key in of:
            mine = {other for other in of if of[other] == of[key]}
            both = {other for other in mine if predicted[other] == predicted[key] and truth[other] == truth[key]}
            shares.append(len(both) / len(mine))
        return sum(shares) / len(shares) if shares else 1.0

    scores = bcubed(predicted, truth)
    assert scores.precision == pytest.approx(mean(predicted))
    assert scores.recall == pytest.approx(mean(truth))


def test_the_perfect_and_the_empty_partition() -> None:
    truth = {"a": 1, "b": 1, "c": 2}
    assert pairwise(truth, truth).f1 == bcubed(truth, truth).f1 == 1.0
    assert pairwise({"a": 1, "b": 2, "c": 3}, truth).recall == 0.0
    assert pairwise({}, {}).f1 == 1.0
    assert (largest_cluster(truth), singletons(truth), largest_cluster({})) == (2, 1, 0)


def test_both_must_label_the_same_records() -> None:
    with pytest.raises(ValueError, match="same records"):
        pairwise({"a": 1}, {"b": 1})
