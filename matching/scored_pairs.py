"""Scored pairs of records between the groups of a forest: sums per pair of groups, and the best pair of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from matching.groups import Group


class ScoredPairs(NamedTuple):
    """What the scored pairs between two groups weigh together, and the heaviest of them (the first by keys on a tie),
    in hundredths of a bit."""

    total: int
    best: int
    left: str
    right: str

    def __add__(self, other: object) -> ScoredPairs:
        assert isinstance(other, ScoredPairs)
        heaviest = min((self, other), key=lambda bridge: (-bridge.best, bridge.left, bridge.right))
        return ScoredPairs(self.total + other.total, *heaviest[1:])


class PairScores:
    """Who is bridged to whom. The sums of a joined group are those of its halves, so linkage stays exact."""

    def __init__(self, scores: Mapping[tuple[str, str], int]) -> None:
        self._of_record: dict[str, dict[str, ScoredPairs]] = defaultdict(dict)
        for (left, right), weight in scores.items():
            bridge = ScoredPairs(weight, weight, left, right)
            self._of_record[left][right] = self._of_record[right][left] = bridge
        self._group: dict[str, Group] = {}
        self._of_group: dict[Group, dict[Group, ScoredPairs]] = defaultdict(dict)

    def add(self, group: Group) -> None:
        """The group's records meet those that stand."""
        scored = [key for key in group.members if key in self._of_record]
        self._group.update(dict.fromkeys(scored, group))
        for key in scored:
            for far, bridge in self._of_record[key].items():
                other = self._group.get(far)
                if other is not None and other is not group:
                    self._put(group, other, bridge)

    def remove(self, group: Group) -> None:
        for other in self._of_group.pop(group, {}):
            del self._of_group[other][group]
        for key in group.members:
            self._group.pop(key, None)

    def join(self, keep: Group, gone: Group) -> None:
        """`keep` has taken over all of `gone`."""
        far = self._of_group.pop(gone, {})
        for other, bridge in far.items():
            del self._of_group[other][gone]
            if other is not keep:
                self._put(keep, other, bridge)
        self._group.update((key, keep) for key in gone.members if key in self._of_record)

    def of(self, group: Group) -> Mapping[Group, ScoredPairs]:
        """The group's bridges by the group at the other end."""
        return self._of_group.get(group, {})

    def _put(self, one: Group, other: Group, bridge: ScoredPairs) -> None:
        present = self._of_group[one].get(other)
        self._of_group[one][other] = self._of_group[other][one] = present + bridge if present else bridge
