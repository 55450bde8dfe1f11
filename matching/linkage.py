"""Groups of records and what joins them: named records by all they say, others by the identifiers they carry.

Named groups join by the odds that they are one person, the likeliest pair first. Groups without a name have little but
identifiers: they join by average linkage, where the weight of two records is the sum of the bits of their common
identifiers. The mean over all pairs of two groups L and R is then sum(w(i) * n_L(i) * n_R(i)) / (|L| * |R|), where n(i)
counts the records that carry i, so pairs are never listed. Weights are whole hundredths of a bit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from heapq import heappop, heappush

from matching.group_evidence import score_groups
from matching.groups import Group
from matching.guards import (
    AMBIGUOUS,
    WEAK,
    Contradiction,
    contradicted_by,
    contradiction,
    too_little,
)
from matching.policy import Policies, Strength
from matching.records import SCORED, Identifier, Link
from matching.scoring.levels import EQUAL, LEVELS
from matching.scoring.model import Bits, Model
from matching.scoring.pair import PairScore

PER_BIT = 100
_SAID = frozenset(LEVELS) - {"email", "phone", "government_id"}
"""Fields that are no identifiers where they are equal."""
Weights = Mapping[Identifier, int]
Pair = tuple[str, str]


class Forest:
    """The groups, which of them hold which identifier, and the evidence that counts in the current step.

    `weights`: what an identifier is worth between records without a name; `worth`: between named ones. `alike`: pairs
    of records that are compared although they share no identifier.
    """

    def __init__(
        self,
        policies: Policies,
        weights: Weights,
        worth: Mapping[Identifier, Bits],
        alike: Iterable[Pair] = (),
    ) -> None:
        self.groups: set[Group] = set()
        self._policies = policies
        self.model: Model = policies.model
        self._all_weights = weights
        self.weights: Weights = weights
        self._worth = worth
        self._attaching = False
        self._scoring = True
        self._holders: dict[Identifier, set[Group]] = {}
        self._alike: dict[str, set[str]] = {}
        for left, right in alike:
            self._alike.setdefault(left, set()).add(right)
            self._alike.setdefault(right, set()).add(left)
        self._group_of: dict[str, Group] = {}
        self._judged: dict[tuple[int, int], Contradiction | None] = {}
        self._scores: dict[tuple[int, int], PairScore] = {}
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
        self._group_of.update(dict.fromkeys(group.members, group))

    def remove(self, group: Group) -> None:
        self.groups.remove(group)
        for identifier in group.holds:
            self._holders[identifier].remove(group)
        for key in group.members:
            del self._group_of[key]

    def evidence(self, group: Group) -> list[Identifier]:
        """The group's identifiers that count in this step and that another group holds too."""
        return [i for i in group.holds if i in self.weights and len(self._holders[i]) > 1]

    def alike(self, group: Group) -> set[Group]:
        """The groups that are compared with it although they may share no identifier."""
        if not self._scoring or not self._alike:
            return set()
        keys = (other for key in group.members for other in self._alike.get(key, ()))
        return {self._group_of[key] for key in keys if key in self._group_of} - {group}

    def neighbours(self, group: Group) -> set[Group]:
        """All groups that share evidence with it."""
        return ({other for i in self.evidence(group) for other in self._holders[i]} | self.alike(group)) - {group}

    def holders(self, identifier: Identifier) -> set[Group]:
        return self._holders[identifier]

    def score(self, a: Group, b: Group) -> PairScore:
        """The odds that two groups are one person, by all they say and all identifiers they have in common."""
        if a.rank > b.rank:
            a, b = b, a
        pair = a.serial, b.serial
        if pair not in self._scores:
            small, large = (a, b) if len(a.holds) <= len(b.holds) else (b, a)
            common = {i: self._worth[i] for i in small.holds if i in large.holds and i in self._worth}
            self._scores[pair] = score_groups(a.profiles, b.profiles, common, self.model, either=a.decided or b.decided)
        return self._scores[pair]

    def bits(self, a: Group, b: Group) -> int:
        """How much speaks for one person in this step, in hundredths of a bit; not above 0: nothing."""
        if self._scoring and a.named and b.named:
            return round(PER_BIT * (self.score(a, b).bits - self.model.link))
        return self._by_identifiers(a, b) + self._by_claims(a, b)

    def fit(self, a: Group, b: Group) -> int:
        """How well the one fits the other, beside a third that it may be instead, in hundredths of a bit: each common
        identifier tells the two apart, and each field as it tells relatives apart."""
        if not self._scoring or not (a.named and b.named):
            return self.bits(a, b)
        claims = sum(
            field.relatives for field in self.score(a, b).fields if field.level != EQUAL or field.name in _SAID
        )
        return self._by_identifiers(a, b) + round(PER_BIT * claims)

    def _by_identifiers(self, a: Group, b: Group) -> int:
        small, large = (a, b) if len(a.holds) <= len(b.holds) else (b, a)
        return sum(self.weights[i] for i in small.holds if i in large.holds and i in self.weights)

    def _by_claims(self, a: Group, b: Group) -> int:
        """What two groups are worth that share no identifier and of which one has no name."""
        if not self._scoring or self._common(a, b):
            return 0
        return max(0, round(PER_BIT * (self.score(a, b).bits - self.model.link)))

    def _common(self, a: Group, b: Group) -> bool:
        small, large = (a, b) if len(a.holds) <= len(b.holds) else (b, a)
        return any(i in large.holds and i in self._worth for i in small.holds)

    def judge(self, a: Group, b: Group) -> Contradiction | None:
        """Why the two must stay apart, or None."""
        pair = (a.serial, b.serial) if a.serial < b.serial else (b.serial, a.serial)
        if pair not in self._judged:
            self._judged[pair] = (
                contradiction(a.claims, b.claims, self._policies) or self._differ(a, b) or self._status(a, b)
            )
        return self._judged[pair]

    def _differ(self, a: Group, b: Group) -> Contradiction | None:
        """Why what the two say makes them two people. A strong identifier in common overrules it."""
        if not a.claims.strong.isdisjoint(b.claims.strong):
            return None
        score, both_named = self.score(a, b), a.named and b.named
        if self._scoring and (both_named or not self._common(a, b)) and score.bits > self.model.link:
            return None
        return contradicted_by(score) or (too_little(score, self.model) if both_named and self._scoring else None)

    def _status(self, a: Group, b: Group) -> Contradiction | None:
        if (a.ambiguous and (b.settled or b.ambiguous)) or (b.ambiguous and a.settled):
            return AMBIGUOUS
        return WEAK if self._attaching and a.known and b.known else None

    def link(self, newcomers: Collection[Group], *, named: bool) -> None:
        """Joins groups until something keeps every pair apart that shares evidence. `newcomers` were not linked before:
        another group can only change after a newcomer joined it. `named`: they all have a given name. Ties go to the
        lowest ranks.
        """
        if named:
            self._link_by_odds(newcomers)
        else:
            self._link_by_means(newcomers)

    def _link_by_odds(self, newcomers: Collection[Group]) -> None:
        """The likeliest pair first. What a join changes is weighed anew."""
        offers: list[tuple[int, int, int, int, int, Group, Group]] = []

        def offer(group: Group, others: Iterable[Group]) -> None:
            for other in others:
                if self.judge(group, other) is None:
                    a, b = (group, other) if group.rank < other.rank else (other, group)
                    heappush(offers, (-self.bits(a, b), a.rank, b.rank, a.serial, b.serial, a, b))

        for group in sorted(newcomers, key=lambda group: group.rank):
            offer(group, self.neighbours(group))
        while offers:
            *_, a_serial, b_serial, a, b = heappop(offers)
            if a in self.groups and b in self.groups and (a.serial, b.serial) == (a_serial, b_serial):
                self.join(a, b)
                offer(a, self.neighbours(a))

    def _link_by_means(self, newcomers: Collection[Group]) -> None:
        """The highest mean weight first, along chains of nearest neighbours (Murtagh 1983). A join never brings the
        result nearer to a third group than the nearer half was. So two groups that are each other's nearest stay so,
        and joining them at once gives the same result as the global order.
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
        for other in self.alike(group):
            if other not in totals and (bits := self._by_claims(group, other)) > 0:
                totals[other] = bits * len(group.members) * len(other.members)
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
        self.groups.remove(gone)
        for identifier in gone.holds:
            holders = self._holders[identifier]
            holders.discard(gone)
            holders.add(keep)
        self._group_of.update(dict.fromkeys(gone.members, keep))
        self._touch(keep)

    def _touch(self, group: Group) -> None:
        self._serial += 1
        group.serial = self._serial

    def _why(self, a: Group, b: Group) -> Link:
        small, large = (a, b) if len(a.holds) <= len(b.holds) else (b, a)
        both = [i for i in small.holds if i in large.holds and i in self.weights]
        if not both:
            left, right = self.closest(a, b)
            return Link(left, right, "the same person by what they claim", SCORED, self.score(a, b).bits)
        why = max(both, key=lambda i: (self.weights[i], i))
        return link_by(why, small.holds[why][1], large.holds[why][1], self.weights[why])

    def closest(self, a: Group, b: Group) -> Pair:
        """The first pair of records of two groups that are compared without a common identifier."""
        inside = set(b.members)
        pairs = [(key, other) for key in a.members for other in self._alike.get(key, ()) if other in inside]
        left, right = min((min(pair), max(pair)) for pair in pairs or [(min(a.members), min(b.members))])
        return left, right


def link_by(identifier: Identifier, key: str, other_key: str, weight: int) -> Link:
    """The link of two records that carry the identifier."""
    left, right = sorted((key, other_key))
    return Link(left, right, f"same {identifier.type.replace('_', ' ')}", identifier.type, weight / PER_BIT)
