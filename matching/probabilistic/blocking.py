"""Candidate pairs: records that agree on one of many generated keys. Linear in records; no block is ever quadratic.

A pass is a key from one or two coarse views of columns (a date's year, a name's sound, the first letters of a text).
Inside a block of at most `CAP` records every pair is a candidate; a larger block is sorted and each record meets its
`WINDOW` next neighbours (sorted neighbourhood, Hernández and Stolfo 1995).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

import numpy as np

from matching.probabilistic.fields import MISSING, NAMES, Codes, Column, Kind, sound

CAP = 30
WINDOW = 6
_RICH = 50  # distinct values below which a view says too little to block on alone


def candidates(columns: Sequence[Column], records: int) -> tuple[Codes, Codes]:
    """Pairs of row numbers, left < right, each once, sorted. `records` is the number of rows, in canonical order."""
    packed = [np.empty(0, np.int64)]
    for key in _keys(columns):
        left, right = _pairs(key)
        packed.append(np.unique(left * records + right))
        if len(packed) > 16:  # memory: what many passes find alike is kept once
            packed = [np.unique(np.concatenate(packed))]
    return np.divmod(np.unique(np.concatenate(packed)), records)


def _pairs(key: Codes) -> tuple[Codes, Codes]:
    rows = np.flatnonzero(key >= 0)
    rows = rows[np.argsort(key[rows], kind="stable")]
    sorted_key = key[rows]
    starts = np.flatnonzero(np.r_[True, sorted_key[1:] != sorted_key[:-1]])
    sizes = np.diff(np.r_[starts, len(rows)])
    reach = np.repeat(np.where(sizes <= CAP, CAP, WINDOW), sizes)
    left, right = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for step in range(1, CAP):
        near = (sorted_key[step:] == sorted_key[:-step]) & (reach[:-step] >= step)
        if not near.any():
            break
        one, other = rows[:-step][near], rows[step:][near]
        left.append(np.minimum(one, other))
        right.append(np.maximum(one, other))
    return np.concatenate(left), np.concatenate(right)


def _keys(columns: Sequence[Column]) -> Iterator[Codes]:
    """The passes: every view alone, if it tells enough, and with every view of other columns; names in both orders."""
    views = [view for column in columns for view in _views(column)]
    for _, codes in views:
        if codes.max(initial=MISSING) >= _RICH:
            yield codes
    for (one, a), (other, b) in combinations(views, 2):
        if one != other:
            yield _both(a, b)
    names = [column for column in columns if column.kind in NAMES]
    if len(names) > 1:
        yield from _both_orders(names[0], names[1])


def _views(column: Column) -> Iterator[tuple[str, Codes]]:
    for view in _VIEWS[column.kind]:
        yield column.name, _coded(column, view)


def _coded(column: Column, view: Callable[[str], str]) -> Codes:
    texts = [view(value) for value in column.values]
    place = {text: code for code, text in enumerate(sorted({text for text in texts if text}))} | {"": MISSING}
    return _spread(column, [place[text] for text in texts])


def _spread(column: Column, by_value: Sequence[int]) -> Codes:
    """What is known by value, by record."""
    return np.array([*by_value, MISSING], np.int64)[column.codes]  # the last is what code -1 finds


def _both(a: Codes, b: Codes) -> Codes:
    return np.where((a >= 0) & (b >= 0), a * (int(b.max(initial=0)) + 1) + b, MISSING)


def _both_orders(one: Column, other: Column) -> Iterator[Codes]:
    """The two names' sounds, whichever stands first: finds swapped names."""
    sounds = sorted({_sound(value) for column in (one, other) for value in column.values} - {""})
    place = {sound: code for code, sound in enumerate(sounds)} | {"": MISSING}
    a, b = (_spread(column, [place[_sound(value)] for value in column.values]) for column in (one, other))
    yield np.where((a >= 0) & (b >= 0), np.minimum(a, b) * (len(sounds) + 1) + np.maximum(a, b), MISSING)
    yield np.where((a >= 0) & (b < 0), a, np.where((b >= 0) & (a < 0), b, MISSING))


def _sound(name: str) -> str:
    return sound(name.partition(" ")[0])


def _whole(value: str) -> str:
    return value


_VIEWS: dict[Kind, Sequence[Callable[[str], str]]] = {
    **dict.fromkeys(NAMES, (_sound,)),
    Kind.BIRTH: (_whole, lambda value: value[:4], lambda value: value[4:]),
    Kind.EMAIL: (_whole, lambda value: value.partition("@")[0], lambda value: value.partition("@")[2]),
    Kind.PHONE: (_whole, lambda value: value[-6:]),
    Kind.POSTCODE: (_whole, lambda value: value[:3]),
    Kind.NUMBER: (
        _whole,
        lambda value: value[:4] if len(value) > 4 else "",
        lambda value: value[-4:] if len(value) > 4 else "",
    ),
    Kind.TEXT: (_whole, lambda value: value[:5]),
}
