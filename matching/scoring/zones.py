"""Which records are compared though they share no identifier: those with a common token that may be one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from matching.records import Record
from matching.scoring.features import profiles_of
from matching.scoring.model import Model
from matching.scoring.pair import may_be_one

Pair = tuple[str, str]


def alike(records: Iterable[Record], model: Model) -> frozenset[Pair]:
    """Pairs of record keys, left < right, with a common token and odds from the model's review threshold on."""
    keys_by_token: dict[str, list[str]] = defaultdict(list)
    compared = sorted((record for record in records if record.tokens), key=lambda record: record.key)
    profiles = {record.key: profile for record, profile in zip(compared, profiles_of(compared), strict=True)}
    for record in compared:
        for token in record.tokens:
            keys_by_token[token].append(record.key)
    pairs = {pair for keys in keys_by_token.values() for pair in combinations(keys, 2)}
    return frozenset((left, right) for left, right in pairs if may_be_one(profiles[left], profiles[right], model))
