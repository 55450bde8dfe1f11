"""A record in the spelling in which pairs are compared. It is made once per record and cached."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import msgspec

from matching.names.full_names import generation, given_names_in, given_suffix, split_suffix
from matching.names.scripts import latin, latin_words, script_of
from matching.records import About, Record
from matching.tables.spelling import organisation, sound

_CACHE = 1_024
"""Few: each entry is some ten objects that the collector of garbage looks at again and again."""
_STREET = {
    "street": "st", "str": "st", "avenue": "ave", "av": "ave", "road": "rd", "boulevard": "blvd", "drive": "dr",
    "lane": "ln", "court": "ct", "place": "pl", "crescent": "cres", "highway": "hwy", "parkway": "pkwy",
    "circuit": "cct", "square": "sq", "terrace": "ter", "north": "n", "south": "s", "east": "e", "west": "w",
}  # fmt: skip


class Place(NamedTuple):
    """An address: house number, street, postcode and city; empty if unknown. `words` are those of all its parts, which
    may stand in one field; `numbers` are those words with a digit, but for the postcode."""

    house: str
    street: str
    postcode: str
    city: str
    words: frozenset[str] = frozenset()
    numbers: frozenset[str] = frozenset()


class ComparedRecord(msgspec.Struct, frozen=True, eq=False, array_like=True, gc=False):
    """Words in lower-case Latin letters; empty if unknown. `script` is that in which the name is written. `emails` are
    (user part, domain). `filled`: all other fields and attributes that are known, by the names of a model."""

    given: tuple[str, ...]
    family: tuple[str, ...]
    script: str
    generation: int | None
    birth: date | None
    sex: str
    place: Place
    emails: tuple[tuple[str, str], ...]
    phones: tuple[str, ...]
    government_ids: tuple[str, ...]
    attributes: dict[str, str]
    filled: frozenset[str]

    @property
    def organisation(self) -> str:
        """The name of an organisation, if the record is of one and not of a person there."""
        return "" if self.given or self.family else self.attributes.get("organisation", "")

    @property
    def given_sound(self) -> str:
        return sound(self.given[0]) if self.given else ""

    @property
    def family_sound(self) -> str:
        return sound("".join(self.family))


class _Compared(NamedTuple):
    """The claims of a record that its profile is made of."""

    given: str
    family: str
    suffix: str
    birth: date | None
    about: About
    government_ids: frozenset[str]


def profile_of(record: Record) -> ComparedRecord:
    """The record's profile. Ids whose text is not known are compared by their keyed values: they are equal or they are
    not."""
    return _profile(_compared(record))


def profiles_of(records: Iterable[Record]) -> list[ComparedRecord]:
    """The profile of each. Records with equal claims share one object, so how many say the same can be counted."""
    claims = [_compared(record) for record in records]
    profiles = {claim: _profile(claim) for claim in claims}
    return [profiles[claim] for claim in claims]


def _compared(record: Record) -> _Compared:
    ids = record.about.government_ids or frozenset(i.value for i in record.identifiers if i.type == "government_id")
    return _Compared(record.given, record.family, record.suffix, record.birth_date, record.about, ids)


@lru_cache(_CACHE)
def _profile(claims: _Compared) -> ComparedRecord:
    given, family, suffix, birth, about, government_ids = claims
    plain, in_family = split_suffix(family)
    first, in_given = given_suffix(given)
    place, attributes = _place(about), {name: _attribute(name, value) for name, value in about.attributes}
    of_generation, sex = generation(suffix or in_family or in_given), about.sex.strip().casefold()[:1]
    known = {
        "suffix": of_generation,
        "birth_date": birth,
        "sex": sex,
        "place": place.words,
        "premises": place.words,
        "email": about.emails,
        "phone": about.phones,
        "government_id": government_ids,
    }
    return ComparedRecord(
        given=given_names_in(latin_words(first)),
        family=latin_words(plain),
        script=script_of(given or plain),
        generation=of_generation,
        birth=birth,
        sex=sex,
        place=place,
        emails=tuple(sorted((user, domain) for user, _, domain in (e.rpartition("@")[:3] for e in about.emails))),
        phones=tuple(sorted(about.phones)),
        government_ids=tuple(sorted(government_ids)),
        attributes=attributes,
        filled=frozenset((*(name for name, value in known.items() if value), *attributes)),
    )


def _attribute(name: str, value: str) -> str:
    if name == "organisation":
        return organisation(latin(value))
    return " ".join(re.findall(r"\w+", value.casefold()))


def _place(about: About) -> Place:
    line, city = latin(about.street), " ".join(latin_words(about.city))
    house, street = _street(line)
    postcode = re.sub(r"\W|_", "", about.postcode).casefold()
    words = frozenset((*_words(line), *city.split(), *filter(None, (postcode,))))
    numbers = frozenset(word for word in words if word[0].isdigit() and word != postcode)
    return Place(house, street, postcode, city, words, numbers)


def _words(line: str) -> list[str]:
    return [_STREET.get(part) or part for part in re.findall(r"\w+", line.casefold())]


def _street(line: str) -> tuple[str, str]:
    """House number and street: "12 Main Street" and "Main St. 12" give the same."""
    parts = _words(line)
    number = next((part for part in parts if part[0].isdigit()), "")
    return number, " ".join(part for part in parts if part != number)
