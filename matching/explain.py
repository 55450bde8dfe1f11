"""Why records are one person and why others are not: read from the resolution itself, with what would change it.

`ResolvedComponents` runs `resolve` over whole components and keeps what it weighed. This module has no rules of its
own: each reason comes from a guard, each weight from the linkage, and each remedy was tried with `resolve`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from matching.components import components, without_unowned
from matching.group_evidence import Profiles, score_groups
from matching.groups import Group
from matching.guards import Contradiction, PersonClaims, against, contradictions, is_contradiction
from matching.linkage import PER_BIT
from matching.policy import Policies, Strength
from matching.records import DECIDED, REVIEW, SCORED, Identifier, Record, Refusal
from matching.resolve import Guards, Partitioning
from matching.rulings import Ruling, RulingRule
from matching.scoring import PairScore, score_pair

MAX_TRIED = 400
"""Connected records for which remedies are tried: each remedy is a resolution of its own."""
_MAX_PAIRS = 2_500
_HYPOTHETICAL = "\x00"  # no keyed hash looks like this
_NEWEST = "\uffff"  # decisions' ids sort by time


class Standing(StrEnum):
    """Whether an identifier speaks for one person."""

    LINKS = "links"
    SHARED = "shared"
    BLOCKED = "blocked"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Common:
    """An identifier that both sides carry. `bits` is 0 if it does not link; `records` and `people` count the carriers
    among these components."""

    identifier: Identifier
    standing: Standing
    bits: float
    records: int
    people: int


@dataclass(frozen=True, slots=True)
class Hop:
    """A step from one record to another by an identifier that both carry; None: by an agent's decision or a score."""

    left: str
    right: str
    rule: str
    identifier: Identifier | None
    bits: float


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A reason against one person: a guard's rule, or missing evidence. `left` and `right` are two records that show it
    by themselves, if there are such; `identifier` is a common identifier that does not link."""

    rule: str
    detail: str
    left: str | None = None
    right: str | None = None
    identifier: Identifier | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """The two records, one of each side, that have most in common, and the score of their contents."""

    left: str
    right: str
    score: PairScore


class RemedyKind(StrEnum):
    """A change that would make one person of two."""

    AGREE_ON = "agree_on"
    UNSHARE = "unshare"
    UNBLOCK = "unblock"
    MEND_NAME = "mend_name"
    MEND_BIRTH_DATE = "mend_birth_date"
    MEND_SUFFIX = "mend_suffix"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change after which `resolve` makes them one. `type` for AGREE_ON, `identifier` for UNSHARE and UNBLOCK."""

    kind: RemedyKind
    type: str | None = None
    identifier: Identifier | None = None


class ResolvedComponents:
    """Whole components as `resolve` splits them. `blocked`: record → identifiers with a blocked (dummy) value."""

    def __init__(
        self,
        records: Collection[Record],
        shared: Collection[Identifier],
        policies: Policies,
        blocked: Mapping[str, frozenset[Identifier]] | None = None,
    ) -> None:
        self.records = {record.key: record for record in without_unowned(records)}
        self.policies = policies
        self.shared = frozenset(shared)
        self._model = policies.model
        self._blocked = blocked or {}
        self._resolved: dict[str, tuple[Partitioning, Group]] = {}
        self._reviews: list[Refusal] = []
        self.scored: dict[str, dict[str, float]] = {}
        for part in components(records, self.shared, policies):
            partitioning = Partitioning(part, self.shared, policies)
            refusals = partitioning.partition(Guards.ON).refusals
            self._reviews += [refusal for refusal in refusals if refusal.rule == REVIEW]
            for left, right in partitioning.alike:
                bits = self._score(left, right).bits
                if bits > self._model.link:
                    self._tie(left, right, bits)
            for group in partitioning.forest.groups:
                self._resolved |= dict.fromkeys(group.members, (partitioning, group))
                for link in group.links:
                    # Two people may be more alike than any two of their records.
                    if link.identifier_type == SCORED and link.right not in self.scored.get(link.left, {}):
                        self._tie(link.left, link.right, link.weight)
        self._carriers: dict[Identifier, list[str]] = {}
        for key in sorted(self.records):
            for identifier in self._carried(key):
                self._carriers.setdefault(identifier, []).append(key)

    def _tie(self, left: str, right: str, bits: float) -> None:
        self.scored.setdefault(left, {})[right] = self.scored.setdefault(right, {})[left] = bits

    def person(self, key: str) -> Group:
        """The person that the record belongs to."""
        return self._resolved[key][1]

    def one_person(self, keys: Iterable[str]) -> bool:
        return len({self.person(key) for key in keys}) == 1

    def bits(self, key: str, identifier: Identifier) -> float:
        """The weight of the identifier on this record; 0 if no other record carries it or it does not link."""
        partitioning = self._resolved[key][0]
        linking = identifier in partitioning.linking[key]
        return partitioning.weights.get(identifier, 0) / PER_BIT if linking else 0.0

    def people(self, identifier: Identifier) -> int:
        """How many people of these components carry it."""
        return len({self.person(key) for key in self._carriers.get(identifier, ())})

    def common(self, left: Collection[str], right: Collection[str]) -> tuple[Common, ...]:
        """The identifiers that both sides carry, the weightiest first."""
        left_identifiers, right_identifiers = (
            {i for key in side for i in self._carried(key)} for side in (left, right)
        )
        entries = [self._common(identifier, next(iter(left))) for identifier in left_identifiers & right_identifiers]
        return tuple(sorted(entries, key=lambda c: (-c.bits, c.identifier)))

    def path(
        self, left: Collection[str], right: Collection[str], within: Collection[str] | None = None
    ) -> tuple[Hop, ...]:
        """The shortest path from one side to the other over everything that ties records, by the heaviest ties; empty
        if there is none."""
        allowed = set(self.records) if within is None else set(within)
        reached_by: dict[str, Hop | None] = dict.fromkeys(sorted(left))
        used: set[Identifier] = set()
        queue = deque(reached_by)
        goal = set(right)
        while queue:
            key = queue.popleft()
            if key in goal:
                return tuple(reversed(list(_steps_back(reached_by, key))))
            for hop in self._hops(key, used):
                if hop.right not in reached_by and hop.right in allowed:
                    reached_by[hop.right] = hop
                    queue.append(hop.right)
        return ()

    def overruled(self, left: Collection[str], right: Collection[str]) -> tuple[Obstacle, ...]:
        """The contradictions that did not count because a strong identifier or an agent's decision overrules them."""
        left_claims, right_claims = self._claims(left), self._claims(right)
        left_claims.strong.clear()
        left_claims.locked = right_claims.locked = left_claims.several = right_claims.several = False
        score = score_groups(self._profiles(left), self._profiles(right), {}, self._model)
        return tuple(
            self._obstacle(contradiction, left, right)
            for contradiction in (*contradictions(left_claims, right_claims, self.policies), *against(score))
        )

    def obstacles(self, left: str, right: str) -> tuple[Obstacle, ...]:
        """What keeps two records apart: missing evidence, then the guards' reasons. Never empty for two people."""
        a, b = self.person(left), self.person(right)
        if a is b:
            return ()
        same = self._resolved[left][0] is self._resolved[right][0]
        common = self.common(a.members, b.members)
        forest = self._resolved[left][0].forest
        obstacles = [
            Obstacle(review.rule, review.detail, review.left, review.right)
            for review in self._reviews
            if {self.person(review.left), self.person(review.right)} == {a, b}
        ]
        score = forest.score(a, b) if same else score_groups(a.profiles, b.profiles, {}, self._model)
        tied = same and (b in forest.alike(a) or any(entry.standing is Standing.LINKS for entry in common))
        if not tied and not obstacles:
            obstacles += [Obstacle(*_WITHOUT_EFFECT[entry.standing], identifier=entry.identifier) for entry in common]
            if not common:
                obstacles.append(Obstacle(*(_INDIRECT if same else _NOTHING)))
            if score.bits <= self._model.link:
                obstacles.append(self._below(score))
        reasons = [*contradictions(a.claims, b.claims, self.policies)]
        if a.claims.strong.isdisjoint(b.claims.strong):
            reasons += against(score)
        obstacles += [self._obstacle(contradiction, a.members, b.members) for contradiction in reasons]
        judged = forest.judge(a, b) if tied else None
        if judged is not None and judged.rule not in {obstacle.rule for obstacle in obstacles}:
            obstacles.append(Obstacle(judged.rule, judged.detail))
        if not obstacles:  # of two without a name, no finding says that they are alike
            obstacles.append(self._below(score))
        return tuple(obstacles)

    def _below(self, score: PairScore) -> Obstacle:
        detail = f"their claims are worth {score.bits:g} bits, and more than {self._model.link:g} are needed"
        return Obstacle("BELOW_THRESHOLD", detail)

    def fits(self, key: str) -> tuple[tuple[str, float], ...]:
        """The people to whom an ambiguous record may belong: their first record and the bits, the likeliest first."""
        partitioning, group = self._resolved[key]
        if not group.ambiguous:
            return ()
        forest = partitioning.forest
        fits = {
            min(other.members): forest.bits(group, other) / PER_BIT
            for other in forest.neighbours(group)
            if not any(contradictions(group.claims, other.claims, self.policies))
            and not is_contradiction(next(iter(against(forest.score(group, other))), None))
        }
        return tuple(sorted(((first, bits) for first, bits in fits.items() if bits > 0), key=lambda f: (-f[1], f[0])))

    def compared(self, left: Collection[str], right: Collection[str]) -> Compared:
        """The pair of records, one of each side, with the most bits of common identifiers, then of contents."""
        pairs = list(product(sorted(left), sorted(right)))[:_MAX_PAIRS]

        def worth(pair: tuple[str, str]) -> tuple[float, float]:
            identifiers = self.records[pair[0]].identifiers & self.records[pair[1]].identifiers
            return sum(self.bits(pair[0], i) for i in identifiers), self._score(*pair).bits

        left_key, right_key = max(pairs, key=worth)
        return Compared(left_key, right_key, self._score(left_key, right_key))

    def remedies(self, left: str, right: str) -> tuple[Remedy, ...]:
        """Changes of evidence that make one person of two, each tried. Empty if there are too many records to try."""
        if len(self.records) > MAX_TRIED:
            return ()
        return tuple(
            remedy for remedy in self._candidate_remedies(left, right) if self._joins_with(remedy, left, right)
        )

    def _candidate_remedies(self, left: str, right: str) -> Iterator[Remedy]:
        for common in self.common(self.person(left).members, self.person(right).members):
            if common.standing is Standing.SHARED:
                yield Remedy(RemedyKind.UNSHARE, identifier=common.identifier)
            elif common.standing is Standing.BLOCKED:
                yield Remedy(RemedyKind.UNBLOCK, identifier=common.identifier)
        rules = {obstacle.rule for obstacle in self.obstacles(left, right)}
        for rule, kind in _CORRECTIONS.items():
            if rule in rules:
                yield Remedy(kind)
        for strength in (Strength.MEDIUM, Strength.STRONG):
            types = [policy.type for policy in self.policies.values() if policy.strength is strength]
            yield from (Remedy(RemedyKind.AGREE_ON, type=type_) for type_ in types[:2])
        yield Remedy(RemedyKind.DECIDE)

    def _joins_with(self, remedy: Remedy, left: str, right: str) -> bool:
        records = dict(self.records)
        shared = self.shared
        ends = (left, right)
        match remedy.kind:
            case RemedyKind.UNSHARE:
                shared -= {remedy.identifier}
            case RemedyKind.UNBLOCK:
                for key in records:
                    if remedy.identifier in self._blocked.get(key, ()):
                        records[key] = _with(records[key], remedy.identifier)
            case RemedyKind.AGREE_ON:
                assert remedy.type is not None
                for key in ends:
                    records[key] = _with(records[key], Identifier(remedy.type, _HYPOTHETICAL))
            case RemedyKind.DECIDE:
                for key in ends:
                    rulings = records[key].rulings | {Ruling(_NEWEST, RulingRule.JOIN)}
                    records[key] = replace(records[key], rulings=rulings)
            case kind:
                small = min((self.person(key).members for key in ends), key=len)
                for key in small:
                    records[key] = replace(records[key], **_WITHOUT_CLAIM[kind])
        tried = ResolvedComponents(list(records.values()), shared, self.policies)
        return tried.one_person(ends)

    def _carried(self, key: str) -> frozenset[Identifier]:
        return self.records[key].identifiers | self._blocked.get(key, frozenset())

    def _common(self, identifier: Identifier, key: str) -> Common:
        carriers = self._carriers[identifier]
        if any(identifier in self._blocked.get(carrier, ()) for carrier in carriers):
            standing = Standing.BLOCKED
        elif identifier in self.shared:
            standing = Standing.SHARED
        elif self.policies.of(identifier.type).links:
            standing = Standing.LINKS
        else:
            standing = Standing.ATTRIBUTE
        bits = self._resolved[key][0].weights.get(identifier, 0) / PER_BIT if standing is Standing.LINKS else 0.0
        return Common(identifier, standing, bits, len(carriers), self.people(identifier))

    def _hops(self, key: str, used: set[Identifier]) -> Iterator[Hop]:
        """Steps from a record. An identifier is used once: then all its records are reached."""
        partitioning, group = self._resolved[key]
        tied = [i for i in partitioning.linking[key] if i in partitioning.weights and i not in used]
        for identifier in sorted(tied, key=lambda i: (-partitioning.weights[i], i)):
            used.add(identifier)
            rule = f"same {identifier.type.replace('_', ' ')}"
            for other in self._carriers[identifier]:
                yield Hop(key, other, rule, identifier, partitioning.weights[identifier] / PER_BIT)
        for other, bits in sorted(self.scored.get(key, {}).items(), key=lambda pair: (-pair[1], pair[0])):
            yield Hop(key, other, "alike in what they claim", None, bits)
        for link in group.links:
            if link.identifier_type == DECIDED and key in (link.left, link.right):
                yield Hop(key, link.right if key == link.left else link.left, link.rule, None, link.weight)

    def _claims(self, keys: Iterable[str]) -> PersonClaims:
        total = PersonClaims()
        for key in keys:
            total.absorb(self._resolved[key][0].claims(key))
        return total

    def _profiles(self, keys: Iterable[str]) -> Profiles:
        return Profiles(self._resolved[key][0].profiles[key] for key in keys)

    def _obstacle(self, contradiction: Contradiction, left: Collection[str], right: Collection[str]) -> Obstacle:
        """The contradiction with the first two records that show it by themselves, strong identifiers left out."""
        for left_key, right_key in list(product(sorted(left), sorted(right)))[:_MAX_PAIRS]:
            left_claims, right_claims = self._claims([left_key]), self._claims([right_key])
            left_claims.strong.clear()
            shown = (
                *contradictions(left_claims, right_claims, self.policies),
                *against(self._score(left_key, right_key)),
            )
            if any(each.rule == contradiction.rule for each in shown):
                return Obstacle(contradiction.rule, contradiction.detail, left_key, right_key)
        return Obstacle(contradiction.rule, contradiction.detail)

    def _score(self, left: str, right: str) -> PairScore:
        return score_pair(self.records[left], self.records[right], self._model)


_NOTHING = ("NOTHING_IN_COMMON", "they have no identifier in common, and no other person connects them")
_INDIRECT = ("ONLY_INDIRECT", "they have no identifier in common; only other people connect them")
_WITHOUT_EFFECT = {
    Standing.SHARED: ("IDENTIFIER_SHARED", "too many different people use the value that they have in common"),
    Standing.BLOCKED: ("IDENTIFIER_BLOCKED", "the value that they have in common is blocked: it names no person"),
    Standing.ATTRIBUTE: ("IDENTIFIER_NEVER_LINKS", "the value that they have in common is of a type that never links"),
}
_CORRECTIONS = {
    "SUFFIXES_DIFFER": RemedyKind.MEND_SUFFIX,
    "BIRTH_DATES_DIFFER": RemedyKind.MEND_BIRTH_DATE,
    "GIVEN_NAMES_DIFFER": RemedyKind.MEND_NAME,
}
_WITHOUT_CLAIM: dict[RemedyKind, dict[str, object]] = {
    RemedyKind.MEND_NAME: {"given": "", "family": ""},
    RemedyKind.MEND_BIRTH_DATE: {"birth_date": None},
    RemedyKind.MEND_SUFFIX: {"suffix": "", "family": ""},
}


def _with(record: Record, identifier: Identifier | None) -> Record:
    return record if identifier is None else replace(record, identifiers=record.identifiers | {identifier})


def _steps_back(reached_by: Mapping[str, Hop | None], key: str) -> Iterator[Hop]:
    while (hop := reached_by[key]) is not None:
        yield hop
        key = hop.left
