"""What a column of a table holds, and its values in one spelling each: the input of comparison and blocking."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b

import numpy as np
from jellyfish import metaphone
from numpy.typing import NDArray

from matching.names import has_relatives, words

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]
MISSING = -1


class Kind(StrEnum):
    """What a column holds. It decides how values are spelt, compared and blocked."""

    GIVEN = "given_name"
    FAMILY = "family_name"
    FULL = "full_name"
    BIRTH = "birth_date"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    NUMBER = "number"
    TEXT = "text"


NAMES = (Kind.GIVEN, Kind.FAMILY, Kind.FULL)


@dataclass(frozen=True, slots=True)
class Column:
    """A column as codes into its distinct values; `MISSING` where a record has none.

    By code: `counts`, `lengths`, and `traits`, numbers that comparison would otherwise take from the text of every pair
    (names: sound, and whether another name may stand for it; birth dates: year, month, day; e-mail: local part).
    """

    name: str
    kind: Kind
    values: tuple[str, ...]
    codes: Codes
    counts: Codes
    lengths: Codes
    traits: tuple[Codes, ...]

    @property
    def known(self) -> int:
        """How many records have a value."""
        return int(self.counts.sum())


def column(name: str, kind: Kind, texts: Sequence[str]) -> Column:
    """The column of raw texts, spelt in one way each. Distinct values are sorted, so row order leaves no trace."""
    spell = _SPELL[kind] if kind is not Kind.BIRTH else _dates(texts)
    spelt = {text: spell(text) for text in set(texts)}
    values = tuple(sorted({value for value in spelt.values() if value}))
    place = {value: code for code, value in enumerate(values)} | {"": MISSING}
    codes = np.fromiter((place[spelt[text]] for text in texts), np.int64, len(texts))
    counts = np.bincount(codes[codes >= 0], minlength=len(values)).astype(np.int64)
    read = _TRAITS.get(kind)
    traits = np.array([read(value) for value in values], np.int64).reshape(len(values), -1).T if read and values else ()
    return Column(name, kind, values, codes, counts, np.array(list(map(len, values)), np.int64), tuple(traits))


def propose(table: Mapping[str, Sequence[str]]) -> dict[str, Kind]:
    """Kinds for the columns that tell who a record is about, from their names and contents.

    Left out: columns with one value or none, and row numbers (a value of its own in every row, under an id's name).
    """
    found: dict[str, Kind] = {}
    for name, texts in table.items():
        filled = [text for text in texts if text.strip()]
        distinct = len(set(filled))
        if distinct < 2 or (distinct == len(texts) and _ROW_NUMBER.search(name)):
            continue
        kind = next((kind for pattern, kind in _BY_NAME if pattern.search(name)), None) or _by_content(filled)
        found[name] = kind
    return found


_ROW_NUMBER = re.compile(r"(^|[_\W])(id|key|nr|no|index|row)$|^(rec|row|unique|record)", re.IGNORECASE)
_BY_NAME = tuple(
    (re.compile(pattern, re.IGNORECASE), kind)
    for pattern, kind in (
        (r"birth|\bdob\b|^dob|_dob", Kind.BIRTH),
        (r"mail", Kind.EMAIL),
        (r"phone|mobile|\btel", Kind.PHONE),
        (r"post_?code|zip|postal", Kind.POSTCODE),
        (r"sur_?name|last_?name|family|name_last", Kind.FAMILY),
        (r"given|first_?name|fore_?name|name_first", Kind.GIVEN),
        (r"^(full_?)?name$|name_full", Kind.FULL),
        (r"ssn|soc_sec|passport|licen[cs]e|national_id|tax_id|number", Kind.NUMBER),
    )
)
_DIGITS = re.compile(r"\d")


def _by_content(filled: Sequence[str]) -> Kind:
    sample = filled[:500]
    if sum("@" in text for text in sample) > len(sample) / 2:
        return Kind.EMAIL
    digits = sum(len(_DIGITS.findall(text)) for text in sample)
    letters = sum(sum(map(str.isalpha, text)) for text in sample)
    return Kind.NUMBER if digits > letters else Kind.TEXT


def _name(text: str) -> str:
    return " ".join(words(text))


def _text(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.casefold()))


def _email(text: str) -> str:
    return text.strip().casefold()


def _number(text: str) -> str:
    return re.sub(r"\W|_", "", text).casefold()


def _phone(text: str) -> str:
    return re.sub(r"\D", "", text).lstrip("0")


_SPELL: dict[Kind, Callable[[str], str]] = {
    **dict.fromkeys(NAMES, _name),
    Kind.EMAIL: _email,
    Kind.PHONE: _phone,
    Kind.POSTCODE: _number,
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
}
_PARTS = re.compile(r"\d+")


def _dates(texts: Sequence[str]) -> Callable[[str], str]:
    """Reads this column's dates as YYYYMMDD: where the first two parts may both be the day, the column decides."""
    parts = [list(map(int, _PARTS.findall(text))) for text in set(texts)]
    three = [p for p in parts if len(p) == 3 and p[0] < 100 and p[1] < 100]
    day_first = sum(p[0] > 12 for p in three) > sum(p[1] > 12 for p in three)

    def spell(text: str) -> str:
        found = _PARTS.findall(text)
        if len(found) == 1 and len(found[0]) == 8:
            return found[0]
        if len(found) != 3:
            return "".join(found)
        if len(found[0]) == 4:
            year, month, day = map(int, found)
        else:
            month, day, year = (int(found[n]) for n in ((1, 0, 2) if day_first else (0, 1, 2)))
            if month > 12 >= day:
                month, day = day, month
            year += 0 if year > 99 else 1900 if year > 30 else 2000
        return f"{year:04}{month:02}{day:02}"

    return spell


def sound(name: str) -> str:
    """A name by its sound; another script by its letters."""
    return (metaphone(name) or name) if name.isascii() else name


def _name_traits(name: str) -> tuple[int, int]:
    return _number_of(sound(name)), has_relatives(name)


def _date_traits(text: str) -> tuple[int, int, int]:
    return (int(text[:4]), int(text[4:6]), int(text[6:])) if len(text) == 8 else (MISSING, MISSING, MISSING)


def _email_traits(text: str) -> tuple[int]:
    return (_number_of(text.partition("@")[0]),)


def _number_of(text: str) -> int:
    """A number for a text, the same in every column and process."""
    return int.from_bytes(blake2b(text.encode(), digest_size=7).digest())


_TRAITS: dict[Kind, Callable[[str], tuple[int, ...]]] = {
    Kind.GIVEN: _name_traits,
    Kind.FAMILY: _name_traits,
    Kind.BIRTH: _date_traits,
    Kind.EMAIL: _email_traits,
}
