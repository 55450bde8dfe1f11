"""The specification of `resolve` once more, as naively as it can be written: all pairs, fractions, no indexes.

It shares with the package only the judgement of names and dates, the score of a pair, and the canonical rank.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import blake2b
from itertools import combinations
from math import log2
from types import MappingProxyType

from matching.names import birth_conflict, generation, has_given, name_conflict, name_signature, split_suffix
from matching.policy import UNLIMITED, Policies, Strength
from matching.records import Identifier, Record

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
        scores: Mapping[frozenset[str], float] = MappingProxyType({}),
    ) -> None:
        self.scores = {pair: round(100 * bits) for pair, bits in scores.items()}
        self.records, self.shared, self.policies = records, shared, policies
        self.bags: list[Bag] = []
        self.attaching = False
        self.counting: set[Strength] = set()

    # What a record says

    def linking(self, r: Record) -> set[Identifier]:
        return {i for i in r.identifiers if self.strength(i) is not Strength.ATTRIBUTE and i not in self.shared}

    def strength(self, i: Identifier) -> Strength:
        return self.policies.of(i.type).strength

    def name(self, r: Record) -> tuple[str, str]:
        return r.given, split_suffix(r.family)[0]

    def gen(self, r: Record) -> int | None:
        return generation(r.suffix or split_suffix(r.family)[1])

    def unknown(self, r: Record) -> bool:
        contact = any(self.strength(i) in (Strength.STRONG, Strength.MEDIUM) for i in r.identifiers)
        return not (contact or r.given or r.family)

    def tier(self, r: Record) -> int:
        if self.unknown(r):
            return 4
        if not has_given(r.given):
            return 3
        return 1 if r.birth_date or self.gen(r) else 2

    def rank(self, bag: Bag) -> tuple[bytes, str]:
        return min((blake2b(r.key.encode(), digest_size=16).digest(), r.key) for r in bag.records)

    def weight(self, i: Identifier) -> int:
        """0 where the identifier is no evidence at present."""
        if self.strength(i) not in self.counting:
            return 0
        names = {name_signature(r.given, r.family) for r in self.records if i in r.identifiers} - {None}
        return max(100, round(100 * (self.policies.of(i.type).weight - 2.5 * log2(max(1, len(names))))))

    def evidence(self, r: Record, s: Record) -> set[Identifier]:
        return {i for i in self.linking(r) & self.linking(s) if self.weight(i)}

    def score(self, r: Record, s: Record) -> int:
        """0 where scores are no evidence at present."""
        return self.scores.get(frozenset((r.key, s.key)), 0) if Strength.MEDIUM in self.counting else 0

    # What keeps two bags apart

    def judge(self, a: Bag, b: Bag) -> str | None:
        pairs = [(r, s) for r in a.records for s in b.records]
        if any(self.gen(r) and self.gen(s) and self.gen(r) != self.gen(s) for r, s in pairs):
            return "SUFFIXES_DIFFER"
        if not any(
            self.strength(i) is Strength.STRONG for r, s in pairs for i in self.linking(r) & self.linking(s)
        ) and (reason := self.differ(a, b)):
            return reason
        if (a.ambiguous and (b.settled or b.ambiguous)) or (b.ambiguous and (a.settled or a.ambiguous)):
            return "AMBIGUOUS"
        known = [not all(map(self.unknown, bag.records)) for bag in (a, b)]
        return "WEAK_NEVER_JOINS_KNOWN" if self.attaching and all(known) else None

    def differ(self, a: Bag, b: Bag) -> str | None:
        pairs = [(r, s) for r in a.records for s in b.records]
        if any(birth_conflict(r.birth_date, s.birth_date) for r, s in pairs):
            return "BIRTH_DATES_DIFFER"
        if any(name_conflict(self.name(r), self.name(s)) for r, s in pairs):
            return "GIVEN_NAMES_DIFFER"
        for kind, policy in sorted(self.policies.items()):
            if policy.max_per_person == UNLIMITED:
                continue
            values = [{i for r in bag.records for i in self.linking(r) if i.type == kind} for bag in (a, b)]
            own = [sum(i.type == kind for i in self.linking(r)) for bag in (a, b) for r in bag.records]
            if all(values) and len(values[0] | values[1]) > max(policy.max_per_person, *own):
                return f"TOO_MANY_{kind.upper()}"
        return None

    # The partition

    def mean(self, a: Bag, b: Bag) -> Fraction:
        pairs = [(r, s) for r in a.records for s in b.records]
        total = sum(self.weight(i) for r, s in pairs for i in self.evidence(r, s))
        total += sum(self.score(r, s) for r, s in pairs)
        return Fraction(total, len(a.records) * len(b.records))

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
                if (mean := self.mean(a, b)) and self.judge_with(a, b, before) is None
            ]
            if not pairs:
                break
            _, _, a, b = min(pairs, key=lambda pair: pair[:2])
            self.join(a, b, bags)
        self.shared = before

    def judge_with(self, a: Bag, b: Bag, shared: frozenset[Identifier]) -> str | None:
        held, self.shared = self.shared, shared
        try:
            return self.judge(a, b)
        finally:
            self.shared = held

    def alike(self, records: list[Record], banned: frozenset[Identifier] = frozenset()) -> list[Bag]:
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
            same = (evidence, claims, self.name(r), r.birth_date, self.gen(r)) if evidence else r.key
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
                self.judge(a, b)
                for a, b in combinations([bag for bag in self.bags if bag.settled], 2)
                if self.holds(a, i) and self.holds(b, i)
            )
        )
        for bag in held:
            self.bags.remove(bag)
        again = self.alike([r for bag in held for r in bag.records], contested)
        scores, self.scores = self.scores, {}
        self.link(again, contested)
        self.scores = scores
        for bag in again:
            bag.settled = bag.ambiguous = True
        self.bags += again

    def holds(self, bag: Bag, i: Identifier) -> bool:
        return any(i in r.identifiers for r in bag.records)

    def verdict(self, bag: Bag) -> tuple[int, Bag, list[int]] | None:
        fits: list[tuple[int, Bag]] = []
        for other in self.bags:
            common = {i for r in bag.records for s in other.records for i in self.evidence(r, s)}
            best_score = max(self.score(r, s) for r in bag.records for s in other.records)
            evidence = sum(map(self.weight, common)) + best_score
            if other.settled and evidence and other is not bag and not self.judge(bag, other):
                fits.append((evidence, other))
        if not fits:
            return None
        evidence, best = min(fits, key=lambda fit: (-fit[0], self.rank(fit[1])))
        return evidence, best, [bits for bits, other in fits if other is not best and self.judge(best, other)]

    def resolve(self) -> tuple[set[frozenset[str]], set[tuple[frozenset[str], frozenset[str], str]]]:
        """The clusters, and for every two that share a linking identifier why they are apart."""
        for tier in (1, 2, 3, 4):
            self.attaching = tier == 4
            self.counting = {Strength.WEAK} if tier == 4 else {Strength.STRONG, Strength.MEDIUM}
            for bag in self.bags:
                bag.settled = True
            pool = self.alike([r for r in self.records if self.tier(r) == tier])
            self.bags += pool
            self.place(list(pool))
            self.link(self.bags)
        self.attaching, self.counting = True, set(Strength) - {Strength.ATTRIBUTE}
        for bag in self.bags:
            bag.settled = True
        apart: set[tuple[frozenset[str], frozenset[str], str]] = set()
        for a, b in combinations(sorted(self.bags, key=lambda bag: min(r.key for r in bag.records)), 2):
            if self.mean(a, b) and not (a.ambiguous and b.ambiguous):
                reason = self.judge(a, b)
                assert reason, "two bags share evidence and nothing keeps them apart"
                apart.add((self.keys(a), self.keys(b), reason))
        return {self.keys(bag) for bag in self.bags}, apart

    def keys(self, bag: Bag) -> frozenset[str]:
        return frozenset(r.key for r in bag.records)
