"""Which records are compared though they share no identifier: those with a common token that may be one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

from matching.records import Record
from matching.scoring.features import profile_of
from matching.scoring.model import Model
from matching.scoring.pair import score_profiles

Pair = tuple[str, str]


def alike(records: Iterable[Record], model: Model) -> frozenset[Pair]:
    """Pairs of record keys, left < right, with a common token and odds from the model's review threshold on. The work
    is bounded if no token has over `MAX_CARRIERS` records."""
    records_by_token: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for token in record.tokens:
            records_by_token[token].append(record)
    pairs: dict[Pair, bool] = {}
    for carriers in records_by_token.values():
        for left, right in combinations(sorted(carriers, key=lambda record: record.key), 2):
            pair = left.key, right.key
            if pair not in pairs:
                pairs[pair] = score_profiles(profile_of(left), profile_of(right), model).bits >= model.review
    return frozenset(pair for pair, is_alike in pairs.items() if is_alike)
