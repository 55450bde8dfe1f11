"""How two different people are related, from what they share. A household is a relation, never a merge. Pure.

Each shared value counts bits: the more people share it, the fewer. The family name counts for or against a household.
The sum gives the confidence that the two live in one household. The figures are set by hand and measured on a made-up
world (`bench.households`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from math import log2
from typing import NamedTuple

from matching.birth_dates import birth_conflict
from matching.names.differences import given_conflict, has_given, one_slip_apart
from matching.names.full_names import generation, split_suffix
from matching.names.given_names import PARTICLES
from matching.names.scripts import words

LIKELY = 0.5
"""From this confidence on, two people count as one household."""

_PRIOR = -8.5
_BITS = {"address": 8.0, "phone": 7.0, "email": 8.0, "payment_token": 5.5, "device_id": 6.0}
_FORMER = 0.5
"""The share of its bits that an address keeps after one of the two moved out."""

_DILUTION = 2.0
"""Bits lost each time the number of people who share a value doubles, beyond the usual two of a household."""

_SAME_FAMILY = 4.0
_OTHER_FAMILY = -4.0
SHARED_TYPES = tuple(_BITS)


class RelationKind(StrEnum):
    """What relates two customers."""

    HOUSEHOLD = "household"
    CONTACT = "contact"
    POSSIBLY_SAME = "possibly_same"


class SharedTie(NamedTuple):
    """A value that both have: its type, how many customers have it, and whether it is the current one of both."""

    type: str
    people: int
    current: bool = True


@dataclass(frozen=True, slots=True)
class HouseholdPerson:
    """The golden values of one of the two; empty text if unknown."""

    given: str = ""
    family: str = ""
    suffix: str = ""
    birth_date: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """`confidence` that the two live in one household, from 0 to 1 in steps of 0.01. `family`: whether the family names
    agree, None if one is missing."""

    kind: RelationKind
    confidence: float
    family: bool | None


def relation(left: HouseholdPerson, right: HouseholdPerson, shared: Iterable[SharedTie]) -> Relation | None:
    """How two customers are related; None if they share nothing that counts. Symmetric, and independent of order.

    HOUSEHOLD: they probably live together. CONTACT: they share something, but probably do not live together.
    POSSIBLY_SAME: nothing distinguishes them, so they may be one person whose records have nothing that links them.
    """
    ties = [tie for tie in shared if tie.type in _BITS]
    if not ties:
        return None
    family = same_family(left, right)
    bits = _PRIOR + sum(sorted(_bits(tie) for tie in ties))
    if family is not None:
        bits += _SAME_FAMILY if family else _OTHER_FAMILY
    confidence = round(1 / (1 + 2**-bits), 2)
    if family and _may_be_same(left, right):
        return Relation(RelationKind.POSSIBLY_SAME, confidence, family)
    return Relation(RelationKind.HOUSEHOLD if confidence >= LIKELY else RelationKind.CONTACT, confidence, family)


def same_family(left: HouseholdPerson, right: HouseholdPerson) -> bool | None:
    """Whether the family names agree, or one part of a double name does, up to one typo; None if one is missing."""
    left_words, right_words = _family(left), _family(right)
    if not left_words or not right_words:
        return None
    return any(a == b or (min(len(a), len(b)) > 3 and one_slip_apart(a, b)) for a in left_words for b in right_words)


def _family(person: HouseholdPerson) -> list[str]:
    return [word for word in words(split_suffix(person.family)[0]) if len(word) > 1 and word not in PARTICLES]


def _may_be_same(left: HouseholdPerson, right: HouseholdPerson) -> bool:
    if not has_given(left.given) or not has_given(right.given) or given_conflict(left.given, right.given):
        return False
    generations = {number for person in (left, right) if (number := generation(person.suffix))}
    return len(generations) < 2 and not birth_conflict(_day(left.birth_date), _day(right.birth_date))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _bits(tie: SharedTie) -> float:
    bits = _BITS[tie.type] - _DILUTION * log2(max(1.0, tie.people / 2))
    return max(0.0, bits if tie.current else bits * _FORMER)
