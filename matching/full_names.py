"""The parts of a full name: given names, family name, suffix; and what in them is no name."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from matching.given_names import PARTICLES, is_family_name_in_front, titles
from matching.scripts import latin

_CACHE = 65_536
_CHINESE = re.compile(r"^[\u3400-\u9fff\uac00-\ud7af]{2,4}$")
_PATRONYMIC = re.compile(r"(?:ovich|evich|ievich|ovna|evna|ichna|yich)$")
_GENERATIONS = {"sr": 1, "senior": 1, "i": 1, "jr": 2, "junior": 2, "jnr": 2, "ii": 2, "iii": 3, "iv": 4, "v": 5}


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
    if (len(parts) == 3 and _PATRONYMIC.search(plain[2])) or is_family_name_in_front(plain[0]):
        return FullName(" ".join(parts[1:]), parts[0], suffix)
    at = len(parts) - 1
    while at > 1 and plain[at - 1] in PARTICLES:
        at -= 1
    return FullName(" ".join(parts[:at]), " ".join(parts[at:]), suffix)


def _untitled(name: str) -> tuple[str, bool]:
    """The name without titles at its start, if anything is left, and whether it had one."""
    parts = name.split()
    at = 0
    while at < len(parts) - 1 and latin(parts[at]).strip(".").casefold() in titles():
        at += 1
    return " ".join(parts[at:]), at > 0


@lru_cache(_CACHE)
def given_names_in(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of a given name without titles and the particles of a family name, where anything is left."""
    return tuple(word for word in words if word not in PARTICLES and word not in titles()) or words


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
