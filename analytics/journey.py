"""How a guest moves between brands: transitions between consecutive visits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from domain.windows import DAY_MS


@dataclass(frozen=True, slots=True)
class Transition:
    """How often a visit to one brand was followed by one to another, and the median of the days between."""

    from_brand: str
    to_brand: str
    count: int
    median_days: float


def transitions(visits: Iterable[tuple[str, int]]) -> list[Transition]:
    """The moves of (brand, milliseconds) in order of time, the most frequent first; staying with a brand is no move."""
    gaps: dict[tuple[str, str], list[int]] = defaultdict(list)
    for (brand, at), (following, later) in pairwise(visits):
        if brand != following:
            gaps[brand, following].append(later - at)
    moves = [
        Transition(from_brand, to_brand, len(times), round(median(times) / DAY_MS, 2))
        for (from_brand, to_brand), times in gaps.items()
    ]
    return sorted(moves, key=lambda move: (-move.count, move.from_brand, move.to_brand))
