"""Given names of the world, their sexes and nicknames: what lists of many languages say.

The lists are those of the packages Faker and nicknames; `nicknames.csv` adds nicknames of other languages than English.
All names are in lower-case Latin letters.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from csv import reader
from functools import cache, lru_cache
from importlib import import_module
from importlib.resources import files
from typing import cast

import faker.providers.person as lists
from nicknames import NickNamer

from matching.names.scripts import latin, script_of, writes_vowels

_FEW = 2
"""Languages that must list a name. A single list holds rare names that are slips of others elsewhere."""
_MOSTLY = 0.7
"""The share of the languages that list a name for one sex, from which on it is of that sex: Andrea is, but in Italy."""
_LONG = 3
"""Letters of a word that may be a name, and to which an ending may be added."""
_FAMILY_FIRST = ("vi_", "zh_", "ja_", "ko_", "hu_")
"""Languages that write the family name first."""
# fmt: off
PARTICLES = frozenset((
    "de", "da", "di", "du", "del", "della", "der", "den", "van", "von", "zu", "zum", "zur", "la", "le", "las", "los",
    "el", "al", "bin", "ibn", "bint", "abu", "mc", "mac", "st", "ter", "ten", "te", "dos", "das", "do", "af", "av",
))
"""Words that belong to the family name after them."""
TITLES = frozenset((
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "doctor", "sir", "dame", "rev", "hon",
    "herr", "hr", "fru", "mme", "mlle", "madame", "monsieur", "mademoiselle", "senor", "senora", "senorita",
    "sigra", "signor", "signora", "dott", "dottssa", "dhr", "mevr", "mevrouw", "meneer", "pani", "gospodin",
    "gospozha", "g-n", "g-zha", "frau", "sr", "sra", "srta", "dra", "dna", "lic", "ing", "dipl", "bayan", "shri", "smt",
))
"""Words before a name that are no name anywhere."""
# fmt: on


def read_lists() -> None:
    """Reads all lists, which takes about a second. Without it, the first names that are compared wait for that."""
    is_listed("")
    opposite_sexes("", "")
    is_family_name_first(("", ""))


def is_listed(name: str, languages: int = _FEW) -> bool:
    """Whether the word is a nickname, or a name of that many languages: a word that is none may be a typo."""
    return name in _nicknamed() or len(_languages().get(name, ())) >= languages


def is_listed_family(name: str) -> bool:
    """Whether any language lists the word as a family name."""
    return name in _family_names()


def are_two_names(a: str, b: str) -> bool:
    """Whether both are listed: neither is a typo of the other."""
    return is_listed(a) and is_listed(b)


def formal_names_of(name: str) -> set[str]:
    """The names that this one is a nickname of."""
    return _nicknames().canonicals_of(name)


def nicknames_of(name: str) -> set[str]:
    """The nicknames of a name."""
    return _nicknames().nicknames_of(name)


def likeliest(formal_names: Iterable[str]) -> str:
    """Of several formal names that one nickname stands for: the one with the most nicknames, first of all English ones,
    whose list is the longest. Ties: first in the alphabet."""
    return min(
        formal_names,
        key=lambda name: (-len(_english().nicknames_of(name)), -len(nicknames_of(name)), name),
    )


def opposite_sexes(a: str, b: str) -> bool:
    """Whether one of two given names is of women and the other of men: by the lists, or one is the other with the
    ending of women, as Radoslava of Radoslav."""
    sexes = {_sex(a, 1), _sex(b, 1)}
    if "" not in sexes and _sexes()[a].keys().isdisjoint(_sexes()[b].keys()):
        sexes = {_sex(a), _sex(b)}
    if "" not in sexes:
        return len(sexes) == 2
    short, long = sorted((a, b), key=len)
    return len(short) >= _LONG and long == f"{short}a" and short[-1] not in "aeiou" and _sex(short, 1) != "f"


def is_family_name_first(words: Sequence[str]) -> bool:
    """Whether the first word of a full name is the family name: it is one, and no given name, in a language that writes
    it first, and what follows are given names and not another family name."""
    first, *rest = words
    if first not in _front_family_names() or not rest or rest[-1] in _english_family_names():
        return False
    return any(word in _sexes() or word in _romanised() for word in rest)


@cache
def _languages() -> Mapping[str, set[str]]:
    """The languages that list a given name, scripts without vowels left out: there most short words are somebody's."""
    languages: dict[str, set[str]] = {}
    for kind in ("first_names", "first_names_male", "first_names_female", "first_names_unisex"):
        for locale, text in _texts_of(kind):
            if writes_vowels(script_of(text)):
                languages.setdefault(_plain(text), set()).add(locale)
    return languages


@lru_cache(65_536)
def _sex(name: str, least: int = _FEW) -> str:
    """Its sex if at least that many languages list it and most of them agree."""
    listed = _sexes().get(name, {})
    if len(listed) < least:
        return ""
    men = sum(sexes.count("m") / len(sexes) for sexes in listed.values()) / len(listed)
    return "m" if men >= _MOSTLY else "f" if men <= 1 - _MOSTLY else ""


@cache
def _sexes() -> Mapping[str, Mapping[str, str]]:
    """By name and language: "m", "f" or "mf", the sexes of the people with that name."""
    found: dict[str, dict[str, str]] = {}
    for sex, kind in (("m", "first_names_male"), ("f", "first_names_female")):
        for locale, text in _texts_of(kind):
            languages = found.setdefault(_plain(text), {})
            if sex not in languages.get(locale, ""):
                languages[locale] = languages.get(locale, "") + sex
    return found


@cache
def _front_family_names() -> frozenset[str]:
    kinds = ("last_names", "last_romanized_names")
    family = {_plain(name) for kind in kinds for locale, name in _texts_of(kind) if locale.startswith(_FAMILY_FIRST)}
    given = _romanised() | _sexes().keys() | _nicknamed()
    return frozenset(name for name in family - given if len(name) >= _LONG and name.isalpha())


@cache
def _romanised() -> frozenset[str]:
    return frozenset(_plain(name) for _, name in _texts_of("first_romanized_names"))


@cache
def _family_names() -> frozenset[str]:
    return frozenset(_plain(name) for _, name in _texts_of("last_names"))


@cache
def _english_family_names() -> frozenset[str]:
    return frozenset(_plain(name) for locale, name in _texts_of("last_names") if locale.startswith("en_"))


def _texts_of(kind: str) -> Iterator[tuple[str, str]]:
    """Locale and text of one kind of list, in every language that has it."""
    for module in pkgutil.iter_modules(lists.__path__):
        provider = import_module(f"{lists.__name__}.{module.name}").Provider
        names = getattr(provider, kind, ())
        if isinstance(names, Iterable):  # some languages compute theirs
            yield from ((module.name, str(text)) for text in cast("Iterable[object]", names))


def _plain(name: str) -> str:
    return latin(name).replace("'", "").casefold().strip()


@cache
def _english() -> NickNamer:
    return NickNamer()


@cache
def _nicknames() -> NickNamer:
    names = _english().nickname_lookup
    text = files("matching.names").joinpath("nicknames.csv").read_text("utf-8")
    for formal, *nicknames in reader(line for line in text.splitlines() if not line.startswith("#")):
        names.setdefault(latin(formal), set()).update(map(latin, nicknames))
    return NickNamer(nickname_lookup=names)


@cache
def _nicknamed() -> frozenset[str]:
    names = _nicknames()
    return frozenset(names.nickname_lookup) | frozenset(names.canonical_lookup)
