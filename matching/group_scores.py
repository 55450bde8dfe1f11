"""Scores between groups: the scored pairs of records between two groups, as their sum and the best pair."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from matching.groups import Group


class GroupScore(NamedTuple):
    """The scored pairs between two groups: their total weight, and the heaviest pair (the first by keys on a tie), in
    hundredths of a bit."""

    total: int
    best: int
    left: str
    right: str

    def __add__(self, other: object) -> GroupScore:
        assert isinstance(other, GroupScore)
        heaviest = min((self, other), key=lambda score: (-score.best, score.left, score.right))
        return GroupScore(self.total + other.total, *heaviest[1:])


class GroupScores:
    """The score of every two groups that have scored pairs between them. The total of a joined group is the sum of the
    totals of its halves, so linkage stays exact."""

    def __init__(self, scores: Mapping[tuple[str, str], int]) -> None:
        self._of_record: dict[str, dict[str, GroupScore]] = defaultdict(dict)
        for (left, right), weight in scores.items():
            score = GroupScore(weight, weight, left, right)
            self._of_record[left][right] = self._of_record[right][left] = score
        self._group: dict[str, Group] = {}
        self._of_group: dict[Group, dict[Group, GroupScore]] = defaultdict(dict)

    def add(self, group: Group) -> None:
        """Adds the scores between the group's records and the records of present groups."""
        scored = [key for key in group.members if key in self._of_record]
        self._group.update(dict.fromkeys(scored, group))
        for key in scored:
            for other_key, score in self._of_record[key].items():
                other = self._group.get(other_key)
                if other is not None and other is not group:
                    self._put(group, other, score)

    def remove(self, group: Group) -> None:
        for other in self._of_group.pop(group, {}):
            del self._of_group[other][group]
        for key in group.members:
            self._group.pop(key, None)

    def join(self, keep: Group, gone: Group) -> None:
        """`keep` has taken over everything of `gone`."""
        scores = self._of_group.pop(gone, {})
        for other, score in scores.items():
            del self._of_group[other][gone]
            if other is not keep:
                self._put(keep, other, score)
        self._group.update((key, keep) for key in gone.members if key in self._of_record)

    def of(self, group: Group) -> Mapping[Group, GroupScore]:
        """The group's scores by the other group."""
        return self._of_group.get(group, {})

    def _put(self, left: Group, right: Group, score: GroupScore) -> None:
        present = self._of_group[left].get(right)
        self._of_group[left][right] = self._of_group[right][left] = present + score if present else score
