"""Which pairs of records are scored, and into which zone each falls: link (evidence), review, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations

from matching.records import Record
from matching.scoring.features import profile_of
from matching.scoring.model import Model
from matching.scoring.pair import score_profiles

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Scored:
    """Bits by pair of record keys, left < right: pairs that link, and pairs that need a review."""

    links: dict[Pair, float] = field(default_factory=dict[Pair, float])
    reviews: dict[Pair, float] = field(default_factory=dict[Pair, float])


def scored(records: Iterable[Record], model: Model | None) -> Scored:
    """Scores every two records with a common token. The work is bounded if no token has over `MAX_CARRIERS` records."""
    scores = Scored()
    if model is None:
        return scores
    records_by_token: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for token in record.tokens:
            records_by_token[token].append(record)
    seen: set[Pair] = set()
    for carriers in records_by_token.values():
        for left, right in combinations(sorted(carriers, key=lambda record: record.key), 2):
            pair = left.key, right.key
            if pair in seen:
                continue
            seen.add(pair)
            bits = score_profiles(profile_of(left), profile_of(right), model).bits
            if bits >= model.link:
                scores.links[pair] = bits
            elif bits >= model.review:
                scores.reviews[pair] = bits
    return scores
