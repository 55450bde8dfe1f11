"""How alike two values of a column are, in a few levels, for many pairs at once: each pair of distinct values once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.names import related
from matching.probabilistic.fields import Codes, Column, Kind

Levels = NDArray[np.int8]
Flags = NDArray[np.bool_]
UNKNOWN = -1
"""The level of a pair in which a value is missing: no evidence either way."""
SWAPPED = 4
"""The level of given and family names that agree with each other's place."""
_SAME = 2  # the level from which two names are one name otherwise told


def compare(columns: Sequence[Column], left: Codes, right: Codes) -> list[Levels]:
    """For each column the level of each pair of records (as row numbers): `UNKNOWN`, 0 for different, up to `top` for
    equal. Where given and family name agree better across than straight, both get `SWAPPED`."""
    found = [_levels(column, column, left, right) for column in columns]
    kinds = [column.kind for column in columns]
    if kinds.count(Kind.GIVEN) == kinds.count(Kind.FAMILY) == 1:
        _swap(columns, found, kinds.index(Kind.GIVEN), kinds.index(Kind.FAMILY), left, right)
    return found


def _swap(columns: Sequence[Column], found: list[Levels], given: int, family: int, left: Codes, right: Codes) -> None:
    straight = np.maximum(found[given], 0) + np.maximum(found[family], 0)
    open_ = np.flatnonzero(straight < _SAME)
    one, other = left[open_], right[open_]
    across = (
        _levels(columns[given], columns[family], one, other),
        _levels(columns[family], columns[given], one, other),
    )
    for level, name in zip(across, (given, family), strict=True):
        better = (across[0] != 0) & (across[1] != 0) & (np.maximum(*across) >= _SAME)
        found[name][open_[better]] = np.where(level[better] > 0, SWAPPED, UNKNOWN)


def _levels(one: Column, other: Column, left: Codes, right: Codes) -> Levels:
    a, b = one.codes[left], other.codes[right]
    result = np.full(len(left), UNKNOWN, np.int8)
    both = (a >= 0) & (b >= 0)
    a, b = a[both], b[both]
    if one is other:
        a, b = np.minimum(a, b), np.maximum(a, b)
    pairs, inverse = np.unique(a * max(1, len(other.values)) + b, return_inverse=True)
    a, b = np.divmod(pairs, max(1, len(other.values)))
    equal = a == b if one is other else _texts_equal(one, other, a, b)
    found = np.full(len(pairs), top(one.kind), np.int8)
    if not equal.all():
        found[~equal] = _FUZZY[one.kind](_Pairs(one, other, a[~equal], b[~equal]))
    result[both] = found[inverse]
    return result


def _texts_equal(one: Column, other: Column, a: Codes, b: Codes) -> Flags:
    place = {value: code for code, value in enumerate(other.values)}
    same = np.array([place.get(value, UNKNOWN) for value in one.values], np.int64)
    return same[a] == b


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of distinct values that differ, as codes into two columns of one kind."""

    one: Column
    other: Column
    a: Codes
    b: Codes

    def scored(self, scorer: Any, **options: Any) -> NDArray[Any]:
        """A scorer of rapidfuzz on the pairs' texts."""
        one, other = self.one.values, self.other.values
        return cpdist([one[n] for n in self.a], [other[n] for n in self.b], scorer=scorer, **options)

    def slips(self, most: int) -> NDArray[Any]:
        return self.scored(OSA.distance, score_cutoff=most, dtype=np.int32)

    def agree(self, trait: int) -> Flags:
        return self.one.traits[trait][self.a] == self.other.traits[trait][self.b]

    @property
    def shortest(self) -> Codes:
        return np.minimum(self.one.lengths[self.a], self.other.lengths[self.b])


def size(kind: Kind) -> int:
    """How many levels a kind has."""
    return SWAPPED + 1 if kind in (Kind.GIVEN, Kind.FAMILY) else top(kind) + 1


def top(kind: Kind) -> int:
    """The level of equal values."""
    return 3 if kind in _FOUR else 2


_FOUR = frozenset((Kind.GIVEN, Kind.FAMILY, Kind.FULL, Kind.BIRTH, Kind.EMAIL, Kind.TEXT))


def _steps(scores: NDArray[Any], *cuts: float) -> Levels:
    """How many of the cuts each score reaches."""
    return np.searchsorted(np.array(cuts), scores, side="right").astype(np.int8)


def _names(pairs: _Pairs) -> Levels:
    """1 alike, 2 the same name otherwise told: one slip, the same sound, a nickname, an initial."""
    found = _steps(pairs.scored(JaroWinkler.similarity), 0.8)
    same = ((pairs.slips(1) <= 1) & (pairs.shortest >= 3)) | pairs.agree(0)
    open_ = np.flatnonzero(~same & (pairs.one.traits[1][pairs.a] > 0) & (pairs.other.traits[1][pairs.b] > 0))
    one, other = pairs.one.values, pairs.other.values
    same[open_] = [related(one[a], other[b]) for a, b in zip(pairs.a[open_], pairs.b[open_], strict=True)]
    found[same] = _SAME
    return found


def _full_names(pairs: _Pairs) -> Levels:
    return _steps(pairs.scored(fuzz.token_sort_ratio), 75, 92)


def _births(pairs: _Pairs) -> Levels:
    """1 two of year, month and day agree, or thirteen months apart at most; 2 one slip, or day and month swapped."""
    (y1, m1, d1), (y2, m2, d2) = (
        [t[codes] for t in c.traits] for c, codes in ((pairs.one, pairs.a), (pairs.other, pairs.b))
    )
    dates = (y1 >= 0) & (y2 >= 0)
    agreeing = (y1 == y2).astype(np.int8) + (m1 == m2) + (d1 == d2)
    near = np.abs((y1 - y2) * 365.2 + (m1 - m2) * 30.4 + (d1 - d2)) <= _NEAR_DAYS
    found = (dates & (near | (agreeing >= 2))).astype(np.int8)
    found[(pairs.slips(1) <= 1) | (dates & (y1 == y2) & (m1 == d2) & (d1 == m2))] = 2
    return found


_NEAR_DAYS = 400


def _emails(pairs: _Pairs) -> Levels:
    """1 alike, 2 the same local part or one or two slips."""
    found = _steps(pairs.scored(JaroWinkler.similarity), 0.88)
    found[pairs.agree(0) | (pairs.slips(2) <= 2)] = 2
    return found


def _texts(pairs: _Pairs) -> Levels:
    return _steps(pairs.scored(fuzz.token_sort_ratio), 70, 88)


def _numbers(pairs: _Pairs) -> Levels:
    """1 one slip, where there are three places or more."""
    return ((pairs.slips(1) <= 1) & (pairs.shortest >= 3)).astype(np.int8)


_FUZZY: dict[Kind, Callable[[_Pairs], Levels]] = {
    Kind.GIVEN: _names,
    Kind.FAMILY: _names,
    Kind.FULL: _full_names,
    Kind.BIRTH: _births,
    Kind.EMAIL: _emails,
    Kind.TEXT: _texts,
    **dict.fromkeys((Kind.PHONE, Kind.POSTCODE, Kind.NUMBER), _numbers),
}
