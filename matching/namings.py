"""Whether one source record names several people: a placeholder id that no list knows, or a till's own account."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from matching.birth_dates import birth_conflict
from matching.names.differences import name_conflict
from matching.names.scripts import words

_MOST = 16
"""Namings that a record keeps. Which ones must not depend on the order of events, so the first in order are kept."""


class Naming(NamedTuple):
    """How one event names its person: names, birth date (ISO, or empty), e-mails and phone numbers."""

    given: str
    family: str
    born: str
    contacts: tuple[str, ...]


@lru_cache(4_096)
def several_people(namings: frozenset[Naming]) -> bool:
    """Whether these cannot all be one person, however often it married, moved or was corrected.

    Two namings are clearly of two people if given names and birth dates contradict each other and no e-mail or phone is
    common. Without birth dates family names have to differ too, and it takes three such people: one whole
    correction of a wrong entry is common, two are not. A naming without e-mail and phone says something only by its
    birth date.
    """
    doubtful: set[tuple[Naming, Naming]] = set()
    for pair in combinations(sorted(namings), 2):
        a, b = pair
        if not set(a.contacts).isdisjoint(b.contacts) or not name_conflict((a.given, a.family), (b.given, b.family)):
            continue
        if a.born and b.born:
            if birth_conflict(date.fromisoformat(a.born), date.fromisoformat(b.born)):
                return True
        elif a.contacts and b.contacts and _other_family(a.family, b.family):
            doubtful.add(pair)
    return any({(a, b), (b, c), (a, c)} <= doubtful for a, b, c in combinations(sorted(namings), 3))


def _other_family(a: str, b: str) -> bool:
    return bool(a and b) and set(words(a)).isdisjoint(words(b))


def kept(namings: Collection[Naming]) -> set[Naming]:
    """Those of the namings that a record keeps."""
    return set(sorted(namings)[:_MOST])
