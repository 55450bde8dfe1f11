"""Why records are one person and why others are not: read off the decision itself, with what would have changed it.

`Decided` runs `resolve` over whole components and keeps what it weighed. Nothing here judges by rules of its own: a
reason is a guard's, a weight is the linkage's, and a remedy is one with which `resolve` has been tried.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product

from matching.components import components
from matching.groups import Group
from matching.guards import Contradiction, PersonClaims, contradictions
from matching.linkage import PER_BIT
from matching.policy import Policies, Strength
from matching.records import DECIDED, REVIEW, Identifier, Record, Refusal
from matching.resolve import Guards, Partitioning
from matching.rulings import Ruling, RulingRule
from matching.scoring import PairScore, default_model, score_pair

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
    """An identifier that both sides carry. `bits` is 0 where it does not link; `records` and `people` are those of the
    components at hand that carry it."""

    identifier: Identifier
    standing: Standing
    bits: float
    records: int
    people: int


@dataclass(frozen=True, slots=True)
class Hop:
    """A step from one record to another: by an identifier that both carry, or without one by a decision."""

    left: str
    right: str
    rule: str
    identifier: Identifier | None
    bits: float


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What speaks against one person: a guard's rule, or what is missing. `left` and `right` are records that claim it,
    where two show it by themselves; `identifier` is one that both carry and that does not link."""

    rule: str
    detail: str
    left: str | None = None
    right: str | None = None
    identifier: Identifier | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """The two records, one of each side, that have most in common, and what their contents are worth."""

    left: str
    right: str
    score: PairScore


class RemedyKind(StrEnum):
    """What would make one person of two."""

    AGREE_ON = "agree_on"
    UNSHARE = "unshare"
    UNBLOCK = "unblock"
    MEND_NAME = "mend_name"
    MEND_BIRTH_DATE = "mend_birth_date"
    MEND_SUFFIX = "mend_suffix"
    DECIDE = "decide"


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change with which `resolve` makes them one. `type` for AGREE_ON, `identifier` for UNSHARE and UNBLOCK."""

    kind: RemedyKind
    type: str | None = None
    identifier: Identifier | None = None


class Decided:
    """Whole components as `resolve` parts them. `blocked`: record → identifiers that mean nobody."""

    def __init__(
        self,
        records: Collection[Record],
        shared: Collection[Identifier],
        policies: Policies,
        blocked: Mapping[str, frozenset[Identifier]] | None = None,
    ) -> None:
        self.records = {record.key: record for record in records}
        self.policies = policies
        self.shared = frozenset(shared)
        self._model = policies.model or default_model()
        self._blocked = blocked or {}
        self._home: dict[str, tuple[Partitioning, Group]] = {}
        self._reviews: list[Refusal] = []
        self.scored: dict[str, dict[str, float]] = {}
        for part in components(records, self.shared, policies):
            resolution = Partitioning(part, self.shared, policies)
            refusals = resolution.partition(Guards.ON).refusals
            self._reviews += [refusal for refusal in refusals if refusal.rule == REVIEW]
            for (one, other), bits in resolution.scored.links.items():
                self.scored.setdefault(one, {})[other] = self.scored.setdefault(other, {})[one] = bits
            for group in resolution.forest.groups:
                self._home |= dict.fromkeys(group.members, (resolution, group))
        self._carriers: dict[Identifier, list[str]] = {}
        for key in sorted(self.records):
            for identifier in self._carried(key):
                self._carriers.setdefault(identifier, []).append(key)

    def person(self, key: str) -> Group:
        """The person that the record belongs to."""
        return self._home[key][1]

    def one_person(self, keys: Iterable[str]) -> bool:
        return len({self.person(key) for key in keys}) == 1

    def bits(self, key: str, identifier: Identifier) -> float:
        """What the identifier weighs on this record; 0 where nobody else carries it or it does not link."""
        resolution = self._home[key][0]
        linking = identifier in resolution.linking[key]
        return resolution.weights.get(identifier, 0) / PER_BIT if linking else 0.0

    def people(self, identifier: Identifier) -> int:
        """How many people of these components carry it."""
        return len({self.person(key) for key in self._carriers.get(identifier, ())})

    def common(self, left: Collection[str], right: Collection[str]) -> tuple[Common, ...]:
        """The identifiers that both sides carry, the weightiest first."""
        one, other = ({i for key in side for i in self._carried(key)} for side in (left, right))
        found = [self._common(identifier, next(iter(left))) for identifier in one & other]
        return tuple(sorted(found, key=lambda c: (-c.bits, c.identifier)))

    def path(
        self, left: Collection[str], right: Collection[str], within: Collection[str] | None = None
    ) -> tuple[Hop, ...]:
        """The fewest steps from one side to the other over whatever ties records, the weightiest first; empty: none."""
        allowed = set(self.records) if within is None else set(within)
        came: dict[str, Hop | None] = dict.fromkeys(sorted(left))
        spent: set[Identifier] = set()
        waiting = deque(came)
        goal = set(right)
        while waiting:
            key = waiting.popleft()
            if key in goal:
                return tuple(reversed(list(_back(came, key))))
            for hop in self._hops(key, spent):
                if hop.right not in came and hop.right in allowed:
                    came[hop.right] = hop
                    waiting.append(hop.right)
        return ()

    def overruled(self, left: Collection[str], right: Collection[str]) -> tuple[Obstacle, ...]:
        """What speaks against one person and did not count, since a strong identifier or an agent says otherwise."""
        one, other = self._claims(left), self._claims(right)
        one.strong.clear()
        one.locked = other.locked = False
        return tuple(self._obstacle(found, left, right) for found in contradictions(one, other, self.policies))

    def obstacles(self, left: str, right: str) -> tuple[Obstacle, ...]:
        """What keeps two records apart: what is missing, then what the guards say. Never empty for two people."""
        a, b = self.person(left), self.person(right)
        if a is b:
            return ()
        same = self._home[left][0] is self._home[right][0]
        common = self.common(a.members, b.members)
        forest = self._home[left][0].forest
        found = [
            Obstacle(review.rule, review.detail, review.left, review.right)
            for review in self._reviews
            if {self.person(review.left), self.person(review.right)} == {a, b}
        ]
        tied = same and (b in forest.bridges(a) or any(one.standing is Standing.LINKS for one in common))
        if not tied and not found:
            found += [Obstacle(*_IDLE[one.standing], identifier=one.identifier) for one in common]
            if not common:
                found.append(Obstacle(*(_INDIRECT if same else _NOTHING)))
            if self.policies.model is not None and (bits := self._score(left, right).bits) < self._model.link:
                detail = f"what they claim is worth {bits:g} bits, and {self._model.link:g} are needed"
                found.append(Obstacle("BELOW_THRESHOLD", detail))
        found += [
            self._obstacle(one, a.members, b.members) for one in contradictions(a.claims, b.claims, self.policies)
        ]
        judged = forest.judge(a, b) if tied else None
        if judged is not None and judged.rule not in {obstacle.rule for obstacle in found}:
            found.append(Obstacle(judged.rule, judged.detail))
        return tuple(found)

    def fits(self, key: str) -> tuple[tuple[str, float], ...]:
        """The people that a person held apart as ambiguous might be: first record and bits, the likeliest first."""
        resolution, group = self._home[key]
        if not group.ambiguous:
            return ()
        bits: dict[Group, tuple[str, int]] = {}
        for other, bridge in resolution.forest.bridges(group).items():
            if not any(contradictions(group.claims, other.claims, self.policies)):
                bits[other] = (min(other.members), bridge.best)
        for identifier in resolution.forest.evidence(group):
            for other in resolution.forest.holders(identifier):
                if other is not group and not any(contradictions(group.claims, other.claims, self.policies)):
                    first, total = bits.get(other, (min(other.members), 0))
                    bits[other] = (first, total + resolution.weights[identifier])
        ranked = sorted(bits.values(), key=lambda found: (-found[1], found[0]))
        return tuple((first, total / PER_BIT) for first, total in ranked)

    def compared(self, left: Collection[str], right: Collection[str]) -> Compared:
        """The pair, one of each side, with the most bits in common identifiers, then in contents."""
        pairs = list(product(sorted(left), sorted(right)))[:_MAX_PAIRS]

        def worth(pair: tuple[str, str]) -> tuple[float, float]:
            identifiers = self.records[pair[0]].identifiers & self.records[pair[1]].identifiers
            return sum(self.bits(pair[0], i) for i in identifiers), self._score(*pair).bits

        one, other = max(pairs, key=worth)
        return Compared(one, other, self._score(one, other))

    def remedies(self, left: str, right: str) -> tuple[Remedy, ...]:
        """Changes of evidence that make one person of two, each tried; none where there are too many records to try."""
        if len(self.records) > MAX_TRIED:
            return ()
        return tuple(remedy for remedy in self._thinkable(left, right) if self._joins(remedy, left, right))

    def _thinkable(self, left: str, right: str) -> Iterator[Remedy]:
        for common in self.common(self.person(left).members, self.person(right).members):
            if common.standing is Standing.SHARED:
                yield Remedy(RemedyKind.UNSHARE, identifier=common.identifier)
            elif common.standing is Standing.BLOCKED:
                yield Remedy(RemedyKind.UNBLOCK, identifier=common.identifier)
        rules = {obstacle.rule for obstacle in self.obstacles(left, right)}
        for rule, kind in _MENDED.items():
            if rule in rules:
                yield Remedy(kind)
        for strength in (Strength.MEDIUM, Strength.STRONG):
            types = [policy.type for policy in self.policies.values() if policy.strength is strength]
            yield from (Remedy(RemedyKind.AGREE_ON, type=type_) for type_ in types[:2])
        yield Remedy(RemedyKind.DECIDE)

    def _joins(self, remedy: Remedy, left: str, right: str) -> bool:
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
                    records[key] = replace(records[key], **_SAYS_NOTHING[kind])
        tried = Decided(list(records.values()), shared, self.policies)
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
        bits = self._home[key][0].weights.get(identifier, 0) / PER_BIT if standing is Standing.LINKS else 0.0
        return Common(identifier, standing, bits, len(carriers), self.people(identifier))

    def _hops(self, key: str, spent: set[Identifier]) -> Iterator[Hop]:
        """Steps from a record; an identifier leads on once only, since all its records are reached by then."""
        resolution, group = self._home[key]
        tied = [i for i in resolution.linking[key] if i in resolution.weights and i not in spent]
        for identifier in sorted(tied, key=lambda i: (-resolution.weights[i], i)):
            spent.add(identifier)
            rule = f"same {identifier.type.replace('_', ' ')}"
            for other in self._carriers[identifier]:
                yield Hop(key, other, rule, identifier, resolution.weights[identifier] / PER_BIT)
        for other, bits in sorted(self.scored.get(key, {}).items(), key=lambda pair: (-pair[1], pair[0])):
            yield Hop(key, other, "alike in what they claim", None, bits)
        for link in group.links:
            if link.identifier_type == DECIDED and key in (link.left, link.right):
                yield Hop(key, link.right if key == link.left else link.left, link.rule, None, link.weight)

    def _claims(self, keys: Iterable[str]) -> PersonClaims:
        total = PersonClaims()
        for key in keys:
            total.absorb(self._home[key][0].claims(key))
        return total

    def _obstacle(self, found: Contradiction, left: Collection[str], right: Collection[str]) -> Obstacle:
        """With the first two records that contradict each other in this by themselves, strong identifiers aside."""
        for one, other in list(product(sorted(left), sorted(right)))[:_MAX_PAIRS]:
            mine, its = self._claims([one]), self._claims([other])
            mine.strong.clear()
            if any(each.rule == found.rule for each in contradictions(mine, its, self.policies)):
                return Obstacle(found.rule, found.detail, one, other)
        return Obstacle(found.rule, found.detail)

    def _score(self, left: str, right: str) -> PairScore:
        return score_pair(self.records[left], self.records[right], self._model)


_NOTHING = ("NOTHING_IN_COMMON", "they have no identifier in common, and nobody between them does")
_INDIRECT = ("ONLY_INDIRECT", "they have no identifier in common; other people stand between them")
_IDLE = {
    Standing.SHARED: ("IDENTIFIER_SHARED", "too many different people use what they have in common"),
    Standing.BLOCKED: ("IDENTIFIER_BLOCKED", "what they have in common is a value that means nobody"),
    Standing.ATTRIBUTE: ("IDENTIFIER_NEVER_LINKS", "what they have in common is of a type that never links"),
}
_MENDED = {
    "SUFFIXES_DIFFER": RemedyKind.MEND_SUFFIX,
    "BIRTH_DATES_DIFFER": RemedyKind.MEND_BIRTH_DATE,
    "GIVEN_NAMES_DIFFER": RemedyKind.MEND_NAME,
}
_SAYS_NOTHING: dict[RemedyKind, dict[str, object]] = {
    RemedyKind.MEND_NAME: {"given": "", "family": ""},
    RemedyKind.MEND_BIRTH_DATE: {"birth_date": None},
    RemedyKind.MEND_SUFFIX: {"suffix": "", "family": ""},
}


def _with(record: Record, identifier: Identifier | None) -> Record:
    return record if identifier is None else replace(record, identifiers=record.identifiers | {identifier})


def _back(came: Mapping[str, Hop | None], key: str) -> Iterator[Hop]:
    while (hop := came[key]) is not None:
        yield hop
        key = hop.left
