"""The evidence that two records are one person: log-odds in bits, explained field by field.

Two records are one person, two relatives, or two strangers (Fellegi and Sunter 1969, with a third class). Each field
is worth some bits against strangers and others against relatives: relatives share family name, home and often a phone,
and strangers do not. A field that contradicts is worth minus bits, by how far apart it is.
"""

from __future__ import annotations

from functools import lru_cache
from math import log2
from typing import NamedTuple

from matching.records import Record
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.levels import EQUAL, SAME, SWAPPED, compared
from matching.scoring.model import Bits, Model

_FAR = 60.0
_NAMES = ("given_name", "family_name")


class FieldScore(NamedTuple):
    """What one field is worth: bits against two strangers, and against two relatives."""

    name: str
    level: str
    strangers: float
    relatives: float


class PairScore(NamedTuple):
    """`bits` are the log2 odds that the two are one person, and neither strangers nor relatives: `strangers` and
    `relatives` are those against each alone, the model's prior plus the sum of the fields."""

    bits: float
    strangers: float
    relatives: float
    fields: tuple[FieldScore, ...]


def odds(strangers: float, relatives: float) -> float:
    """The log2 odds of one person against both alternatives, from those against each."""
    low, high = min(strangers, relatives), max(strangers, relatives)
    return low if high - low > _FAR else low - log2(1 + 2 ** (low - high))


def score_pair(a: Record, b: Record, model: Model) -> PairScore:
    """The score of two records. It is symmetric and depends only on their claims."""
    return score_profiles(profile_of(a), profile_of(b), model)


@lru_cache(262_144)
def score_profiles(a: ComparedRecord, b: ComparedRecord, model: Model) -> PairScore:
    """The same for profiles. Results are cached."""
    fields = tuple(
        FieldScore(name, level, *(round(bits, 4) for bits in _worth(name, level, a, b, model)))
        for name, level in compared(a, b)
        if name in model.weights
    )
    strangers = model.prior + sum(field.strangers for field in fields)
    relatives = model.relatives + sum(field.relatives for field in fields)
    return PairScore(round(odds(strangers, relatives), 2), strangers, relatives, fields)


def _worth(name: str, level: str, a: ComparedRecord, b: ComparedRecord, model: Model) -> Bits:
    bits = model.weights[name][level]
    if level not in (EQUAL, SAME, SWAPPED) or name not in model.frequencies:
        return bits
    # Rare equal values count more; nearly equal values get half of that (Winkler 2000).
    frequencies = model.frequencies[name]
    values = [_value(name, profile) for profile in (a, b)]
    share = max(frequencies.values.get(value, frequencies.unseen) for value in values if value)
    if level == SWAPPED:
        return Bits(log2(model.fields[name][SWAPPED].m / share), bits.relatives)
    rarity = log2(model.fields[name][EQUAL].u / share)
    return Bits(bits.strangers + (rarity if level == EQUAL else rarity / 2), bits.relatives)


def _value(name: str, profile: ComparedRecord) -> str:
    """The value that may be rare. Of swapped names with one half missing, the half that is there."""
    given, family = profile.given[0] if profile.given else "", "".join(profile.family)
    return (given or family) if name == "given_name" else (family or given)
