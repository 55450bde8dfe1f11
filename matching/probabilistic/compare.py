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


def levels(column: Column, left: Codes, right: Codes) -> Levels:
    """For each pair of records (as row numbers) its level: `UNKNOWN`, 0 for different, up to `top` for equal."""
    one, other = column.codes[left], column.codes[right]
    result = np.full(len(left), UNKNOWN, np.int8)
    both = (one >= 0) & (other >= 0)
    low, high = np.minimum(one[both], other[both]), np.maximum(one[both], other[both])
    size = len(column.values)
    pairs, inverse = np.unique(low * size + high, return_inverse=True)
    a, b = np.divmod(pairs, size)
    found = np.zeros(len(pairs), np.int8)
    equal = a == b
    found[equal] = top(column.kind)
    if not equal.all():
        one_values = [column.values[n] for n in a[~equal]]
        other_values = [column.values[n] for n in b[~equal]]
        found[~equal] = _FUZZY[column.kind](one_values, other_values)
    result[both] = found[inverse]
    return result


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
    """1 two of year, month and day agree or two slips, 2 one slip or day and month swapped."""
    slips = cpdist(a, b, scorer=OSA.distance, score_cutoff=3, dtype=np.int32)
    swapped = np.fromiter((x == y[:4] + y[6:] + y[4:6] for x, y in zip(a, b, strict=True)), bool, len(a))
    parts = np.fromiter(
        (
            (x[:4] == y[:4]) + (x[4:6] == y[4:6]) + (x[6:] == y[6:]) >= 2
            for x, y in zip(a, b, strict=True)
        ),
        bool,
        len(a),
    )
    found = ((slips <= 2) | parts).astype(np.int8)
    found[(slips <= 1) | swapped] = 2
    return found


def _emails(a: Strings, b: Strings) -> Levels:
    """1 alike, 2 the same local part or one or two slips."""
    local = np.fromiter(
        (x.partition("@")[0] == y.partition("@")[0] for x, y in zip(a, b, strict=True)), bool, len(a)
    )
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
