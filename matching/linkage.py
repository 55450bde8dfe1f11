"""Average linkage over the graph of records and identifiers, without listing pairs of records.

The weight of two records is the sum of the bits of their common identifiers. So the mean over all pairs of two groups L
and R is sum(w(i) * n_L(i) * n_R(i)) / (|L| * |R|) over their common identifiers i, where n(i) counts the records that
carry i. Counts per group are enough. The few scored pairs are summed per two groups (`matching.group_scores`).
Weights are whole hundredths of a bit, and means are compared as exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matching.group_scores import GroupScore, GroupScores
from matching.groups import Group
from matching.guards import AMBIGUOUS, WEAK, Contradiction, contradiction
from matching.policy import Policies, Strength
from matching.records import SCORED, Identifier, Link

PER_BIT = 100
Weights = Mapping[Identifier, int]
_NONE: Mapping[tuple[str, str], int] = {}


class Forest:
    """The groups, which of them hold which identifier, and the evidence that counts in the current step."""

    def __init__(self, policies: Policies, weights: Weights, scores: Mapping[tuple[str, str], int] = _NONE) -> None:
        self.groups: set[Group] = set()
        self._policies = policies
        self._all_weights = weights
        self.weights: Weights = weights
        self._attaching = False
        self._group_scores = GroupScores(scores)
        self._scoring = True
        self._holders: dict[Identifier, set[Group]] = {}
        self._judged: dict[tuple[int, int], Contradiction | None] = {}
        self._serial = 0

    def begin(self, *strengths: Strength) -> None:
        """Starts a step in which only these strengths are evidence. All present groups become settled."""
        self._attaching = Strength.WEAK in strengths
        self._scoring = Strength.MEDIUM in strengths
        self.weights = {i: w for i, w in self._all_weights.items() if self._policies.of(i.type).strength in strengths}
        self._judged.clear()
        for group in self.groups:
            group.settled = True

    def add(self, group: Group) -> None:
        self._touch(group)
        self.groups.add(group)
        for identifier in group.holds:
            self._holders.setdefault(identifier, set()).add(group)
        self._group_scores.add(group)

    def remove(self, group: Group) -> None:
        self.groups.remove(group)
        for identifier in group.holds:
            self._holders[identifier].remove(group)
        self._group_scores.remove(group)

    def evidence(self, group: Group) -> list[Identifier]:
        """The group's identifiers that count in this step and that another group holds too."""
        return [i for i in group.holds if i in self.weights and len(self._holders[i]) > 1]

    def scores(self, group: Group) -> Mapping[Group, GroupScore]:
        """The group's scores with other groups; empty while scores do not count."""
        return self._group_scores.of(group) if self._scoring else {}

    def neighbours(self, group: Group) -> set[Group]:
        """All groups that share evidence with it."""
        return {other for i in self.evidence(group) for other in self._holders[i]} | self.scores(group).keys()

    def holders(self, identifier: Identifier) -> set[Group]:
        return self._holders[identifier]

    def judge(self, a: Group, b: Group) -> Contradiction | None:
        """Why the two must stay apart, or None."""
        pair = (a.serial, b.serial) if a.serial < b.serial else (b.serial, a.serial)
        if pair not in self._judged:
            self._judged[pair] = contradiction(a.claims, b.claims, self._policies) or self._status(a, b)
        return self._judged[pair]

    def _status(self, a: Group, b: Group) -> Contradiction | None:
        if (a.ambiguous and (b.settled or b.ambiguous)) or (b.ambiguous and a.settled):
            return AMBIGUOUS
        return WEAK if self._attaching and a.known and b.known else None

    def link(self, newcomers: Iterable[Group]) -> None:
        """Join the pair with the highest mean weight until every pair that shares evidence is contradicted.

        Ties go to the lowest ranks. `newcomers` are the groups that were not linked before: another group can only
        change after a newcomer joined it. The method follows chains of nearest neighbours (Murtagh 1983). A join never
        brings the result nearer to a third group than the nearer half was. So two groups that are each other's nearest
        stay so, and joining them at once gives the same result as the global order.
        """
        waiting = sorted(newcomers, key=lambda group: group.rank)
        while waiting:
            start = waiting.pop()
            chain = [start] if start in self.groups else []
            while chain:
                nearest = self._nearest(chain[-1])
                if nearest is None:
                    chain.pop()
                elif len(chain) > 1 and nearest is chain[-2]:
                    last, previous = chain.pop(), chain.pop()
                    keep, gone = (last, previous) if len(last.holds) >= len(previous.holds) else (previous, last)
                    self.join(keep, gone)
                    waiting.append(keep)
                else:
                    chain.append(nearest)

    def _nearest(self, group: Group) -> Group | None:
        totals: dict[Group, int] = {}
        for identifier in self.evidence(group):
            weight = self.weights[identifier] * group.holds[identifier][0]
            for other in self._holders[identifier]:
                totals[other] = totals.get(other, 0) + weight * other.holds[identifier][0]
        totals.pop(group, None)
        for other, score in self.scores(group).items():
            totals[other] = totals.get(other, 0) + score.total
        best, best_total = None, 0
        for other, total in totals.items():
            if best is not None:
                # total / len(other) against best_total / len(best), as whole numbers
                lead = total * len(best.members) - best_total * len(other.members)
                if lead < 0 or (lead == 0 and best.rank < other.rank):
                    continue
            if self.judge(group, other) is None:
                best, best_total = other, total
        return best

    def join(self, keep: Group, gone: Group) -> None:
        """`keep` takes over everything of `gone`."""
        keep.merge(gone, self._why(keep, gone))
        self._group_scores.join(keep, gone)
        self.groups.remove(gone)
        for identifier in gone.holds:
            holders = self._holders[identifier]
            holders.discard(gone)
            holders.add(keep)
        self._touch(keep)

    def _touch(self, group: Group) -> None:
        self._serial += 1
        group.serial = self._serial

    def _why(self, a: Group, b: Group) -> Link:
        small, large = (a, b) if len(a.holds) <= len(b.holds) else (b, a)
        both = [i for i in small.holds if i in large.holds and i in self.weights]
        if not both:
            _, weight, left, right = self.scores(a)[b]
            return Link(left, right, "the same person by what they claim", SCORED, weight / PER_BIT)
        why = max(both, key=lambda i: (self.weights[i], i))
        return link_by(why, small.holds[why][1], large.holds[why][1], self.weights[why])


def link_by(identifier: Identifier, key: str, other_key: str, weight: int) -> Link:
    """The link of two records that carry the identifier."""
    left, right = sorted((key, other_key))
    return Link(left, right, f"same {identifier.type.replace('_', ' ')}", identifier.type, weight / PER_BIT)
