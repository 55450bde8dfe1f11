"""Given names of the world and their sexes, by how many languages list them; from the lists of the Faker package."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import import_module

import faker.providers.person as lists
from anyascii import anyascii

_FEW = 2
"""Languages that must list a name. A single list holds rare names that are slips of others elsewhere."""
_MOSTLY = 0.7
"""The share of the languages that list a name for one sex, from which on it is of that sex: Andrea is, but in Italy."""


def is_given_name_somewhere(name: str) -> bool:
    """Whether several languages list the word, in lower case, as a given name."""
    return sum(_counts().get(anyascii(name), (0, 0))) >= _FEW


def opposite_sexes(a: str, b: str) -> bool:
    """Whether one of two given names is mostly of women and the other mostly of men."""
    return {_sex(a), _sex(b)} == {"f", "m"}


def _sex(name: str) -> str:
    men, women = _counts().get(anyascii(name), (0, 0))
    if men + women < _FEW:
        return ""
    share = men / (men + women)
    return "m" if share >= _MOSTLY else "f" if share <= 1 - _MOSTLY else ""


@cache
def _counts() -> Mapping[str, tuple[int, int]]:
    """By name, how many languages list it for men and for women."""
    counts: dict[str, list[int]] = {}
    for module in pkgutil.iter_modules(lists.__path__):
        provider = import_module(f"{lists.__name__}.{module.name}").Provider
        for place, kind in enumerate(("first_names_male", "first_names_female")):
            for name in _plain(getattr(provider, kind, ())):
                counts.setdefault(name, [0, 0])[place] += 1
    return {name: (men, women) for name, (men, women) in counts.items()}


def _plain(names: Iterable[str]) -> set[str]:
    return {anyascii(name).casefold().strip() for name in names}
