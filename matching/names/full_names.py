"""The parts of a full name: given names, family name, suffix; and what in them is no name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from matching.names.given_names import PARTICLES, TITLES, is_family_name_first
from matching.names.scripts import latin

_CACHE = 65_536
_CHINESE = re.compile(r"^[\u3400-\u9fff\uac00-\ud7af]{2,4}$")
_PATRONYMIC = re.compile(
    r"(?:ovich|evich|ovych|evych|ovna|evna|ivna|ichna|ilich|ilyich|kuzmich|lukich|fomich|nikitich)$"
)
_OF_THE_FATHER = frozenset(("ogly", "oglu", "kyzy", "kizi"))
_GENERATIONS = {"sr": 1, "senior": 1, "i": 1, "jr": 2, "junior": 2, "jnr": 2, "ii": 2, "iii": 3, "iv": 4, "v": 5}
_BEFORE_GIVEN = PARTICLES - {"van"}
_ALONE = PARTICLES - {"da", "do", "du", "di", "le", "te", "van", "la", "el", "al"}
"""Particles that are no syllable of a given name anywhere."""


class FullName(NamedTuple):
    """Texts, empty where there is none."""

    given: str
    family: str
    suffix: str


@lru_cache(_CACHE)
def split_full_name(text: str) -> FullName:
    """The parts of "Ann Smith", "Smith, Ann", "Dr. Ann van den Berg Jr.", "Иванова Анна Петровна", "Nguyễn Văn An" or
    "王杰". A single word is a given name, but a family name after a title."""
    name, suffix = split_suffix(re.sub(r"\(.*?\)", " ", text))
    if _CHINESE.match(name):
        at = 2 if len(name) == 4 else 1
        return FullName(name[at:], name[:at], suffix)
    if "," in name:
        family, _, given = name.partition(",")
        family, other = split_suffix(family)
        return FullName(_untitled(given)[0], _untitled(family)[0], suffix or other)
    name, titled = _untitled(name)
    parts = name.split()
    if len(parts) < 2:
        return FullName("", name, suffix) if titled else FullName(name, "", suffix)
    plain = [latin(part).replace("'", "").casefold() for part in parts]
    named_by_father = len(parts) == 3 and _PATRONYMIC.search(plain[2])
    if named_by_father or (len(parts) > 3 and plain[-1] in _OF_THE_FATHER) or is_family_name_first(plain):
        return FullName(" ".join(parts[1:]), parts[0], suffix)
    at = len(parts) - 1
    while at > 1 and plain[at - 1] in PARTICLES:
        at -= 1
    return FullName(" ".join(parts[:at]), " ".join(parts[at:]), suffix)


def _untitled(name: str) -> tuple[str, bool]:
    """The name without titles at its start, if anything is left, and whether it had one."""
    parts = name.split()
    at = 0
    while at < len(parts) - 1 and latin(parts[at]).strip(".").casefold() in TITLES:
        at += 1
    return " ".join(parts[at:]), at > 0


@lru_cache(_CACHE)
def given_names_in(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a given name without titles before it and the particles of a family name after it. A particle at the
    start belongs to the next word: Abu Bakr is Abubakr, and La Toya is Latoya."""
    if len(words) < 2:
        return words
    start, end = 0, len(words)
    while start < end - 1 and words[start] in TITLES:
        start += 1
    while end > start + 1 and words[end - 1] in PARTICLES and (words[end - 2] in PARTICLES or words[end - 1] in _ALONE):
        end -= 1
    if end < len(words) and end > start + 1 and words[end - 1] in PARTICLES:
        end -= 1
    kept = words[start:end]
    return ("".join(kept[:2]), *kept[2:]) if len(kept) > 1 and kept[0] in _BEFORE_GIVEN else kept


@lru_cache(_CACHE)
def given_suffix(given: str) -> tuple[str, str]:
    """A given name and the suffix after it. Here a single I is a suffix too: Morris I is not Morris II."""
    plain, suffix = split_suffix(given)
    head, _, tail = plain.rpartition(" ")
    return (head, tail) if head and tail == "I" and not suffix else (plain, suffix)


def generation_of(given: str, family: str, suffix: str) -> int | None:
    """The generation that one of the fields of a name states."""
    return generation(suffix or split_suffix(family)[1] or given_suffix(given)[1])


@lru_cache(_CACHE)
def generation(suffix: str) -> int | None:
    """The generation that a suffix names: Sr and I 1, Jr and II 2, III 3, and so on; None if it names none."""
    return _GENERATIONS.get(suffix.strip().strip(".,").casefold().replace(".", ""))


@lru_cache(_CACHE)
def split_suffix(name: str) -> tuple[str, str]:
    """A family or full name without its suffix, and the suffix: "Smith, Jr." gives ("Smith", "Jr")."""
    head, _, tail = name.strip().rpartition(" ")
    # A single I or V is just as likely a middle initial.
    if head and generation(tail) is not None and len(tail.strip(".,")) > 1:
        return head.rstrip(" ,"), tail.strip(".,")
    return name.strip(), ""
