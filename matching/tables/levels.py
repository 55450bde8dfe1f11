"""How alike two values of a column are, as a few levels, for many pairs at once. Distinct values are compared once."""

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

from matching.names.differences import given_conflict
from matching.names.given_names import is_listed
from matching.tables.fields import Codes, Column, Floats
from matching.tables.kinds import Kind

Levels = NDArray[np.int8]
Flags = NDArray[np.bool_]
UNKNOWN = -1
"""The level of a pair in which a value is missing: no evidence either way."""
SWAPPED = 4
"""The level of given and family names that are swapped."""
_SAME = 2  # the level from which on two names are one name in another form


def compare(columns: Sequence[Column], left: Codes, right: Codes) -> list[Levels]:
    """For each column, the level of each pair of records (as row numbers): `UNKNOWN`, 0 for different, up to `top` for
    equal; the best level if there are several values. If given and family name agree better when swapped, both get
    `SWAPPED`."""
    levels = [_levels(column, column, left, right) for column in columns]
    kinds = [column.kind for column in columns]
    if kinds.count(Kind.GIVEN) == kinds.count(Kind.FAMILY) == 1:
        _swap(columns, levels, kinds.index(Kind.GIVEN), kinds.index(Kind.FAMILY), left, right)
    return levels


def _swap(columns: Sequence[Column], levels: list[Levels], given: int, family: int, left: Codes, right: Codes) -> None:
    straight = np.maximum(levels[given], 0) + np.maximum(levels[family], 0)
    open_ = np.flatnonzero(straight < _SAME)
    open_left, open_right = left[open_], right[open_]
    across = (
        _levels(columns[given], columns[family], open_left, open_right),
        _levels(columns[family], columns[given], open_left, open_right),
    )
    for level, name in zip(across, (given, family), strict=True):
        better = (across[0] != 0) & (across[1] != 0) & (np.maximum(*across) >= _SAME)
        levels[name][open_[better]] = np.where(level[better] > 0, SWAPPED, UNKNOWN)


def _levels(left_column: Column, right_column: Column, left: Codes, right: Codes) -> Levels:
    a, b = left_column.codes[left], right_column.codes[right]
    result = np.full(len(left), UNKNOWN, np.int8)
    both = (a >= 0) & (b >= 0)
    a, b = a[both], b[both]
    if left_column is right_column:
        a, b = np.minimum(a, b), np.maximum(a, b)
    width = max(1, len(right_column.sizes))
    pairs, inverse = np.unique(a * width + b, return_inverse=True)
    result[both] = _of_sets(left_column, right_column, *np.divmod(pairs, width))[inverse]
    return result


def _of_sets(left_column: Column, right_column: Column, a: Codes, b: Codes) -> Levels:
    """The best level between a value of one set and a value of the other."""
    if len(left_column.flat) == len(left_column.sizes) and len(right_column.flat) == len(right_column.sizes):
        return _of_values(left_column, right_column, left_column.flat[a], right_column.flat[b])
    counts = left_column.sizes[a] * right_column.sizes[b]
    ends = np.cumsum(counts)
    pair = np.repeat(np.arange(len(a)), counts)
    place, width = np.arange(len(pair)) - np.repeat(ends - counts, counts), right_column.sizes[b][pair]
    x = left_column.flat[left_column.starts[a][pair] + place // width]
    y = right_column.flat[right_column.starts[b][pair] + place % width]
    pairs, inverse = np.unique(x * max(1, len(right_column.values)) + y, return_inverse=True)
    levels = _of_values(left_column, right_column, *np.divmod(pairs, max(1, len(right_column.values))))[inverse]
    return np.maximum.reduceat(levels, ends - counts) if len(levels) else levels


def _of_values(left_column: Column, right_column: Column, a: Codes, b: Codes) -> Levels:
    equal = a == b if left_column is right_column else _texts_equal(left_column, right_column, a, b)
    levels = np.full(len(a), top(left_column.kind), np.int8)
    if not equal.all():
        levels[~equal] = _FUZZY[left_column.kind](_Pairs(left_column, right_column, a[~equal], b[~equal]))
    return levels


def _texts_equal(left_column: Column, right_column: Column, a: Codes, b: Codes) -> Flags:
    place = {value: code for code, value in enumerate(right_column.values)}
    same = np.array([place.get(value, UNKNOWN) for value in left_column.values], np.int64)
    return same[a] == b


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of distinct values that differ, as codes into two columns of one kind."""

    left: Column
    right: Column
    a: Codes
    b: Codes

    def scored(self, scorer: Any, **options: Any) -> NDArray[Any]:
        """The results of a rapidfuzz scorer on the texts of the pairs."""
        left_texts, right_texts = self.left.values, self.right.values
        return cpdist([left_texts[n] for n in self.a], [right_texts[n] for n in self.b], scorer=scorer, **options)

    def slips(self, most: int) -> NDArray[Any]:
        return self.scored(OSA.distance, score_cutoff=most, dtype=np.int32)

    def traits(self, place: int) -> tuple[Floats, Floats]:
        return self.left.traits[place][self.a], self.right.traits[place][self.b]

    def agree(self, trait: int) -> Flags:
        left_traits, right_traits = self.traits(trait)
        return left_traits == right_traits

    def where(self, chosen: Flags, test: Callable[[str, str], bool]) -> Flags:
        """The results of `test` on the texts of the chosen pairs; False for other pairs."""
        passed = np.zeros(len(chosen), bool)
        left_texts, right_texts = self.left.values, self.right.values
        places = np.flatnonzero(chosen)
        passed[places] = [
            test(left_texts[a], right_texts[b]) for a, b in zip(self.a[places], self.b[places], strict=True)
        ]
        return passed

    @property
    def shortest(self) -> Codes:
        return np.minimum(self.left.lengths[self.a], self.right.lengths[self.b])


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
    """1: alike. 2: the same name in another form (one typo, the same sound, a nickname, an initial). Two names of the
    lexicon are never only alike: Mark and Mary are one letter apart."""
    levels = _family_names(pairs)
    open_ = (levels >= 0) & (levels < _SAME) & ((np.minimum(*pairs.traits(1)) > 0) | (np.maximum(*pairs.traits(1)) > 1))
    levels[pairs.where(open_, lambda a, b: not given_conflict(a, b))] = _SAME
    levels[(levels == 1) & (pairs.slips(2) > 2)] = 0
    levels[pairs.where(levels > 0, _two_names)] = 0
    return levels


def _two_names(a: str, b: str) -> bool:
    return is_listed(a) and is_listed(b) and given_conflict(a, b)


def _family_names(pairs: _Pairs) -> Levels:
    """1: alike. 2: the same name in another form (one typo, the same sound, one of two names). Two scripts cannot be
    compared letter by letter: they agree by sound or give no evidence."""
    levels = _steps(pairs.scored(JaroWinkler.similarity), 0.8)
    same = ((pairs.slips(1) <= 1) & (pairs.shortest >= 3)) | pairs.agree(0)
    same |= pairs.where(~same & _spaced(pairs), _share_a_word)
    levels[same] = _SAME
    levels[~same & ~pairs.agree(2)] = UNKNOWN
    return levels


def _spaced(pairs: _Pairs) -> Flags:
    left_spaced, right_spaced = (
        np.array([" " in value for value in c.values], bool) for c in (pairs.left, pairs.right)
    )
    return left_spaced[pairs.a] | right_spaced[pairs.b]


def _share_a_word(a: str, b: str) -> bool:
    words_a, words_b = a.split(), b.split()
    return any(len(word) > 2 for word in set(words_a) & set(words_b)) or a.replace(" ", "") == b.replace(" ", "")


def _births(pairs: _Pairs) -> Levels:
    """1: two of year, month and day agree, or the dates are at most thirteen months apart. 2: one typo, or day and
    month swapped. Systems that know only the year store 1 January: compared with another day only the year counts."""
    (y1, y2), (m1, m2), (d1, d2) = map(pairs.traits, range(3))
    dates = (y1 >= 0) & (y2 >= 0)
    agreeing = (y1 == y2).astype(np.int8) + (m1 == m2) + (d1 == d2)
    near = np.abs((y1 - y2) * 365.2 + (m1 - m2) * 30.4 + (d1 - d2)) <= _NEAR_DAYS
    only_year = (y1 == y2) & ((m1 * d1 == 1) | (m2 * d2 == 1))
    levels = (dates & (near | only_year | (agreeing >= 2))).astype(np.int8)
    levels[(pairs.slips(1) <= 1) | (dates & (y1 == y2) & (m1 == d2) & (d1 == m2))] = 2
    return levels


_NEAR_DAYS = 400


def _emails(pairs: _Pairs) -> Levels:
    """1: alike, or the same local part, which often holds the name. 2: one or two typos."""
    levels = _steps(pairs.scored(JaroWinkler.similarity), 0.88)
    levels[pairs.agree(0)] = 1
    levels[pairs.slips(2) <= 2] = 2
    return levels


def _texts(pairs: _Pairs) -> Levels:
    """1 to 3: more and more alike by their letters, or by their most specific words (a model number, not a brand)."""
    words, _ = pairs.left.words
    common = np.asarray(words[pairs.a].multiply(words[pairs.b]).sum(axis=1)).ravel()
    letters = np.maximum(pairs.scored(fuzz.token_sort_ratio), pairs.scored(fuzz.ratio))
    return np.maximum(_steps(common, 0.3, 0.55, 0.8), _steps(letters, 60, 74, 88))


def _places(pairs: _Pairs) -> Levels:
    return _steps(pairs.scored(fuzz.token_sort_ratio), 70, 88)


def _organisations(pairs: _Pairs) -> Levels:
    return _steps(np.maximum(pairs.scored(fuzz.token_sort_ratio), pairs.scored(fuzz.token_set_ratio) - 5), 75, 88)


def _addresses(pairs: _Pairs) -> Levels:
    """1: alike. 2: the same house and street, the rest written differently."""
    alike = np.maximum(pairs.scored(fuzz.token_sort_ratio), pairs.scored(fuzz.token_set_ratio) - 5)
    levels = _steps(alike, 75, 85)
    doors = pairs.where(alike >= 60, lambda a, b: bool(_doors(a) & _doors(b)))
    levels[doors] = _SAME
    levels[(levels == _SAME) & ~doors & ~pairs.where(levels == _SAME, _no_number)] = 1
    return levels


@lru_cache(65_536)
def _doors(address: str) -> frozenset[frozenset[str]]:
    """House numbers with the word next to them, in either order."""
    return frozenset(
        frozenset(two)
        for two in itertools.pairwise(address.split())
        if sum(word[:1].isdigit() for word in two) == 1 and min(map(len, two)) > 0
    )


def _no_number(a: str, b: str) -> bool:
    return not all(any(word[:1].isdigit() for word in text.split()) for text in (a, b))


def _numbers(pairs: _Pairs) -> Levels:
    """1: one typo, in values of three characters or more."""
    return ((pairs.slips(1) <= 1) & (pairs.shortest >= 3)).astype(np.int8)


def _phones(pairs: _Pairs) -> Levels:
    """1: one typo, or one number lacks the area or country code."""
    levels = _numbers(pairs)
    levels[pairs.where((levels == 0) & (pairs.shortest >= 7), lambda a, b: a.endswith(b) or b.endswith(a))] = 1
    return levels


def _amounts(pairs: _Pairs) -> Levels:
    """1: within a fifth of the larger amount. 2: within a fiftieth."""
    left, right = pairs.traits(0)
    apart = np.abs(left - right) / np.maximum(np.maximum(np.abs(left), np.abs(right)), 1e-9)
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
