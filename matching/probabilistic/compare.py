"""How alike two values of a column are, in a few levels, for many pairs at once: each pair of distinct values once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from jellyfish import metaphone
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from matching.names import related
from matching.probabilistic.fields import Codes, Column, Kind

Levels = NDArray[np.int8]
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
    one_values, other_values = [one.values[n] for n in a], [other.values[n] for n in b]
    found = np.full(len(pairs), top(one.kind), np.int8)
    differ = np.flatnonzero([x != y for x, y in zip(one_values, other_values, strict=True)])
    if len(differ):
        found[differ] = _FUZZY[one.kind]([one_values[n] for n in differ], [other_values[n] for n in differ])
    result[both] = found[inverse]
    return result


def size(kind: Kind) -> int:
    """How many levels a kind has."""
    return SWAPPED + 1 if kind in (Kind.GIVEN, Kind.FAMILY) else top(kind) + 1


def top(kind: Kind) -> int:
    """The level of equal values."""
    return 3 if kind in _FOUR else 2


_FOUR = frozenset((Kind.GIVEN, Kind.FAMILY, Kind.FULL, Kind.BIRTH, Kind.EMAIL, Kind.TEXT))
Strings = Sequence[str]


def _steps(scores: NDArray[np.float64], *cuts: float) -> Levels:
    """The level above each cut reached, cuts from the lowest."""
    return sum((scores >= cut).astype(np.int8) for cut in cuts).astype(np.int8)  # type: ignore[union-attr]


def _names(a: Strings, b: Strings) -> Levels:
    """1 alike, 2 the same name otherwise told: one slip, the same sound, a nickname, an initial."""
    found = _steps(cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float64), 0.8)
    slips = cpdist(a, b, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
    short = np.fromiter((min(len(x), len(y)) for x, y in zip(a, b, strict=True)), np.int64, len(a))
    same = (slips <= 1) & (short >= 3)
    same |= np.fromiter(
        (not s and (_sound(x) == _sound(y) or related(x, y)) for x, y, s in zip(a, b, same, strict=True)), bool, len(a)
    )
    found[same] = 2
    return found


def _sound(name: str) -> str:
    return metaphone(name) if name.isascii() else name


def _full_names(a: Strings, b: Strings) -> Levels:
    scores = cpdist(a, b, scorer=fuzz.token_sort_ratio, dtype=np.float64)
    return _steps(scores, 75, 92)


def _births(a: Strings, b: Strings) -> Levels:
    """1 two of year, month and day agree, or thirteen months apart at most; 2 one slip, or day and month swapped."""
    slips = cpdist(a, b, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
    swapped = np.fromiter((x == y[:4] + y[6:] + y[4:6] for x, y in zip(a, b, strict=True)), bool, len(a))
    parts = np.fromiter(map(_agreeing_parts, a, b), np.int64, len(a))
    near = np.abs(_days(a) - _days(b)) <= _NEAR_DAYS
    found = (near | (parts >= 2)).astype(np.int8)
    found[(slips <= 1) | swapped] = 2
    return found


_NEAR_DAYS = 400


def _agreeing_parts(a: str, b: str) -> int:
    return (a[:4] == b[:4]) + (a[4:6] == b[4:6]) + (a[6:] == b[6:])


def _days(texts: Strings) -> NDArray[np.float64]:
    """Days on one scale, months of 30.4; NaN, near to nothing, for what is no date."""
    return np.fromiter(
        (int(t[:4]) * 365.2 + int(t[4:6]) * 30.4 + int(t[6:]) if len(t) == 8 else np.nan for t in texts),
        np.float64,
        len(texts),
    )


def _emails(a: Strings, b: Strings) -> Levels:
    """1 alike, 2 the same local part or one or two slips."""
    local = np.fromiter((x.partition("@")[0] == y.partition("@")[0] for x, y in zip(a, b, strict=True)), bool, len(a))
    found = _steps(cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float64), 0.88)
    found[local | (cpdist(a, b, scorer=OSA.distance, score_cutoff=3, dtype=np.int32) <= 2)] = 2
    return found


def _texts(a: Strings, b: Strings) -> Levels:
    scores = cpdist(a, b, scorer=fuzz.token_sort_ratio, dtype=np.float64)
    return _steps(scores, 70, 88)


def _numbers(a: Strings, b: Strings) -> Levels:
    """1 one slip, where there are three places or more."""
    slips = cpdist(a, b, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
    short = np.fromiter((min(len(x), len(y)) for x, y in zip(a, b, strict=True)), np.int64, len(a))
    return ((slips <= 1) & (short >= 3)).astype(np.int8)


_FUZZY: dict[Kind, Callable[[Strings, Strings], Levels]] = {
    Kind.GIVEN: _names,
    Kind.FAMILY: _names,
    Kind.FULL: _full_names,
    Kind.BIRTH: _births,
    Kind.EMAIL: _emails,
    Kind.TEXT: _texts,
    **dict.fromkeys((Kind.PHONE, Kind.POSTCODE, Kind.NUMBER), _numbers),
}
