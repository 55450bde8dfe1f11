"""A field of a table as numbers, which comparison and blocking work on. Each value has one spelling."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.names.differences import has_relatives, is_frame
from matching.tables.kinds import NAMES, Kind
from matching.tables.spelling import sound, speller

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
MISSING = -1
_MAX_VALUES = 8  # values of one record that are compared


@dataclass(frozen=True)
class Column:
    """A field as codes into its distinct sets of values (most sets hold one value); `MISSING` if a record has none.

    Set `s` holds the values `flat[starts[s]:starts[s + 1]]`. By value: `counts` of records, `lengths`, and `traits`:
    numbers that comparison would otherwise compute from the text of every pair. Names: sound; whether it has nicknames
    or other forms (2: it may abbreviate other names, or holds several); whether it is in Latin letters. Dates: year,
    month, day. E-mail: local part. Amounts: the number.
    """

    name: str
    kind: Kind
    values: tuple[str, ...]
    codes: Codes
    starts: Codes
    flat: Codes
    counts: Codes
    lengths: Codes
    traits: tuple[Floats, ...]

    @property
    def filled(self) -> int:
        """How many records have a value."""
        return int((self.codes >= 0).sum())

    @cached_property
    def sizes(self) -> Codes:
        """How many values each set holds."""
        return np.diff(self.starts)

    @cached_property
    def slots(self) -> list[Codes]:
        """For each place in a set, the value of each record; `MISSING` if its set is shorter."""
        slots: list[Codes] = []
        for place in range(int(self.sizes.max(initial=0))):
            has = self.sizes > place
            by_set = np.full(len(self.sizes) + 1, MISSING, np.int64)  # the last is what code -1 finds
            by_set[:-1][has] = self.flat[self.starts[:-1][has] + place]
            slots.append(by_set[self.codes])
        return slots

    @cached_property
    def words(self) -> tuple[Any, Codes]:
        """A matrix of values (rows) and words (columns) with the weight of each word in the value, rare words most
        (tf-idf, each row of length 1); and the number of values that hold each word."""
        word_lists = [sorted(set(value.split())) for value in self.values]
        place = {word: n for n, word in enumerate(sorted({word for words in word_lists for word in words}))}
        columns = np.array([place[word] for words in word_lists for word in words], np.int64)
        counts = np.bincount(columns, minlength=len(place)).astype(np.int64)
        weights = np.log(1 + len(word_lists) / np.maximum(counts, 1))[columns]
        starts = np.cumsum([0, *map(len, word_lists)])
        lengths = np.sqrt(
            np.bincount(np.repeat(np.arange(len(word_lists)), np.diff(starts)), weights**2, len(word_lists))
        )
        weights = weights / np.repeat(np.maximum(lengths, 1e-9), np.diff(starts))
        return csr_matrix((weights, columns, starts), (len(word_lists), max(1, len(place)))), counts

    def of_sets(self, by_value: Floats, pick: Callable[[Floats, Codes], Floats]) -> Floats:
        """Numbers by value, turned into numbers by set: `pick` is `np.minimum.reduceat` or a similar function."""
        return pick(by_value[self.flat], self.starts[:-1]) if len(self.flat) else by_value


def column(name: str, kind: Kind, cells: Sequence[str] | Sequence[Sequence[str]]) -> Column:
    """The field from raw texts, one or several per record, each in one spelling. Values and sets are sorted, so the
    order of rows has no influence."""
    rows = [(cell,) if isinstance(cell, str) else cell for cell in cells]
    texts = {text for row in rows for text in row}
    spell = speller(kind, sorted(texts))
    spelt = {text: spell(text) for text in texts}
    sets = [tuple(sorted({spelt[text] for text in row} - {""}))[:_MAX_VALUES] for row in rows]
    distinct = sorted(set(sets) - {()})
    values = tuple(sorted({value for value_set in distinct for value in value_set}))
    place = {value: code for code, value in enumerate(values)}
    place_of_set = {value_set: code for code, value_set in enumerate(distinct)} | {(): MISSING}
    codes = np.fromiter((place_of_set[value_set] for value_set in sets), np.int64, len(sets))
    starts = np.cumsum([0, *map(len, distinct)]).astype(np.int64)
    flat = np.array([place[value] for value_set in distinct for value in value_set], np.int64)
    of_sets = np.bincount(codes[codes >= 0], minlength=len(distinct))
    counts = np.bincount(flat, np.repeat(of_sets, np.diff(starts)), minlength=len(values)).astype(np.int64)
    read = _TRAITS.get(kind)
    traits = np.array([read(value) for value in values], float).reshape(len(values), -1).T if read and values else ()
    lengths = np.array(list(map(len, values)), np.int64)
    return Column(name, kind, values, codes, starts, flat, counts, lengths, tuple(traits))


def _name_traits(name: str) -> tuple[float, ...]:
    short = " " in name or is_frame(name)
    return _number_of(sound(name)), 2 if short else has_relatives(name), name.isascii()


def _date_traits(text: str) -> tuple[float, ...]:
    return (int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 else (MISSING, MISSING, MISSING)


def _email_traits(text: str) -> tuple[float, ...]:
    return (_number_of(text.partition("@")[0]),)


def _amount_traits(text: str) -> tuple[float, ...]:
    return (float(text),)


def _number_of(text: str) -> float:
    """A number for a text, the same in every column and process; exact as a float."""
    return float(int.from_bytes(blake2b(text.encode(), digest_size=6).digest()))


_TRAITS: dict[Kind, Callable[[str], tuple[float, ...]]] = {
    **dict.fromkeys((*NAMES, Kind.MIDDLE), _name_traits),
    Kind.BIRTH: _date_traits,
    Kind.DATE: _date_traits,
    Kind.EMAIL: _email_traits,
    Kind.AMOUNT: _amount_traits,
}
