"""The evidence that two records are one person: log-odds in bits, explained field by field.

Fellegi–Sunter log-odds with brakes, so that dependent fields are not counted twice: for values that a household has in
common, for a move, and for evidence of one kind only.
"""

from __future__ import annotations

from functools import lru_cache
from math import log2
from typing import NamedTuple

from matching.records import Record
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.levels import DIFFERENT, EQUAL, FROM_NAME, INITIAL, SAME, compared
from matching.scoring.model import Model

_PLACE = ("street", "postcode", "city")
_KINDS = {"given_name": "name", "family_name": "name", "birth_date": "birth", "email": "email", "phone": "phone"} | (
    dict.fromkeys(_PLACE, "place")
)
_NAME_AND_CONTACTS = frozenset(("name", "email", "phone"))
_NO_KIND = frozenset(("sex", "suffix"))
_HOUSEHOLD = 2.0
"""Bits against one person that remain if two records belong to one household of four, or one office."""
_NAMESAKE = log2(0.9 / 0.02)
"""The bits of an equal given name inside a household: 2 of 100 people have a namesake at home."""
_MOVED = -3.0
"""The lowest total of the place fields: people move."""


class FieldScore(NamedTuple):
    """The bits of one field. `name` may also be a brake: `household`, `moved`, `one_kind`, `no_given_name`,
    `contacts_differ`."""

    name: str
    level: str
    bits: float


class PairScore(NamedTuple):
    """`bits` are the log2 odds that the two are one person: the model's prior plus the sum of the fields."""

    bits: float
    prior: float
    fields: tuple[FieldScore, ...]


def score_pair(a: Record, b: Record, model: Model) -> PairScore:
    """The score of two records. It is symmetric and depends only on their claims."""
    return score_profiles(profile_of(a), profile_of(b), model)


@lru_cache(262_144)
def score_profiles(a: ComparedRecord, b: ComparedRecord, model: Model) -> PairScore:
    """The same for profiles. Results are cached."""
    fields = [
        FieldScore(name, level, round(_worth(name, level, a, b, model), 2))
        for name, level in compared(a, b)
        if name in model.weights
    ]
    fields += _brakes(fields, model)
    bits = model.prior + sum(field.bits for field in fields)
    if len(_kinds(fields)) < 2 and bits > 0:
        fields.append(FieldScore("one_kind", "capped", round(-bits, 2)))
    elif bits >= model.link and (doubt := _doubt(fields)):
        fields.append(FieldScore(doubt, "capped", round(model.review - bits, 2)))
    return PairScore(round(model.prior + sum(field.bits for field in fields), 2), model.prior, tuple(fields))


def _worth(name: str, level: str, a: ComparedRecord, b: ComparedRecord, model: Model) -> float:
    bits = model.weights[name][level]
    if level in (EQUAL, SAME) and name in model.frequencies:
        # Rare equal values count more; nearly equal values get half of that (Winkler 2000).
        frequencies = model.frequencies[name]
        value_a, value_b = (_value(name, profile) for profile in (a, b))
        share = max(frequencies.values.get(value, frequencies.unseen) for value in (value_a, value_b))
        rarity = log2(model.fields[name][EQUAL].u / share)
        bits += rarity if level == EQUAL else rarity / 2
    return bits


def _value(name: str, profile: ComparedRecord) -> str:
    if name == "given_name":
        return profile.given[0]
    return "".join(profile.family) if name == "family_name" else profile.city if name == "city" else profile.postcode


def _brakes(fields: list[FieldScore], model: Model) -> list[FieldScore]:
    brakes: list[FieldScore] = []
    places = sum(field.bits for field in fields if field.name in _PLACE)
    if places < _MOVED:
        brakes.append(FieldScore("moved", "capped", round(_MOVED - places, 2)))
    family = sum(field.bits for field in fields if field.name == "family_name")
    excess = places + max(family, 0.0) - (-model.prior - _HOUSEHOLD)
    if places > 0 and excess > 0:
        given = sum(field.bits for field in fields if field.name == "given_name" and field.level != DIFFERENT)
        excess += max(0.0, given - _NAMESAKE)
        brakes.append(FieldScore("household", "capped", round(-excess, 2)))
    return brakes


def _doubt(fields: list[FieldScore]) -> str | None:
    """Why a score that would link leaves it to an agent."""
    levels = {field.name: field.level for field in fields}
    if levels.get("given_name", INITIAL) == INITIAL:
        return "no_given_name"
    # Two accounts with one rare name: two phones are no slip of one where the e-mails are two as well.
    if "phone" in levels and levels.get("email") in (DIFFERENT, FROM_NAME) and _kinds(fields) <= _NAME_AND_CONTACTS:
        return "contacts_differ"
    return None


def _kinds(fields: list[FieldScore]) -> set[str]:
    return {_KINDS.get(f.name, f.name) for f in fields if f.bits > 0 and f.level != "capped" and f.name not in _NO_KIND}
