"""What speaks for two groups of records being one person: their fields and their common identifiers, each counted once.

A field is worth the mean over all pairs of records that both fill it, with a quarter for the best pair: records of one
person may have little in common, and a field that is empty in most of them says nothing. So a person of many records
attracts no more, and is held off no more, than one of a single record.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice

from matching.records import Identifier
from matching.scoring.features import ComparedRecord
from matching.scoring.levels import ALIKE, DIFFERENT, EQUAL, SWAPPED
from matching.scoring.model import Bits, Model
from matching.scoring.pair import FieldScore, PairScore, odds, score_profiles

_BEST = 0.25
_MOST = 24
"""Different profiles of a group that are compared; those that joined it first."""
_KINDS = {"given_name": "name", "family_name": "name", "suffix": "name", "sex": "name"}
_SWAPPED_DATE = ("birth_date", SWAPPED)
_OTHER_NAME = {"given_name": (ALIKE, DIFFERENT), "family_name": (DIFFERENT,)}
Profiles = Counter[ComparedRecord]


def score_groups(
    a: Profiles, b: Profiles, common: Mapping[Identifier, Bits], model: Model, *, either: bool = False
) -> PairScore:
    """The score of two groups. `common`: what each identifier that both have is worth. `either`: an agent joined
    different names in one of them, and one fitting name is enough."""
    fields = _of_fields(a, b, model, best=1.0 if either else _BEST)
    carried: dict[str, FieldScore] = {}
    for identifier in sorted(common, key=lambda identifier: (-common[identifier].relatives, identifier)):
        if identifier.type not in carried:
            bits = common[identifier]
            # Who shares a phone shares an e-mail too: beside relatives only the best counts.
            relatives = 0.0 if carried else bits.relatives
            carried[identifier.type] = FieldScore(identifier.type, EQUAL, bits.strangers, relatives)
    parts = tuple(sorted((fields | carried).values()))
    strangers = model.prior + sum(part.strangers for part in parts)
    relatives = model.relatives + sum(part.relatives for part in parts)
    bits = odds(strangers, relatives)
    if bits > model.link and not common and len(kinds_of(parts)) < 2:
        bits = model.link  # two namesakes, or two addresses one slip apart, are two people
    return PairScore(round(bits, 2), strangers, relatives, parts)


def kinds_of(fields: Iterable[FieldScore]) -> set[str]:
    """The kinds of evidence that speak for one person. Names that differ do not, nor a day and month that are swapped:
    both are common with one person, but there something else agrees."""
    parts = list(fields)
    kinds = {_KINDS.get(p.name, p.name) for p in parts if p.strangers > 0 and (p.name, p.level) != _SWAPPED_DATE}
    return kinds - {"name"} if any(p.level in _OTHER_NAME.get(p.name, ()) for p in parts) else kinds


def _of_fields(a: Profiles, b: Profiles, model: Model, *, best: float) -> dict[str, FieldScore]:
    """Each field by its mean and its best pair; the level is the best pair's."""
    sums: dict[str, list[float]] = {}
    tops: dict[str, FieldScore] = {}
    for left, left_count in islice(a.items(), _MOST):
        for right, right_count in islice(b.items(), _MOST):
            count = left_count * right_count
            for field in score_profiles(left, right, model).fields:
                total = sums.setdefault(field.name, [0.0, 0.0, 0])
                total[0] += count * field.strangers
                total[1] += count * field.relatives
                total[2] += count
                top = tops.get(field.name)
                if top is None or (_sum(field), field.level) > (_sum(top), top.level):
                    tops[field.name] = field
    return {
        name: FieldScore(
            name,
            top.level,
            (1 - best) * sums[name][0] / sums[name][2] + best * top.strangers,
            (1 - best) * sums[name][1] / sums[name][2] + best * top.relatives,
        )
        for name, top in tops.items()
    }


def _sum(field: FieldScore) -> float:
    return field.strangers + field.relatives
