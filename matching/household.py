"""How two different people are related, from what they share: a household is a relation, never a merge. Pure.

Each shared thing counts bits, fewer the more people share it; the family name counts for or against beside it. Their
sum gives the confidence that the two live in one household. The figures are set by hand and measured on a made-up
world (`bench.households`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log2
from typing import NamedTuple

from matching.names import birth_conflict, generation, given_conflict, has_given, one_slip_apart, split_suffix, words

LIKELY = 0.5
"""From this confidence on two people count as one household."""

_PRIOR = -8.5
_BITS = {"address": 8.0, "phone": 7.0, "email": 8.0, "payment_token": 5.5, "device_id": 6.0}
_FORMER = 0.5
"""What an address still counts that one of them has left."""

_DILUTION = 2.0
"""Bits lost each time the number of people who share a thing doubles, past the household's usual two."""

_SAME_FAMILY = 4.0
_OTHER_FAMILY = -4.0
SHARED_TYPES = tuple(_BITS)


class RelationKind(StrEnum):
    """What relates two customers."""

    HOUSEHOLD = "household"
    CONTACT = "contact"
    POSSIBLY_SAME = "possibly_same"


class SharedTie(NamedTuple):
    """A thing that both have: its type, how many customers have it, and whether it is both's present one."""

    type: str
    people: int
    current: bool = True


@dataclass(frozen=True, slots=True)
class HouseholdPerson:
    """What is believed of one of the two; empty text where nothing is known."""

    given: str = ""
    family: str = ""
    suffix: str = ""
    birth_date: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """`confidence` that the two live in one household, in hundredths; `family` is None where a name is missing."""

    kind: RelationKind
    confidence: float
    family: bool | None


def relation(one: HouseholdPerson, other: HouseholdPerson, shared: Iterable[SharedTie]) -> Relation | None:
    """How two customers are related; None where they share nothing that counts. Symmetric, and independent of order.

    HOUSEHOLD: they likely live together. CONTACT: they share something, and more speaks against it than for it.
    POSSIBLY_SAME: nothing tells them apart, so they may be one person whose records have not met.
    """
    things = [thing for thing in shared if thing.type in _BITS]
    if not things:
        return None
    family = same_family(one, other)
    bits = _PRIOR + sum(sorted(_bits(thing) for thing in things))
    if family is not None:
        bits += _SAME_FAMILY if family else _OTHER_FAMILY
    confidence = round(1 / (1 + 2**-bits), 2)
    if family and _nothing_tells_apart(one, other):
        return Relation(RelationKind.POSSIBLY_SAME, confidence, family)
    return Relation(RelationKind.HOUSEHOLD if confidence >= LIKELY else RelationKind.CONTACT, confidence, family)


def same_family(one: HouseholdPerson, other: HouseholdPerson) -> bool | None:
    """Whether the family names agree, in one part of a double name or but for a slip; None where one is missing."""
    left, right = _family(one), _family(other)
    if not left or not right:
        return None
    return any(a == b or (min(len(a), len(b)) > 3 and one_slip_apart(a, b)) for a in left for b in right)


def _family(person: HouseholdPerson) -> list[str]:
    return [word for word in words(split_suffix(person.family)[0]) if len(word) > 1]


def _nothing_tells_apart(one: HouseholdPerson, other: HouseholdPerson) -> bool:
    if not has_given(one.given) or not has_given(other.given) or given_conflict(one.given, other.given):
        return False
    generations = {found for person in (one, other) if (found := generation(person.suffix))}
    return len(generations) < 2 and not birth_conflict(_day(one.birth_date), _day(other.birth_date))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _bits(thing: SharedTie) -> float:
    bits = _BITS[thing.type] - _DILUTION * log2(max(1.0, thing.people / 2))
    return max(0.0, bits if thing.current else bits * _FORMER)
