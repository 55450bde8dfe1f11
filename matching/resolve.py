"""The guarded partition of source records into people: a pure function of the set of records and the policies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import replace
from enum import Enum, IntEnum
from hashlib import blake2b
from itertools import combinations, repeat
from math import log2

from matching.components import components, linking
from matching.groups import Group
from matching.guards import WEAK, PersonClaims
from matching.linkage import PER_BIT, Forest, Weights, link_by
from matching.name_spelling import mend
from matching.names import generation, has_given, name_signature, split_suffix
from matching.placement import place
from matching.policy import Policies, Strength
from matching.records import DECIDED, REVIEW, SCORED, Cluster, Identifier, Link, Partition, Record, Refusal
from matching.rulings import verdict
from matching.scoring.zones import scored

_DILUTION = 2.5
"""Bits that an identifier loses each time the number of names that use it doubles; at least one bit is left."""

_MANY = 16

_DECIDED_BITS = 100.0
"""What an agent's decision weighs beside identifiers, for people to read: it is never weighed."""


class Guards(Enum):
    """`OFF` is plain connected components: what a measurement of the guards compares with."""

    ON = "on"
    OFF = "off"


class _Tier(IntEnum):
    """How well a record describes its person; the best-described are partitioned first."""

    FULL = 1
    NAMED = 2
    NAMELESS = 3
    UNKNOWN = 4


def resolve(
    records: Collection[Record],
    shared: Collection[Identifier],
    policies: Policies,
    guards: Guards = Guards.ON,
) -> Partition:
    """Records that belong to one person, why they were joined, and why others were not.

    `records` are whole components; `shared` are those of their identifiers that too many people use. The result
    depends on the set of records alone. Tier by tier, from the best-described records down to browsers nobody
    signed in on: newcomers that fit several contradictory people are given to the clearly best one or held apart,
    all others are joined by average linkage, never across a contradiction. Records that share a token are scored by the
    policies' model: a score over its link threshold is evidence like an identifier, one over its review threshold a
    finding.
    """
    return Partitioning(records, frozenset(shared), policies).partition(guards)


class Partitioning:
    """`resolve` at work. `records` are as it reads them, `weights` what it weighs, and `forest`, once partitioned, the
    people it came to and what keeps them apart. `matching.explain` reads these: an explanation is the decision's own.
    """

    def __init__(self, records: Collection[Record], shared: frozenset[Identifier], policies: Policies) -> None:
        self._policies = policies
        self.records = {record.key: record for record in mend(records)}
        if len(self.records) != len(records):
            raise ValueError("two records have the same key")
        self._shared = shared
        self.linking = {key: linking(record, shared, policies) for key, record in self.records.items()}
        ranked = sorted(self.records, key=lambda key: (blake2b(key.encode(), digest_size=16).digest(), key))
        self._rank = {key: rank for rank, key in enumerate(ranked)}
        self._verdict = verdict((key, record.rulings) for key, record in self.records.items())
        self._tier = self._tiers()
        self.weights = self._weigh()
        self.scored = scored(records, policies.model)
        self.forest = Forest(
            policies, self.weights, {pair: round(PER_BIT * bits) for pair, bits in self.scored.links.items()}
        )
        self._told: dict[str, PersonClaims] = {}

    def partition(self, guards: Guards) -> Partition:
        if guards is Guards.OFF:
            records = [replace(record, rulings=frozenset(), tokens=frozenset()) for record in self.records.values()]
            return Partition(tuple(map(self._whole, components(records, self._shared, self._policies))))
        forest = self.forest
        for tier in _Tier:
            keys = [key for key, of in self._tier.items() if of is tier]
            if not keys:
                continue
            weak = tier is _Tier.UNKNOWN
            forest.begin(*((Strength.WEAK,) if weak else (Strength.STRONG, Strength.MEDIUM)))
            newcomers = self._groups(keys, forest.weights)
            for group in newcomers:
                forest.add(group)
            unlinked = place(
                forest, newcomers, attach=weak, regroup=lambda keys, contested: self._held(keys, contested, forest)
            )
            forest.link(unlinked)
        forest.begin(*Strength)
        clusters = sorted(
            (Cluster(tuple(sorted(g.members)), tuple(sorted(g.links))) for g in forest.groups), key=_first
        )
        return Partition(tuple(clusters), tuple(sorted(self._refusals(forest))))

    def _tiers(self) -> dict[str, _Tier]:
        """Each record's tier; records that an agent joined stand together in the best one of theirs."""
        found = {key: self._tier_of(record) for key, record in self.records.items()}
        best: dict[str, _Tier] = {}
        for key, person in self._verdict.joined.items():
            best[person] = min(found[key], best.get(person, found[key]))
        return found | {key: best[person] for key, person in self._verdict.joined.items()}

    def _tier_of(self, record: Record) -> _Tier:
        strengths = {self._policies.of(identifier.type).strength for identifier in record.identifiers}
        if not (record.given or record.family or strengths & {Strength.STRONG, Strength.MEDIUM}):
            return _Tier.UNKNOWN
        if not has_given(record.given):
            return _Tier.NAMELESS
        suffix = record.suffix or split_suffix(record.family)[1]
        return _Tier.FULL if record.birth_date or generation(suffix) else _Tier.NAMED

    def _weigh(self) -> Weights:
        """Hundredths of a bit for every identifier that two records or more carry."""
        carriers: Counter[Identifier] = Counter()
        names: dict[Identifier, set[str]] = defaultdict(set)
        for key, identifiers in self.linking.items():
            carriers.update(identifiers)
            if signature := name_signature(self.records[key].given, self.records[key].family):
                for identifier in identifiers:
                    names[identifier].add(signature)
        return {
            identifier: max(PER_BIT, round(PER_BIT * (bits - _DILUTION * log2(max(1, len(names[identifier]))))))
            for identifier, count in carriers.items()
            if count > 1 and (bits := self._policies.of(identifier.type).weight)
        }

    def _groups(self, keys: Iterable[str], weights: Weights) -> list[Group]:
        """One group per record, or for records that an agent joined, or that neither evidence nor guards can tell
        apart: linkage would join these first anyway, since no pair weighs more."""
        same: dict[object, list[str]] = defaultdict(list)
        decided: dict[str, list[str]] = defaultdict(list)
        for key in sorted(keys):
            if key in self._verdict.joined:
                decided[self._verdict.joined[key]].append(key)
                continue
            evidence = frozenset(identifier for identifier in self.linking[key] if identifier in weights)
            self._told[key] = self.claims(key)
            same[(evidence, self._told[key].fingerprint()) if evidence else key].append(key)
        return [*map(self._decided, decided.values()), *(self._group(alike, weights) for alike in same.values())]

    def _decided(self, keys: list[str]) -> Group:
        """One group of records that an agent joined, whatever they claim."""
        group = self._single(keys[0])
        for key in keys[1:]:
            group.merge(self._single(key))
        of_group = set(keys)
        group.links = [
            Link(left, right, "decided by an agent", DECIDED, _DECIDED_BITS)
            for left, right in self._verdict.links
            if left in of_group
        ]
        group.claims.reconcile(self._policies)
        return group

    def _group(self, keys: list[str], weights: Weights) -> Group:
        first, *others = keys
        group = self._single(first)
        if others:
            why = max((i for i in self.linking[first] if i in weights), key=lambda i: (weights[i], i))
            for key in others:
                group.merge(self._single(key), link_by(why, first, key, weights[why]))
        return group

    def _single(self, key: str) -> Group:
        known = self._tier[key] is not _Tier.UNKNOWN
        # A group takes its claims over and changes them, so they are used once.
        claims = self._told.pop(key, None) or self.claims(key)
        return Group.of(key, self.linking[key], claims, rank=self._rank[key], known=known)

    def claims(self, key: str) -> PersonClaims:
        """What the record claims, and what agents decided about it."""
        claims = PersonClaims.of(self.records[key], self.linking[key], self._policies)
        claims.sides |= self._verdict.sides.get(key, {})
        claims.locked = key in self._verdict.locked
        return claims

    def _held(self, keys: Collection[str], contested: Collection[Identifier], forest: Forest) -> Iterable[Group]:
        """Groups of records that are held apart, joined by what is not contested."""
        weights = {identifier: weight for identifier, weight in forest.weights.items() if identifier not in contested}
        apart = Forest(self._policies, weights)
        groups = self._groups(keys, weights)
        for group in groups:
            apart.add(group)
        apart.link(groups)
        return apart.groups

    def _refusals(self, forest: Forest) -> Iterable[Refusal]:
        """One for every two clusters that share evidence, but for two that are both ambiguous; where more than `_MANY`
        clusters share an identifier, each of them is held against the first only. And those that are only alike."""
        strongest: dict[tuple[Group, Group], tuple[str, str, str]] = {}
        for group in forest.groups:
            for other, bridge in forest.bridges(group).items():
                strongest[_ordered(group, other)] = bridge.left, bridge.right, SCORED
        for identifier in sorted(self.weights, key=lambda i: (self.weights[i], i)):
            holders = sorted(forest.holders(identifier), key=lambda group: group.rank)
            for a, b in combinations(holders, 2) if len(holders) <= _MANY else zip(repeat(holders[0]), holders[1:]):
                left, right = sorted((a.holds[identifier][1], b.holds[identifier][1]))
                strongest[a, b] = left, right, identifier.type
        reviews = self._reviews(forest)
        yield from reviews.values()
        for (a, b), (left, right, via) in strongest.items():
            if a.ambiguous and b.ambiguous:
                continue
            reason = forest.judge(a, b)
            assert reason is not None, "linkage joins whatever shares evidence and is not contradicted"
            if reason is not WEAK or _ordered(a, b) not in reviews:
                yield Refusal(left, right, reason.rule, via, reason.detail)

    def _reviews(self, forest: Forest) -> dict[tuple[Group, Group], Refusal]:
        """Clusters that nothing contradicts and whose best score is between the thresholds; at most `_MANY` of each."""
        found: dict[tuple[Group, Group], Refusal] = {}
        model = self._policies.model
        if model is None:
            return found
        group_of = {key: group for group in forest.groups for key in group.members}
        met: Counter[Group] = Counter()
        for (left, right), bits in sorted(self.scored.reviews.items(), key=lambda pair: (-pair[1], pair[0])):
            pair = a, b = _ordered(group_of[left], group_of[right])
            if a is b or pair in found or max(met[a], met[b]) >= _MANY or forest.judge(a, b) not in (None, WEAK):
                continue
            met.update(pair)
            detail = f"{bits:.1f} bits speak for one person, and {model.link:.1f} are needed"
            found[pair] = Refusal(left, right, REVIEW, SCORED, detail)
        return found

    def _whole(self, component: list[Record]) -> Cluster:
        """A component as one cluster, spanned by one link for every record but the first."""
        links: list[Link] = []
        seen: dict[Identifier, str] = {}
        root = {record.key: {record.key} for record in component}
        for record in component:
            for identifier in self.linking[record.key]:
                other = seen.setdefault(identifier, record.key)
                if root[other] is not root[record.key]:
                    links.append(link_by(identifier, other, record.key, self.weights[identifier]))
                    small, large = sorted((root[other], root[record.key]), key=len)
                    large |= small
                    root.update(dict.fromkeys(small, large))
        return Cluster(tuple(record.key for record in component), tuple(sorted(links)))


def _ordered(a: Group, b: Group) -> tuple[Group, Group]:
    return (a, b) if a.rank < b.rank else (b, a)


def _first(cluster: Cluster) -> str:
    return cluster.members[0]
