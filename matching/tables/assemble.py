"""Fields from columns: full names in their parts, and several columns of one kind as one field of several values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from matching.names import generation, split_suffix, words
from matching.tables.fields import Column, column
from matching.tables.kinds import CONTACTS, Kind
from matching.tables.spelling import EMPTY, person

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
    """What is compared: `cells` are a row's values, taken from the columns `sources`."""

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
_MANY = 0.3  # of the texts that hold a code, from which on codes are a field


def _codes(fields: Sequence[Field]) -> list[Field]:
    """Model numbers and the like in titles and descriptions: what else these say is as true of the next model."""
    titles = [field for field in fields if field.kind is Kind.TEXT]
    found = {field.name: [tuple(_CODE.findall(" ".join(cell))) for cell in field.cells] for field in titles}
    coded = [field for field in titles if _holds_codes(field, found[field.name])]
    if not coded:
        return []
    cells = [tuple(dict.fromkeys(chain(*row))) for row in zip(*(found[field.name] for field in coded), strict=True)]
    return [Field(Kind.CODE.value, Kind.CODE, tuple(chain(*(field.sources for field in coded))), cells)]


def _holds_codes(field: Field, codes: Sequence[tuple[str, ...]]) -> bool:
    """Whether the texts hold codes beside other words."""
    told = sum(map(bool, field.cells))
    spaced = sum(any(" " in text for text in cell) for cell in field.cells)
    return spaced > told / 2 and sum(map(bool, codes)) >= _MANY * told


def _title(kind: Kind, names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else kind.value


def _cells(table: Table, names: Sequence[str]) -> Cells:
    return [tuple(dict.fromkeys(filter(_says, row))) for row in zip(*(table[name] for name in names), strict=True)]


def _says(text: str) -> bool:
    return text.strip().casefold() not in EMPTY


def _names(table: Table, by_kind: dict[Kind, list[str]]) -> list[Field]:
    """Given name, family name and suffix of all columns that tell names; the columns are taken from `by_kind`."""
    full = by_kind.pop(Kind.FULL, [])
    given, family = by_kind.pop(Kind.GIVEN, []), by_kind.pop(Kind.FAMILY, [])
    middle = by_kind.pop(Kind.MIDDLE, []) if full else []
    suffixes = by_kind.pop(Kind.SUFFIX, [])
    told = _told(table, given, family, full)
    rows = [
        _person(told, one, two, three, four, five)
        for one, two, three, four, five in zip(
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
        Field(_title(kind, found), kind, found, [row[n] for row in rows])
        for n, (kind, found) in enumerate(zip(kinds, sources, strict=True))
        if found
    ]


def _rows(table: Table) -> int:
    return len(next(iter(table.values()), ()))


@dataclass(frozen=True, slots=True)
class _Told:
    """The words that the table itself tells to be given names and family names."""

    given: frozenset[str]
    family: frozenset[str]

    def turned(self, given: str, family: str) -> bool:
        """Whether a full name that was read as given and family name stands the other way round: Wang Jie."""
        one, other = given.casefold(), family.casefold()
        straight = (one in self.given) + (other in self.family)
        return (one in self.family) + (other in self.given) > straight


def _told(table: Table, given: Sequence[str], family: Sequence[str], full: Sequence[str]) -> _Told:
    sure = [person(text)[:2] for name in full for text in table[name] if "," in text]
    givens = [text for name in given for text in table[name]] + [one for one, _ in sure]
    families = [text for name in family for text in table[name]] + [other for _, other in sure]
    return _Told(*(frozenset(word for text in texts for word in words(text)) for texts in (givens, families)))


def _person(
    told: _Told,
    full: Iterable[str],
    given: Iterable[str],
    middle: Iterable[str],
    family: Iterable[str],
    suffixes: Iterable[str],
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """One row's given names, family names and suffixes."""
    givens, families, found = [], [], list(suffixes)
    for name in given:
        plain, suffix = _given_suffix(name)
        givens.append(" ".join([plain, *middle]))
        found.append(suffix)
    for name in family:
        plain, suffix = split_suffix(name)
        families.append(plain)
        found.append(suffix)
    for name in full:
        one, two, suffix = person(name)
        if "," not in name and told.turned(one, two):
            one, two = two, one
        givens.append(one)
        families += [two, " ".join((*one.split()[1:], two))]  # of three names the second may be a family name
        found.append(suffix)
    return tuple(filter(None, givens)), tuple(filter(None, families)), tuple(filter(generation, found))


def _given_suffix(given: str) -> tuple[str, str]:
    """A given name and the suffix behind it; behind a given name a lone I is one: Morris I is not Morris II."""
    plain, suffix = split_suffix(given)
    head, _, tail = plain.rpartition(" ")
    return (head, tail) if head and tail == "I" and not suffix else (plain, suffix)


def _addresses(table: Table, by_kind: dict[Kind, list[str]]) -> list[Field]:
    """One field of whole addresses where several columns tell them, some whole and some in parts."""
    told = [*by_kind.get(Kind.ADDRESS, ()), *by_kind.get(Kind.STREET, ())]
    if len(told) < 2:
        return []
    parts = [name for kind in _PARTS for name in by_kind.get(kind, ())]
    for kind in (*_ADDRESSES, *_PARTS, Kind.COUNTRY):
        by_kind.pop(kind, None)
    rest = _cells(table, parts) if parts else [()] * _rows(table)
    cells = [
        tuple(" ".join((address, *more)) for address in addresses)
        for addresses, more in zip(_cells(table, told), rest, strict=True)
    ]
    return [Field(Kind.ADDRESS.value, Kind.ADDRESS, (*told, *parts), cells)]
