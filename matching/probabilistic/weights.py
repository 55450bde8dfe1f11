"""What agreement is worth: Fellegi–Sunter weights by expectation maximisation over all pairs, without labels.

Candidates carry a posterior; every other pair of the n(n−1)/2 counts as a non-match, so that blocking brings no bias
(Fellegi and Sunter 1969; Winkler 2000). How often strangers agree comes from random pairs and, for equal values, from
the counts of values. Weights are natural log-odds; a value that is missing says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.probabilistic.fields import Codes, Column, Floats, Kind
from matching.probabilistic.levels import Levels, compare, size, top

_RANDOM_PAIRS = 200_000
_SEED = 20_260_101
_ROUNDS = 60
_SETTLED = 1e-5
_LEAST = 1e-5  # of m and u, so that no level is impossible
CLIP = 9.0
"""The most one pair counts for or against, in log-odds: a sum of dependent fields is over-confident."""


@dataclass(frozen=True, slots=True)
class Model:
    """`prior`: share of all pairs that match. `m`, `u`: by column, then level, the chance of it among matches and
    among strangers. `rarity`: by column, then value, what equality counts for beyond the column's mean."""

    prior: float
    m: tuple[Floats, ...]
    u: tuple[Floats, ...]
    rarity: tuple[Floats, ...]

    @property
    def weights(self) -> tuple[Floats, ...]:
        return tuple(np.log(m / u) for m, u in zip(self.m, self.u, strict=True))


def learn(columns: Sequence[Column], compared: Sequence[Levels], left: Codes, records: int) -> Model:
    """The model of these candidates in a population of `records`."""
    population = records * (records - 1) / 2
    strangers = _strangers(columns, records)
    m = [_start(column.kind) for column in columns]
    u = [s.copy() for s in strangers]
    prior = min(0.1, records / population / 2) if population else 0.1
    posterior = np.zeros(len(left))
    for _ in range(_ROUNDS):
        odds = np.full(len(left), np.log(prior / (1 - prior)))
        for level, m_of, u_of in zip(compared, m, u, strict=True):
            known = level >= 0
            odds[known] += np.log(m_of / u_of)[level[known]]
        fresh = 1 / (1 + np.exp(-np.clip(odds, -30, 30)))
        moved = float(np.abs(fresh - posterior).max(initial=0))
        posterior = fresh
        matches = float(posterior.sum())
        prior = min(0.5, max(matches, 0.5) / max(population, 1.0))
        for n, (level, stranger) in enumerate(zip(compared, strangers, strict=True)):
            known = level >= 0
            of_matches = np.bincount(level[known], posterior[known], len(stranger))
            m[n] = _shares(of_matches + _start(columns[n].kind))
            both_known = columns[n].known * (columns[n].known - 1) / 2
            u[n] = _shares(np.maximum(both_known * stranger - of_matches, 0) + _LEAST)
        if moved < _SETTLED:
            break
    rarity = tuple(
        _rarity(column, level, left, posterior, float(u_of[top(column.kind)]))
        for column, level, u_of in zip(columns, compared, u, strict=True)
    )
    return Model(prior, tuple(m), tuple(u), rarity)


def contributions(
    columns: Sequence[Column], compared: Sequence[Levels], left: Codes, right: Codes, model: Model
) -> list[Floats]:
    """By column the log-odds that each pair's level is worth; an agreement on a rare value counts for more, half as
    much where it is fuzzy. 0 where a value is missing."""
    found: list[Floats] = []
    for column, level, weight, rarity in zip(columns, compared, model.weights, model.rarity, strict=True):
        worth = np.where(level >= 0, weight[level], 0.0)
        if len(rarity):
            common = np.minimum(rarity[column.codes[left]], rarity[column.codes[right]])
            highest = top(column.kind)
            worth += np.where(level == highest, common, np.where(level == highest - 1, common / 2, 0.0))
        found.append(worth)
    return found


def score(columns: Sequence[Column], compared: Sequence[Levels], left: Codes, right: Codes, model: Model) -> Floats:
    """Log-odds of each pair that it is one person, clipped."""
    odds = np.full(len(left), np.log(model.prior / (1 - model.prior)))
    for worth in contributions(columns, compared, left, right, model):
        odds += worth
    return np.round(np.clip(odds, -CLIP, CLIP), 4).astype(np.float64)


def _strangers(columns: Sequence[Column], records: int) -> list[Floats]:
    """By column the share of each level among random pairs; of equal values by their counts, which no sample sees."""
    left, right = np.random.default_rng(_SEED).integers(0, max(1, records), (2, _RANDOM_PAIRS))
    apart = left != right
    shares: list[Floats] = []
    for column, level in zip(columns, compare(columns, left[apart], right[apart]), strict=True):
        highest, known = top(column.kind), float(column.known)
        found = np.bincount(level[level >= 0], minlength=size(column.kind)).astype(np.float64)
        equal = float((column.counts * (column.counts - 1.0)).sum()) / max(1.0, known * (known - 1.0))
        found[highest] = 0
        found *= (1 - equal) / max(1.0, found.sum())
        found[highest] = equal
        shares.append(_shares(found + _LEAST / 10))
    return shares


def _rarity(column: Column, level: Levels, left: Codes, posterior: Floats, u_equal: float) -> Floats:
    """How much rarer than the column's mean a value is among strangers, in log-odds.

    A value's count says little by itself: four rows of a rare name may be one person. So what counts is how many
    pairs that agree on it are strangers, shrunk half-way towards the mean.
    """
    equal = level == top(column.kind)
    matched = np.bincount(column.codes[left[equal]], posterior[equal], len(column.values))
    pairs = column.counts * (column.counts - 1) / 2
    partners = 2 * np.maximum(pairs - matched, 0) / np.maximum(column.counts, 1)
    share = (partners / max(1, column.known) + u_equal) / 2
    return np.log(u_equal / share)


def _start(kind: Kind) -> Floats:
    """Where matches start: mostly equal, sometimes alike, seldom different."""
    levels = np.full(size(kind), 0.1)
    levels[top(kind)] = size(kind)
    return _shares(levels)


def _shares(counts: Floats) -> Floats:
    floored = np.maximum(counts / counts.sum(), _LEAST)
    return floored / floored.sum()
