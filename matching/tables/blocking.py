"""Candidate pairs: records that agree on one of many generated keys. Linear in records, even with large blocks.

A pass is a key from one or two coarse views of columns (a date's year, a name's sound, the first letters of a text).
Inside a block of at most `CAP` records every pair is a candidate. A larger block is sorted, and each record is paired
with its next `WINDOW` neighbours (sorted neighbourhood, Hernández and Stolfo 1995).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise, product

import numpy as np

from matching.tables.fields import MISSING, Codes, Column
from matching.tables.kinds import NAMES, Kind
from matching.tables.spelling import sound

CAP = 30
WINDOW = 6
_RICH = 50  # distinct values from which on a view is enough to block on alone
_SMALL = 500  # records up to which every view is rich enough
_RARE = 4  # rarest words of a text that make keys
_SLOTS = 3  # values of one record and field that make keys
_MANY = 1 << 31


def candidates(columns: Sequence[Column], records: int) -> tuple[Codes, Codes]:
    """Pairs of row numbers, left < right, each once, sorted. `records` is the number of rows, in canonical order."""
    packed = [np.empty(0, np.int64)]
    for keys in _keys(columns):
        left, right = _pairs(np.concatenate(keys), records)
        packed.append(_distinct(left * records + right))
        if len(packed) > 16:  # memory: a pair that several passes find is kept once
            packed = [_distinct(np.concatenate(packed))]
    return np.divmod(_distinct(np.concatenate(packed)), max(1, records))


def _distinct(numbers: Codes) -> Codes:
    """Each number once, sorted. Sorting is much faster here than numpy's hashing of millions of close numbers."""
    numbers = np.sort(numbers)
    return numbers[np.r_[True, numbers[1:] != numbers[:-1]]] if len(numbers) else numbers


def _pairs(key: Codes, records: int) -> tuple[Codes, Codes]:
    """Pairs of rows with an equal key; `key` may hold several lists of keys for all rows, one list after another."""
    rows = np.flatnonzero(key >= 0)
    rows = rows[np.argsort(key[rows], kind="stable")]
    sorted_key = key[rows]
    rows %= max(1, records)
    starts = np.flatnonzero(np.r_[True, sorted_key[1:] != sorted_key[:-1]])
    sizes = np.diff(np.r_[starts, len(rows)])
    reach = np.repeat(np.where(sizes <= CAP, CAP, WINDOW), sizes)
    left, right = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for step in range(1, CAP):
        near = (sorted_key[step:] == sorted_key[:-step]) & (reach[:-step] >= step)
        if not near.any():
            break
        first, second = rows[:-step][near], rows[step:][near]
        left.append(np.minimum(first, second)[first != second])
        right.append(np.maximum(first, second)[first != second])
    return np.concatenate(left), np.concatenate(right)


def _keys(columns: Sequence[Column]) -> Iterator[list[Codes]]:
    """The passes: every view alone, if it has enough distinct values, and with every view of other columns; names in
    both orders. A pass is a list: a record with several values of a field has several keys."""
    views = [(column.name, _coded(column, view)) for column in columns for view in _VIEWS[column.kind]]
    for _, codes in views:
        if max(slot.max(initial=MISSING) for slot in codes) >= _RICH or len(codes[0]) <= _SMALL:
            yield codes
    for (name_a, a), (name_b, b) in combinations(views, 2):
        if name_a != name_b:
            yield [_both(x, y) for x, y in product(a, b)]
    for column in columns:
        if column.kind in (Kind.TEXT, Kind.PEOPLE, Kind.ORGANISATION):
            yield _rare_words(column)
    given = next((column for column in columns if column.kind is Kind.GIVEN), None)
    family = next((column for column in columns if column.kind is Kind.FAMILY), None)
    if given and family:
        yield from _both_orders(given, family)


def _rare_words(column: Column) -> list[Codes]:
    """The rarest words of each value that another value has too."""
    matrix, counts = column.words
    slots = np.full((_RARE, len(column.values) + 1), MISSING, np.int64)  # the last is what code -1 finds
    for value in range(len(column.values)):
        words = matrix.indices[matrix.indptr[value] : matrix.indptr[value + 1]]
        words = words[counts[words] > 1]
        chosen = words[np.argsort(counts[words], kind="stable")][:_RARE]
        slots[: len(chosen), value] = chosen
    return [slot[place] for slot in slots for place in column.slots[:_SLOTS]]


def _coded(column: Column, view: Callable[[str], str]) -> list[Codes]:
    texts = [view(value) for value in column.values]
    place = {text: code for code, text in enumerate(sorted({text for text in texts if text}))} | {"": MISSING}
    return _spread(column, [place[text] for text in texts])


def _spread(column: Column, by_value: Sequence[int]) -> list[Codes]:
    """Codes by value, turned into codes by record."""
    codes = np.array([*by_value, MISSING], np.int64)  # the last is what code -1 finds
    return [codes[slot] for slot in column.slots[:_SLOTS]] or [np.full(len(column.codes), MISSING, np.int64)]


def _both(a: Codes, b: Codes) -> Codes:
    return np.where((a >= 0) & (b >= 0), a * _MANY + b, MISSING)


def _both_orders(given: Column, family: Column) -> Iterator[list[Codes]]:
    """The sounds of the two names in either order: finds swapped names."""
    sounds = sorted({_sound(value) for column in (given, family) for value in column.values} - {""})
    place = {sound: code for code, sound in enumerate(sounds)} | {"": MISSING}
    ones, others = (_spread(column, [place[_sound(value)] for value in column.values]) for column in (given, family))
    pairs = list(product(ones, others))
    yield [_both(np.minimum(a, b), np.maximum(a, b)) for a, b in pairs]
    yield [np.where((a >= 0) & (b < 0), a, np.where((b >= 0) & (a < 0), b, MISSING)) for a, b in pairs]


def _sound(name: str) -> str:
    return sound(name.partition(" ")[0])


def _house(value: str) -> str:
    """House number and the word after it."""
    words = value.split()
    return next((" ".join(pair) for pair in pairwise(words) if pair[0][:1].isdigit() and pair[1].isalpha()), "")


def _whole(value: str) -> str:
    return value


_WHOLE = (_whole,)
_VIEWS: dict[Kind, Sequence[Callable[[str], str]]] = {
    **dict.fromkeys(NAMES, (_sound,)),
    Kind.MIDDLE: (_sound,),
    **dict.fromkeys((Kind.BIRTH, Kind.DATE), (_whole, lambda value: value[:4], lambda value: value[4:])),
    Kind.EMAIL: (_whole, lambda value: value.partition("@")[0], lambda value: value.partition("@")[2]),
    Kind.PHONE: (_whole, lambda value: value[-6:]),
    Kind.POSTCODE: (_whole, lambda value: value[:3]),
    **dict.fromkeys(
        (Kind.NUMBER, Kind.CODE, Kind.ID),
        (
            _whole,
            lambda value: value[:4] if len(value) > 4 else "",
            lambda value: value[-4:] if len(value) > 4 else "",
        ),
    ),
    **dict.fromkeys(
        (
            Kind.TEXT,
            Kind.PEOPLE,
            Kind.ORGANISATION,
            Kind.EMPLOYER,
            Kind.CITY,
            Kind.STREET,
        ),
        (_whole, lambda value: value[:5]),
    ),
    Kind.ADDRESS: (_whole, lambda value: value[:5], _house),
    **dict.fromkeys((Kind.STATE, Kind.COUNTRY, Kind.SEX, Kind.AMOUNT), _WHOLE),
    Kind.SUFFIX: (),
}
