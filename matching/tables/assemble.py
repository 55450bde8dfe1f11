"""Fields from columns: full names split into parts, and several columns of one kind as one field of several values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from matching.names.full_names import generation, given_suffix, split_full_name, split_suffix
from matching.names.scripts import words
from matching.tables.fields import Column, column
from matching.tables.kinds import CONTACTS, Kind
from matching.tables.spelling import EMPTY

_MERGED = (
    Kind.EMAIL,
    Kind.PHONE,
    Kind.ORGANISATION,
    Kind.SUFFIX,
    Kind.SEX,
    Kind.BIRTH,
)
_ADDRESSES = (Kind.ADDRESS, Kind.STREET)
_PARTS = (Kind.CITY, Kind.STATE, Kind.POSTCODE)
Table = Mapping[str, Sequence[str]]
Cells = list[tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Field:
    """One field to compare: `cells` are the values of each row, from the columns `sources`."""

    name: str
    kind: Kind
    sources: tuple[str, ...]
    cells: Cells

    def column(self) -> Column:
        """The field as numbers."""
        return column(self.name, self.kind, self.cells)


def assemble(table: Table, kinds: Mapping[str, Kind]) -> list[Field]:
    """The fields of a table, in the order of kinds."""
    by_kind: dict[Kind, list[str]] = {}
    for name, kind in kinds.items():
        by_kind.setdefault(kind, []).append(name)
    fields = _names(table, by_kind) + _addresses(table, by_kind)
    for kind, names in by_kind.items():
        if kind in _MERGED:
            cells = _cells(table, names)
            if kind in CONTACTS:  # a cell may hold several
                cells = [tuple(chain(*map(_SEVERAL.split, cell))) for cell in cells]
            fields.append(Field(_title(kind, names), kind, tuple(names), cells))
        else:
            fields += [Field(name, kind, (name,), _cells(table, [name])) for name in names]
    fields += _codes(fields)
    order = list(Kind)
    return sorted(
        (field for field in fields if any(field.cells)), key=lambda field: (order.index(field.kind), field.name)
    )


_SEVERAL = re.compile(r"\s*[;|]\s*")
_CODE = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[^\W\d_])[\w-]{4,}")
_MANY = 0.3  # share of texts with a code from which on codes are a field


def _codes(fields: Sequence[Field]) -> list[Field]:
    """Model numbers and similar codes in titles and descriptions: the other words fit the next model just as well."""
    titles = [field for field in fields if field.kind is Kind.TEXT]
    codes = {field.name: [tuple(_CODE.findall(" ".join(cell))) for cell in field.cells] for field in titles}
    coded = [field for field in titles if _holds_codes(field, codes[field.name])]
    if not coded:
        return []
    cells = [tuple(dict.fromkeys(chain(*row))) for row in zip(*(codes[field.name] for field in coded), strict=True)]
    return [Field(Kind.CODE.value, Kind.CODE, tuple(chain(*(field.sources for field in coded))), cells)]


def _holds_codes(field: Field, codes: Sequence[tuple[str, ...]]) -> bool:
    """Whether the texts hold codes among other words."""
    filled = sum(map(bool, field.cells))
    spaced = sum(any(" " in text for text in cell) for cell in field.cells)
    return spaced > filled / 2 and sum(map(bool, codes)) >= _MANY * filled


def _title(kind: Kind, names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else kind.value


def _cells(table: Table, names: Sequence[str]) -> Cells:
    return [tuple(dict.fromkeys(filter(_says, row))) for row in zip(*(table[name] for name in names), strict=True)]


def _says(text: str) -> bool:
    return text.strip().casefold() not in EMPTY


def _names(table: Table, by_kind: dict[Kind, list[str]]) -> list[Field]:
    """Given name, family name and suffix from all columns with names; these columns are removed from `by_kind`."""
    full = by_kind.pop(Kind.FULL, [])
    given, family = by_kind.pop(Kind.GIVEN, []), by_kind.pop(Kind.FAMILY, [])
    middle = by_kind.pop(Kind.MIDDLE, []) if full else []
    suffixes = by_kind.pop(Kind.SUFFIX, [])
    name_words = _name_words(table, given, family, full)
    rows = [
        _person(name_words, full_cell, given_cell, middle_cell, family_cell, suffix_cell)
        for full_cell, given_cell, middle_cell, family_cell, suffix_cell in zip(
            *(
                _cells(table, names) if names else [()] * _rows(table)
                for names in (full, given, middle, family, suffixes)
            ),
            strict=True,
        )
    ]
    sources = [(*given, *middle, *full), (*family, *full), (*suffixes, *given, *family, *full)]
    kinds = (Kind.GIVEN, Kind.FAMILY, Kind.SUFFIX)
    return [
        Field(_title(kind, columns), kind, columns, [row[n] for row in rows])
        for n, (kind, columns) in enumerate(zip(kinds, sources, strict=True))
        if columns
    ]


def _rows(table: Table) -> int:
    return len(next(iter(table.values()), ()))


@dataclass(frozen=True, slots=True)
class _NameWords:
    """The words that are given names or family names according to the table itself."""

    given: frozenset[str]
    family: frozenset[str]

    def turned(self, given: str, family: str) -> bool:
        """Whether a full name, read as given and family name, is in the opposite order: Wang Jie."""
        first_word, last_word = given.casefold(), family.casefold()
        straight = (first_word in self.given) + (last_word in self.family)
        return (first_word in self.family) + (last_word in self.given) > straight


def _name_words(table: Table, given: Sequence[str], family: Sequence[str], full: Sequence[str]) -> _NameWords:
    split_names = [split_full_name(text)[:2] for name in full for text in table[name] if "," in text]
    givens = [text for name in given for text in table[name]] + [given_name for given_name, _ in split_names]
    families = [text for name in family for text in table[name]] + [family_name for _, family_name in split_names]
    return _NameWords(*(frozenset(word for text in texts for word in words(text)) for texts in (givens, families)))


def _person(
    name_words: _NameWords,
    full: Iterable[str],
    given: Iterable[str],
    middle: Iterable[str],
    family: Iterable[str],
    suffixes: Iterable[str],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """One row's given names, family names and suffixes."""
    givens, families, all_suffixes = [], [], list(suffixes)
    for name in given:
        plain, suffix = given_suffix(name)
        givens.append(" ".join([plain, *middle]))
        all_suffixes.append(suffix)
    for name in family:
        plain, suffix = split_suffix(name)
        families.append(plain)
        all_suffixes.append(suffix)
    for name in full:
        first, last, suffix = split_full_name(name)
        if "," not in name and name_words.turned(first, last):
            first, last = last, first
        givens.append(first)
        families += [last, " ".join((*first.split()[1:], last))]  # of three names the second may be a family name
        all_suffixes.append(suffix)
    return tuple(filter(None, givens)), tuple(filter(None, families)), tuple(filter(generation, all_suffixes))


def _addresses(table: Table, by_kind: dict[Kind, list[str]]) -> list[Field]:
    """One field of whole addresses if several columns hold addresses, some whole and some in parts."""
    address_columns = [*by_kind.get(Kind.ADDRESS, ()), *by_kind.get(Kind.STREET, ())]
    if len(address_columns) < 2:
        return []
    parts = [name for kind in _PARTS for name in by_kind.get(kind, ())]
    for kind in (*_ADDRESSES, *_PARTS, Kind.COUNTRY):
        by_kind.pop(kind, None)
    rest = _cells(table, parts) if parts else [()] * _rows(table)
    cells = [
        tuple(" ".join((address, *more)) for address in addresses)
        for addresses, more in zip(_cells(table, address_columns), rest, strict=True)
    ]
    return [Field(Kind.ADDRESS.value, Kind.ADDRESS, (*address_columns, *parts), cells)]
