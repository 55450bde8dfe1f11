"""The evidence that two records are one person: log-odds in bits, explained field by field.

Two records are one person, two relatives, or two strangers (Fellegi and Sunter 1969, with a third class). Each field
is worth some bits against strangers and others against relatives: relatives share family name, home and often a phone,
and strangers do not. A field that contradicts is worth minus bits, by how far apart it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from math import log2
from typing import NamedTuple

from matching.records import Record
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.levels import EQUAL, LEVELS, SAME, SWAPPED, compared
from matching.scoring.model import Bits, Model

_FAR = 60.0
_ROUNDED = 0.01
"""More than what rounding may add to a score."""
_RARE = frozenset((EQUAL, SAME, SWAPPED))
_SUFFIX = frozenset(("suffix",))


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


@lru_cache(8_192)
def score_profiles(a: ComparedRecord, b: ComparedRecord, model: Model) -> PairScore:
    """The same for profiles. Results are cached."""
    fields = tuple(
        _field(name, level, _share(name, level, a, b, model), model)
        for name, level in compared(a, b)
        if name in model.weights
    )
    strangers, relatives = model.prior, model.relatives
    for field in fields:
        strangers += field.strangers
        relatives += field.relatives
    return PairScore(round(odds(strangers, relatives), 2), strangers, relatives, fields)


def may_be_one(a: ComparedRecord, b: ComparedRecord, model: Model) -> bool:
    """Whether the score reaches the model's review threshold. It stops as soon as no further field could lift it there,
    so it costs a fraction of a score where two are strangers, as most that are compared are."""
    # A suffix counts on one side too.
    rest = _rest(a.filled & b.filled | (a.filled | b.filled) & _SUFFIX, model)
    strangers, relatives = model.prior, model.relatives
    for name, level in compared(a, b):
        if name not in model.weights:
            continue
        field = _field(name, level, _share(name, level, a, b, model), model)
        strangers += field.strangers
        relatives += field.relatives
        if name in rest and (
            strangers + rest[name].strangers < model.review or relatives + rest[name].relatives < model.review
        ):
            return False
    return round(odds(strangers, relatives), 2) >= model.review


@lru_cache(4_096)
def _rest(filled: frozenset[str], model: Model) -> Mapping[str, Bits]:
    """By field but for the given name: the most that the fields compared after it may be worth, of those filled."""
    attributes = {"organisation"} | (filled - LEVELS.keys())
    order = [*(name for name in LEVELS if name not in ("given_name", "organisation")), *sorted(attributes)]
    after: dict[str, Bits] = {}
    strangers = relatives = _ROUNDED
    for name in reversed(order):
        after[name] = Bits(strangers, relatives)
        if name in filled and name in model.weights:
            worth = model.weights[name].values()
            strangers += max(0.0, *(bits.strangers for bits in worth))
            relatives += max(0.0, *(bits.relatives for bits in worth))
    return after


def _share(name: str, level: str, a: ComparedRecord, b: ComparedRecord, model: Model) -> float | None:
    """The share of people with the value, if it counts how rare that is."""
    if level not in _RARE or name not in model.frequencies:
        return None
    frequencies = model.frequencies[name]
    values = _value(name, a), _value(name, b)
    return max(frequencies.values.get(value, frequencies.unseen) for value in values if value)


@lru_cache(65_536)
def _field(name: str, level: str, share: float | None, model: Model) -> FieldScore:
    strangers, relatives = model.weights[name][level]
    if share is not None:
        # Rare equal values count more; nearly equal values get half of that (Winkler 2000).
        rarity = log2(model.fields[name][EQUAL].u / share)
        if level == SWAPPED:
            strangers = log2(model.fields[name][SWAPPED].m / share)
        else:
            strangers += rarity if level == EQUAL else rarity / 2
    return FieldScore(name, level, round(strangers, 4), round(relatives, 4))


def _value(name: str, profile: ComparedRecord) -> str:
    """The value that may be rare. Of swapped names with one half missing, the half that is there."""
    given, family = profile.given[0] if profile.given else "", "".join(profile.family)
    return (given or family) if name == "given_name" else (family or given)
