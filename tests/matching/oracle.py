"""The specification of `resolve` once more, as naively as it can be written: all pairs, fractions, no indexes.

It shares with the package only the score of two groups, what speaks against two, and the canonical rank.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from itertools import chain, combinations
from math import log2

from matching.group_evidence import Profiles, score_groups
from matching.guards import contradicted_by, too_little
from matching.names.differences import has_given, name_conflict, name_signature
from matching.names.full_names import generation_of
from matching.policy import UNLIMITED, Policies, Strength
from matching.records import Identifier, Record
from matching.scoring import PairScore
from matching.scoring.features import profile_of
from matching.scoring.model import Bits

CLEARLY = 300


@dataclass(eq=False)
class Bag:
    records: list[Record] = field(default_factory=list[Record])
    settled: bool = False
    ambiguous: bool = False


class Oracle:
    def __init__(
        self,
        records: list[Record],
        shared: frozenset[Identifier],
        policies: Policies,
        alike: Collection[tuple[str, str]] = (),
    ) -> None:
        self.pairs = {frozenset(pair) for pair in alike}
        self.records, self.shared, self.policies, self.model = records, shared, policies, policies.model
        self.bags: list[Bag] = []
        self.attaching = False
        self.counting: set[Strength] = set()
        self.by_odds = False

    # What a record says

    def linking(self, r: Record) -> set[Identifier]:
        return {i for i in r.identifiers if self.strength(i) is not Strength.ATTRIBUTE and i not in self.shared}

    def strength(self, i: Identifier) -> Strength:
        return self.policies.of(i.type).strength

    def named(self, bag: Bag) -> bool:
        return any(self.names(r) for r in bag.records)

    def names(self, r: Record) -> bool:
        organisation = dict(r.about.attributes).get("organisation") and not (r.given or r.family)
        return has_given(r.given) or bool(organisation)

    def gen(self, r: Record) -> int | None:
        return generation_of(r.given, r.family, r.suffix)

    def unknown(self, r: Record) -> bool:
        contact = any(self.strength(i) in (Strength.STRONG, Strength.MEDIUM) for i in r.identifiers)
        return not (contact or self.names(r) or r.family)

    def tier(self, r: Record) -> int:
        if self.unknown(r):
            return 4
        if not self.names(r):
            return 3
        return 1 if r.birth_date or self.gen(r) else 2

    def rank(self, bag: Bag) -> tuple[bytes, str]:
        return min((blake2b(r.key.encode(), digest_size=16).digest(), r.key) for r in bag.records)

    def weight(self, i: Identifier) -> int:
        """0 where the identifier is no evidence at present."""
        if self.strength(i) not in self.counting:
            return 0
        return max(100, round(100 * (self.policies.of(i.type).weight - self.lost(i))))

    def lost(self, i: Identifier) -> float:
        """Bits that an identifier loses since several names use it."""
        names = [(r.given, r.family) for r in self.records if i in r.identifiers]
        said = {
            name_signature(*name): min(n for n in names if name_signature(*n) == name_signature(*name))
            for name in names
        }
        people = [{name} for signature, name in sorted(said.items(), key=lambda item: item[1]) if signature]
        for one, other in combinations(sorted(name for name in chain(*people)), 2):
            first, second = (next(p for p in people if name in p) for name in (one, other))
            if first is not second and len(said) <= 16 and not name_conflict(one, other):
                first |= second
                people.remove(second)
        return 2.5 * log2(max(1, len(people)))

    def worth(self, i: Identifier) -> Bits:
        policy, lost = self.policies.of(i.type), self.lost(i)
        if policy.strength is Strength.STRONG and not any(i in r.former for r in self.records):
            known = Bits(policy.weight - self.model.prior, policy.weight)
        elif i.type in self.model.weights:
            known = self.model.weights[i.type]["equal"]
        else:
            known = Bits(policy.weight - self.model.prior, policy.weight / 5)
        return Bits(max(0.0, known.strangers - lost), max(0.0, known.relatives - lost))

    def evidence(self, r: Record, s: Record) -> set[Identifier]:
        return {i for i in self.linking(r) & self.linking(s) if self.weight(i)}

    def common(self, a: Bag, b: Bag) -> set[Identifier]:
        """What both carry, but devices and browsers, whatever counts at present."""
        both = ({i for r in bag.records for i in self.linking(r)} for bag in (a, b))
        return {i for i in set.intersection(*both) if self.strength(i) is not Strength.WEAK}

    def score(self, a: Bag, b: Bag) -> PairScore:
        profiles = [Profiles(profile_of(r) for r in bag.records) for bag in (a, b)]
        return score_groups(*profiles, {i: self.worth(i) for i in self.common(a, b)}, self.model)

    @property
    def scoring(self) -> bool:
        return Strength.MEDIUM in self.counting

    def alike(self, a: Bag, b: Bag) -> bool:
        met = any(frozenset((r.key, s.key)) in self.pairs for r in a.records for s in b.records)
        return self.scoring and met

    def over(self, a: Bag, b: Bag) -> int:
        """Hundredths of a bit above the threshold."""
        return round(100 * (self.score(a, b).bits - self.model.link))

    def by_claims(self, a: Bag, b: Bag) -> int:
        return 0 if not self.scoring or self.common(a, b) else max(0, self.over(a, b))

    def meet(self, a: Bag, b: Bag) -> bool:
        return self.alike(a, b) or any(self.evidence(r, s) for r in a.records for s in b.records)

    # What keeps two bags apart

    def judge(self, a: Bag, b: Bag) -> str | None:
        pairs = [(r, s) for r in a.records for s in b.records]
        if any(self.gen(r) and self.gen(s) and self.gen(r) != self.gen(s) for r, s in pairs):
            return "SUFFIXES_DIFFER"
        strong = any(self.strength(i) is Strength.STRONG for r, s in pairs for i in self.linking(r) & self.linking(s))
        if not strong and (reason := self.differ(a, b)):
            return reason
        if (a.ambiguous and (b.settled or b.ambiguous)) or (b.ambiguous and (a.settled or a.ambiguous)):
            return "AMBIGUOUS"
        known = [not all(map(self.unknown, bag.records)) for bag in (a, b)]
        return "WEAK_NEVER_JOINS_KNOWN" if self.attaching and all(known) else None

    def differ(self, a: Bag, b: Bag) -> str | None:
        for kind, policy in sorted(self.policies.items()):
            if policy.max_per_person == UNLIMITED or kind == "government_id":
                continue
            values = [{i for r in bag.records for i in self.linking(r) if i.type == kind} for bag in (a, b)]
            own = [sum(i.type == kind for i in self.linking(r)) for bag in (a, b) for r in bag.records]
            if all(values) and len(values[0] | values[1]) > max(policy.max_per_person, *own):
                return f"TOO_MANY_{kind.upper()}"
        score = self.score(a, b)
        named = self.named(a) and self.named(b)
        if self.scoring and (named or not self.common(a, b)) and score.bits > self.model.link:
            return None
        if self.scoring and named:
            return (contradicted_by(score) or too_little(score, self.model)).rule
        reason = contradicted_by(score)
        return reason and reason.rule

    # The partition

    def mean(self, a: Bag, b: Bag) -> Fraction:
        pairs = [(r, s) for r in a.records for s in b.records]
        total = sum(self.weight(i) for r, s in pairs for i in self.evidence(r, s))
        claims = self.by_claims(a, b) if self.alike(a, b) and not total else 0
        return Fraction(total, len(a.records) * len(b.records)) + claims

    def join(self, a: Bag, b: Bag, bags: list[Bag]) -> None:
        a.records += b.records
        a.settled |= b.settled
        a.ambiguous |= b.ambiguous
        bags.remove(b)

    def link(self, bags: list[Bag], banned: frozenset[Identifier] = frozenset()) -> None:
        before, self.shared = self.shared, self.shared | banned if banned else self.shared
        while True:
            ranked = sorted(bags, key=self.rank)
            pairs = [
                (-mean, order, a, b)
                for order, (a, b) in enumerate(combinations(ranked, 2))
                if (mean := self.weigh(a, b)) and self.judge_with(a, b, before) is None
            ]
            if not pairs:
                break
            _, _, a, b = min(pairs, key=lambda pair: pair[:2])
            self.join(a, b, bags)
        self.shared = before

    def weigh(self, a: Bag, b: Bag) -> Fraction:
        """Named groups join by their odds, while only named ones are placed."""
        if not self.by_odds:
            return self.mean(a, b)
        return Fraction(self.over(a, b)) if self.meet(a, b) else Fraction(0)

    def judge_with(self, a: Bag, b: Bag, shared: frozenset[Identifier]) -> str | None:
        held, self.shared = self.shared, shared
        try:
            return self.judge(a, b)
        finally:
            self.shared = held

    def same(self, records: list[Record], banned: frozenset[Identifier] = frozenset()) -> list[Bag]:
        found: dict[object, Bag] = {}
        for r in records:
            evidence = frozenset(
                i
                for i in self.linking(r) - banned
                if self.weight(i) and sum(i in s.identifiers for s in self.records) > 1
            )
            claims = frozenset(
                i
                for i in self.linking(r)
                if self.policies.of(i.type).max_per_person < UNLIMITED or self.strength(i) is Strength.STRONG
            )
            same = (evidence, claims, profile_of(r)) if evidence else r.key
            found.setdefault(same, Bag()).records.append(r)
        return list(found.values())

    def place(self, pool: list[Bag]) -> None:
        held: list[Bag] = []
        while True:
            verdicts = [(bag, verdict) for bag in pool if (verdict := self.verdict(bag))]
            moved = False
            for bag, (evidence, best, rivals) in sorted(
                verdicts, key=lambda found: (-found[1][0], self.rank(found[0]))
            ):
                if not rivals and not self.attaching:
                    continue
                moved = True
                pool.remove(bag)
                if any(evidence - other < CLEARLY for other in rivals) or self.judge(bag, best):
                    held.append(bag)
                else:
                    self.join(best, bag, self.bags)
            if not moved:
                break
        contested = frozenset(
            i
            for bag in held
            for r in bag.records
            for i in self.linking(r)
            if any(
                self.contradict(a, b)
                for a, b in combinations([bag for bag in self.bags if bag.settled], 2)
                if self.holds(a, i) and self.holds(b, i)
            )
        )
        for bag in held:
            self.bags.remove(bag)
        again = self.same([r for bag in held for r in bag.records], contested)
        pairs, self.pairs = self.pairs, set()
        self.by_odds = self.by_odds and all(map(self.named, again))
        self.link(again, contested)
        self.pairs = pairs
        for bag in again:
            bag.settled = bag.ambiguous = True
        self.bags += again

    def holds(self, bag: Bag, i: Identifier) -> bool:
        return any(i in r.identifiers for r in bag.records)

    def verdict(self, bag: Bag) -> tuple[int, Bag, list[int]] | None:
        fits: list[tuple[int, Bag]] = []
        for other in self.bags:
            if not other.settled or other is bag or not self.meet(bag, other) or self.judge(bag, other):
                continue
            common = {i for r in bag.records for s in other.records for i in self.evidence(r, s)}
            carried = sum(map(self.weight, common))
            if self.scoring and self.named(bag) and self.named(other):
                types = {"email", "phone", "government_id", *self.policies}
                fields = self.score(bag, other).fields
                said = sum(f.relatives for f in fields if f.level != "equal" or f.name not in types)
                if self.over(bag, other) > 0:
                    fits.append((carried + round(100 * said), other))
            elif evidence := carried + self.by_claims(bag, other):
                fits.append((evidence, other))
        if not fits:
            return None
        evidence, best = min(fits, key=lambda fit: (-fit[0], self.rank(fit[1])))
        return evidence, best, [bits for bits, other in fits if other is not best and self.contradict(best, other)]

    def contradict(self, a: Bag, b: Bag) -> bool:
        return self.judge(a, b) not in (None, "REVIEW", "TOO_LITTLE_EVIDENCE")

    def resolve(self) -> tuple[set[frozenset[str]], set[tuple[frozenset[str], frozenset[str], str]]]:
        """The clusters, and for every two that share a linking identifier why they are apart."""
        for tier in (1, 2, 3, 4):
            self.attaching = tier == 4
            self.counting = {Strength.WEAK} if tier == 4 else {Strength.STRONG, Strength.MEDIUM}
            for bag in self.bags:
                bag.settled = True
            pool = self.same([r for r in self.records if self.tier(r) == tier])
            self.bags += pool
            self.by_odds = tier < 3
            self.place(list(pool))
            self.by_odds = tier < 3
            self.link(self.bags)
        self.attaching, self.counting = True, set(Strength) - {Strength.ATTRIBUTE}
        for bag in self.bags:
            bag.settled = True
        apart: set[tuple[frozenset[str], frozenset[str], str]] = set()
        for a, b in combinations(sorted(self.bags, key=lambda bag: min(r.key for r in bag.records)), 2):
            shared = any(self.evidence(r, s) for r in a.records for s in b.records)
            if shared and not (a.ambiguous and b.ambiguous):
                reason = self.judge(a, b)
                assert reason, "two bags share evidence and nothing keeps them apart"
                apart.add((self.keys(a), self.keys(b), reason))
        return {self.keys(bag) for bag in self.bags}, apart

    def keys(self, bag: Bag) -> frozenset[str]:
        return frozenset(r.key for r in bag.records)
