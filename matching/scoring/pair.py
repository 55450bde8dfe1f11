"""What speaks for and against two records being one person: log-odds in bits, explained field by field.

Fellegi–Sunter log-odds with three brakes that keep what depends on each other from being counted twice: what a
household has in common, a move, and evidence of one kind only.
"""

from __future__ import annotations

from functools import lru_cache
from math import log2
from typing import NamedTuple

from matching.records import Record
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.levels import DIFFERENT, EQUAL, INITIAL, SAME, compared
from matching.scoring.model import Model

_PLACE = ("street", "postcode", "city")
_KINDS = {"given_name": "name", "family_name": "name", "birth_date": "birth", "email": "email", "phone": "phone"} | (
    dict.fromkeys(_PLACE, "place")
)
_NO_KIND = frozenset(("sex", "suffix"))
_HOUSEHOLD = 2.0
"""Bits against one person that are left when two records are known to be of one household of four, or one office."""
_NAMESAKE = log2(0.9 / 0.02)
"""What an equal given name counts inside a household: 2 of 100 have a namesake at home."""
_MOVED = -3.0
"""The least that places count together: people move."""


class FieldScore(NamedTuple):
    """What one field counts. `name` may also be a brake: `household`, `moved`, `one_kind`, `no_given_name`."""

    name: str
    level: str
    bits: float


class PairScore(NamedTuple):
    """`bits` are the log2 odds of being one person: the model's prior and the sum of the fields."""

    bits: float
    prior: float
    fields: tuple[FieldScore, ...]


def score_pair(a: Record, b: Record, model: Model) -> PairScore:
    """The score of two records: symmetric, and a function of what the two say alone."""
    return score_profiles(profile_of(a), profile_of(b), model)


@lru_cache(262_144)
def score_profiles(a: ComparedRecord, b: ComparedRecord, model: Model) -> PairScore:
    """The same for profiles, remembered."""
    fields = [
        FieldScore(name, level, round(_worth(name, level, a, b, model), 2))
        for name, level in compared(a, b)
        if name in model.weights
    ]
    fields += _brakes(fields, model)
    bits = model.prior + sum(field.bits for field in fields)
    if len(_kinds(fields)) < 2 and bits > 0:
        fields.append(FieldScore("one_kind", "capped", round(-bits, 2)))
    elif bits >= model.link and not any(f.name == "given_name" and f.level != INITIAL for f in fields):
        fields.append(FieldScore("no_given_name", "capped", round(model.review - bits, 2)))
    return PairScore(round(model.prior + sum(field.bits for field in fields), 2), model.prior, tuple(fields))


def _worth(name: str, level: str, a: ComparedRecord, b: ComparedRecord, model: Model) -> float:
    bits = model.weights[name][level]
    if level in (EQUAL, SAME) and name in model.frequencies:
        # Equal values count by how rare they are; values that are nearly equal half as much (Winkler 2000).
        known = model.frequencies[name]
        one, other = (_value(name, profile) for profile in (a, b))
        share = max(known.values.get(value, known.unseen) for value in (one, other))
        rarity = log2(model.fields[name][EQUAL].u / share)
        bits += rarity if level == EQUAL else rarity / 2
    return bits


def _value(name: str, profile: ComparedRecord) -> str:
    if name == "given_name":
        return profile.given[0]
    return "".join(profile.family) if name == "family_name" else profile.city if name == "city" else profile.postcode


def _brakes(fields: list[FieldScore], model: Model) -> list[FieldScore]:
    found: list[FieldScore] = []
    places = sum(field.bits for field in fields if field.name in _PLACE)
    if places < _MOVED:
        found.append(FieldScore("moved", "capped", round(_MOVED - places, 2)))
    family = sum(field.bits for field in fields if field.name == "family_name")
    excess = places + max(family, 0.0) - (-model.prior - _HOUSEHOLD)
    if places > 0 and excess > 0:
        given = sum(field.bits for field in fields if field.name == "given_name" and field.level != DIFFERENT)
        excess += max(0.0, given - _NAMESAKE)
        found.append(FieldScore("household", "capped", round(-excess, 2)))
    return found


def _kinds(fields: list[FieldScore]) -> set[str]:
    return {_KINDS.get(f.name, f.name) for f in fields if f.bits > 0 and f.level != "capped" and f.name not in _NO_KIND}
