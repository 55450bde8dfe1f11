"""How alike two values of a column are, in a few levels, for many pairs at once: each pair of distinct values once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.names import given_conflict, in_lexicon
from matching.tables.fields import Codes, Column, Floats
from matching.tables.kinds import Kind

Levels = NDArray[np.int8]
Flags = NDArray[np.bool_]
UNKNOWN = -1
"""The level of a pair in which a value is missing: no evidence either way."""
SWAPPED = 4
"""The level of given and family names that agree with each other's place."""
_SAME = 2  # the level from which two names are one name otherwise told


def compare(columns: Sequence[Column], left: Codes, right: Codes) -> list[Levels]:
    """For each column the level of each pair of records (as row numbers): `UNKNOWN`, 0 for different, up to `top` for
    equal; of several values the best. Where given and family name agree better across than straight, both get
    `SWAPPED`."""
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
    width = max(1, len(other.sizes))
    pairs, inverse = np.unique(a * width + b, return_inverse=True)
    result[both] = _of_sets(one, other, *np.divmod(pairs, width))[inverse]
    return result


def _of_sets(one: Column, other: Column, a: Codes, b: Codes) -> Levels:
    """The best level that a value of one set has with a value of the other."""
    if len(one.flat) == len(one.sizes) and len(other.flat) == len(other.sizes):
        return _of_values(one, other, one.flat[a], other.flat[b])
    counts = one.sizes[a] * other.sizes[b]
    ends = np.cumsum(counts)
    of = np.repeat(np.arange(len(a)), counts)
    place, width = np.arange(len(of)) - np.repeat(ends - counts, counts), other.sizes[b][of]
    x = one.flat[one.starts[a][of] + place // width]
    y = other.flat[other.starts[b][of] + place % width]
    pairs, inverse = np.unique(x * max(1, len(other.values)) + y, return_inverse=True)
    found = _of_values(one, other, *np.divmod(pairs, max(1, len(other.values))))[inverse]
    return np.maximum.reduceat(found, ends - counts) if len(found) else found


def _of_values(one: Column, other: Column, a: Codes, b: Codes) -> Levels:
    equal = a == b if one is other else _texts_equal(one, other, a, b)
    found = np.full(len(a), top(one.kind), np.int8)
    if not equal.all():
        found[~equal] = _FUZZY[one.kind](_Pairs(one, other, a[~equal], b[~equal]))
    return found


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

    def traits(self, place: int) -> tuple[Floats, Floats]:
        return self.one.traits[place][self.a], self.other.traits[place][self.b]

    def agree(self, trait: int) -> Flags:
        one, other = self.traits(trait)
        return one == other

    def where(self, chosen: Flags, test: Callable[[str, str], bool]) -> Flags:
        """`test` of the texts of the chosen pairs, False for the others."""
        found = np.zeros(len(chosen), bool)
        one, other = self.one.values, self.other.values
        places = np.flatnonzero(chosen)
        found[places] = [test(one[a], other[b]) for a, b in zip(self.a[places], self.b[places], strict=True)]
        return found

    @property
    def shortest(self) -> Codes:
        return np.minimum(self.one.lengths[self.a], self.other.lengths[self.b])


def size(kind: Kind) -> int:
    """How many levels a kind has."""
    return SWAPPED + 1 if kind in (Kind.GIVEN, Kind.FAMILY) else top(kind) + 1


def top(kind: Kind) -> int:
    """The level of equal values."""
    return _TOPS.get(kind, 3)


_TOPS = {
    **dict.fromkeys((Kind.TEXT, Kind.PEOPLE), 4),
    **dict.fromkeys((Kind.SEX, Kind.SUFFIX), 1),
    **dict.fromkeys((Kind.PHONE, Kind.POSTCODE, Kind.NUMBER, Kind.CODE, Kind.ID), 2),
}


def _steps(scores: NDArray[Any], *cuts: float) -> Levels:
    """How many of the cuts each score reaches."""
    return np.searchsorted(np.array(cuts), scores, side="right").astype(np.int8)


def _given_names(pairs: _Pairs) -> Levels:
    """1 alike, 2 the same name otherwise told: one slip, the same sound, a nickname, an initial. Two known names are
    never alike: Mark and Mary are a letter apart."""
    found = _family_names(pairs)
    open_ = (found >= 0) & (found < _SAME) & ((np.minimum(*pairs.traits(1)) > 0) | (np.maximum(*pairs.traits(1)) > 1))
    found[pairs.where(open_, lambda a, b: not given_conflict(a, b))] = _SAME
    found[(found == 1) & (pairs.slips(2) > 2)] = 0
    found[pairs.where(found > 0, _two_names)] = 0
    return found


def _two_names(a: str, b: str) -> bool:
    return in_lexicon(a) and in_lexicon(b) and given_conflict(a, b)


def _family_names(pairs: _Pairs) -> Levels:
    """1 alike, 2 the same name otherwise told: one slip, the same sound, one of two names. Two scripts cannot be told
    apart letter by letter: they agree by sound or say nothing."""
    found = _steps(pairs.scored(JaroWinkler.similarity), 0.8)
    same = ((pairs.slips(1) <= 1) & (pairs.shortest >= 3)) | pairs.agree(0)
    same |= pairs.where(~same & _spaced(pairs), _share_a_word)
    found[same] = _SAME
    found[~same & ~pairs.agree(2)] = UNKNOWN
    return found


def _spaced(pairs: _Pairs) -> Flags:
    one, other = (np.array([" " in value for value in c.values], bool) for c in (pairs.one, pairs.other))
    return one[pairs.a] | other[pairs.b]


def _share_a_word(a: str, b: str) -> bool:
    one, other = a.split(), b.split()
    return any(len(word) > 2 for word in set(one) & set(other)) or a.replace(" ", "") == b.replace(" ", "")


def _births(pairs: _Pairs) -> Levels:
    """1 two of year, month and day agree, or thirteen months apart at most; 2 one slip, or day and month swapped.
    1 January is what systems store when they know the year only: against another day it tells the year."""
    (y1, y2), (m1, m2), (d1, d2) = map(pairs.traits, range(3))
    dates = (y1 >= 0) & (y2 >= 0)
    agreeing = (y1 == y2).astype(np.int8) + (m1 == m2) + (d1 == d2)
    near = np.abs((y1 - y2) * 365.2 + (m1 - m2) * 30.4 + (d1 - d2)) <= _NEAR_DAYS
    only_year = (y1 == y2) & ((m1 * d1 == 1) | (m2 * d2 == 1))
    found = (dates & (near | only_year | (agreeing >= 2))).astype(np.int8)
    found[(pairs.slips(1) <= 1) | (dates & (y1 == y2) & (m1 == d2) & (d1 == m2))] = 2
    return found


_NEAR_DAYS = 400


def _emails(pairs: _Pairs) -> Levels:
    """1 alike or the same local part, which is often made of the name; 2 one or two slips."""
    found = _steps(pairs.scored(JaroWinkler.similarity), 0.88)
    found[pairs.agree(0)] = 1
    found[pairs.slips(2) <= 2] = 2
    return found


def _texts(pairs: _Pairs) -> Levels:
    """1 to 3: the letters, or the words that tell most (a model number, not a brand), are more and more alike."""
    words, _ = pairs.one.words
    common = np.asarray(words[pairs.a].multiply(words[pairs.b]).sum(axis=1)).ravel()
    letters = np.maximum(pairs.scored(fuzz.token_sort_ratio), pairs.scored(fuzz.ratio))
    return np.maximum(_steps(common, 0.3, 0.55, 0.8), _steps(letters, 60, 74, 88))


def _places(pairs: _Pairs) -> Levels:
    return _steps(pairs.scored(fuzz.token_sort_ratio), 70, 88)


def _organisations(pairs: _Pairs) -> Levels:
    return _steps(np.maximum(pairs.scored(fuzz.token_sort_ratio), pairs.scored(fuzz.token_set_ratio) - 5), 75, 88)


def _addresses(pairs: _Pairs) -> Levels:
    """1 alike, 2 the same house and street, the rest otherwise told."""
    alike = np.maximum(pairs.scored(fuzz.token_sort_ratio), pairs.scored(fuzz.token_set_ratio) - 5)
    found = _steps(alike, 75, 85)
    doors = pairs.where(alike >= 60, lambda a, b: bool(_doors(a) & _doors(b)))
    found[doors] = _SAME
    found[(found == _SAME) & ~doors & ~pairs.where(found == _SAME, _no_number)] = 1
    return found


@lru_cache(65_536)
def _doors(address: str) -> frozenset[frozenset[str]]:
    """House numbers with the word beside them, in either order."""
    return frozenset(
        frozenset(two)
        for two in itertools.pairwise(address.split())
        if sum(word[:1].isdigit() for word in two) == 1 and min(map(len, two)) > 0
    )


def _no_number(a: str, b: str) -> bool:
    return not all(any(word[:1].isdigit() for word in text.split()) for text in (a, b))


def _numbers(pairs: _Pairs) -> Levels:
    """1 one slip, where there are three places or more."""
    return ((pairs.slips(1) <= 1) & (pairs.shortest >= 3)).astype(np.int8)


def _phones(pairs: _Pairs) -> Levels:
    """1 one slip, or one has no area or country code."""
    found = _numbers(pairs)
    found[pairs.where((found == 0) & (pairs.shortest >= 7), lambda a, b: a.endswith(b) or b.endswith(a))] = 1
    return found


def _amounts(pairs: _Pairs) -> Levels:
    """1 within a fifth, 2 within a fiftieth."""
    one, other = pairs.traits(0)
    apart = np.abs(one - other) / np.maximum(np.maximum(np.abs(one), np.abs(other)), 1e-9)
    return _steps(-apart, -0.2, -0.02)


def _differ(pairs: _Pairs) -> Levels:
    return np.zeros(len(pairs.a), np.int8)


_FUZZY: dict[Kind, Callable[[_Pairs], Levels]] = {
    Kind.GIVEN: _given_names,
    Kind.MIDDLE: _given_names,
    Kind.FAMILY: _family_names,
    **dict.fromkeys((Kind.BIRTH, Kind.DATE), _births),
    Kind.EMAIL: _emails,
    Kind.PHONE: _phones,
    Kind.AMOUNT: _amounts,
    **dict.fromkeys((Kind.ORGANISATION, Kind.EMPLOYER), _organisations),
    **dict.fromkeys((Kind.ADDRESS, Kind.STREET), _addresses),
    **dict.fromkeys((Kind.TEXT, Kind.PEOPLE), _texts),
    **dict.fromkeys((Kind.CITY, Kind.STATE, Kind.COUNTRY), _places),
    **dict.fromkeys((Kind.POSTCODE, Kind.NUMBER, Kind.CODE, Kind.ID), _numbers),
    **dict.fromkeys((Kind.SEX, Kind.SUFFIX), _differ),
}
