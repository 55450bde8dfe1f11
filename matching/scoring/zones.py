"""Which pairs of records are scored, and what comes of it: evidence, something to look at, or nothing."""

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
    """Bits by pair of record keys, left < right: those that link, and those that somebody should look at."""

    links: dict[Pair, float] = field(default_factory=dict[Pair, float])
    reviews: dict[Pair, float] = field(default_factory=dict[Pair, float])


def scored(records: Iterable[Record], model: Model | None) -> Scored:
    """Scores every two records that share a token. Bounded where no token has over `MAX_CARRIERS` records."""
    found = Scored()
    if model is None:
        return found
    meeting: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        for token in record.tokens:
            meeting[token].append(record)
    seen: set[Pair] = set()
    for together in meeting.values():
        for one, other in combinations(sorted(together, key=lambda record: record.key), 2):
            pair = one.key, other.key
            if pair in seen:
                continue
            seen.add(pair)
            bits = score_profiles(profile_of(one), profile_of(other), model).bits
            if bits >= model.link:
                found.links[pair] = bits
            elif bits >= model.review:
                found.reviews[pair] = bits
    return found
