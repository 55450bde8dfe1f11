"""The guarded partition of source records into people: a pure function of the set of records and the policies."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from enum import Enum, IntEnum
from hashlib import blake2b
from itertools import chain, combinations, repeat
from math import log2

from matching.components import components, linking, without_unowned
from matching.groups import Group
from matching.guards import PersonClaims, is_final
from matching.linkage import PER_BIT, Forest, Weights, link_by
from matching.names.differences import has_given, name_conflict, name_signature
from matching.names.full_names import generation_of
from matching.names.typos import correct_given_names
from matching.placement import place_newcomers
from matching.policy import Policies, Strength
from matching.records import DECIDED, REVIEW, SCORED, Cluster, Identifier, Link, Partition, Record, Refusal
from matching.rulings import rulings_in_force
from matching.scoring.features import profile_of, profiles_of
from matching.scoring.levels import EQUAL
from matching.scoring.model import Bits
from matching.scoring.zones import alike

Name = tuple[str, str]
_DILUTION = 2.5
"""Bits that an identifier loses each time the number of names that use it doubles; it keeps at least one bit."""

_BESIDE_RELATIVES = 5.0
"""Of a type that the model does not know, relatives have a value in common this many times less surely than one
person: a fifth of its bits speaks against relatives."""

_MANY = 16

_DECIDED_BITS = 100.0
"""The weight of an agent's decision in explanations. The linkage never weighs it."""


class Guards(Enum):
    """`OFF` gives plain connected components, the baseline for measurements of the guards."""

    ON = "on"
    OFF = "off"


class _Tier(IntEnum):
    """How well a record describes its person. The best-described records are partitioned first; before others without a
    name come those that an agent set apart from somebody, so that the others are judged against them."""

    FULL = 1
    NAMED = 2
    SET_APART = 3
    NAMELESS = 4
    UNKNOWN = 5


def resolve(
    records: Collection[Record],
    shared: Collection[Identifier],
    policies: Policies,
    guards: Guards = Guards.ON,
) -> Partition:
    """Which records belong to one person, why they were joined, and why others were not.

    `records` are whole components; `shared` are their identifiers that too many people use. The result depends on the
    set of records alone. It works tier by tier, from the best-described records down to browsers without a sign-in. A
    newcomer that fits several contradictory people joins the clearly best one or is held apart. All others are joined
    by what they say and carry (`matching.linkage`). Records with a common token are compared as well as those with a
    common identifier: odds above the model's link threshold join, odds from the review threshold on are a finding.
    """
    return Partitioning(records, frozenset(shared), policies).partition(guards)


class Partitioning:
    """One run of `resolve`. `records`: with typos corrected. `weights`: by identifier. `forest`: after `partition`, the
    people and what keeps them apart. `matching.explain` reads these, so it explains what the resolution really did.
    """

    def __init__(self, records: Collection[Record], shared: frozenset[Identifier], policies: Policies) -> None:
        self._policies = policies
        self.records = {record.key: record for record in correct_given_names(without_unowned(records))}
        if len(self.records) != len(records):
            raise ValueError("two records have the same key")
        self._shared = shared
        self.linking = {key: linking(record, shared, policies) for key, record in self.records.items()}
        ranked = sorted(self.records, key=lambda key: (blake2b(key.encode(), digest_size=16).digest(), key))
        self._rank = {key: rank for rank, key in enumerate(ranked)}
        self._rulings = rulings_in_force((key, record.rulings) for key, record in self.records.items())
        self._tier = self._tiers()
        self._stand_for = self._set_apart()
        self.profiles = dict(zip(self.records, profiles_of(self.records.values()), strict=True))
        self._names = self._count_names()
        self._former = frozenset[Identifier]().union(*(record.former for record in self.records.values()))
        self.weights = self._weigh()
        self.worth = {i: self._worth(i) for i in self.weights if policies.of(i.type).strength is not Strength.WEAK}
        self.alike = alike(records, policies.model)
        self.forest = Forest(policies, self.weights, self.worth, self.alike)
        self._unused_claims: dict[str, PersonClaims] = {}

    def partition(self, guards: Guards) -> Partition:
        if guards is Guards.OFF:
            records = [replace(record, rulings=frozenset(), tokens=frozenset()) for record in self.records.values()]
            return Partition(tuple(map(self._whole, components(records, self._shared, self._policies))))
        forest = self.forest
        for tier in _Tier:
            keys = [key for key, key_tier in self._tier.items() if key_tier is tier]
            if not keys:
                continue
            weak, named = tier is _Tier.UNKNOWN, tier in (_Tier.FULL, _Tier.NAMED)
            forest.begin(*((Strength.WEAK,) if weak else (Strength.STRONG, Strength.MEDIUM)))
            newcomers = self._groups(keys, forest.weights)
            for group in newcomers:
                forest.add(group)
            unlinked = place_newcomers(
                forest,
                newcomers,
                attach=weak,
                regroup=lambda keys, contested, named=named: self._held(keys, contested, forest, named=named),
                follows=self._follows,
            )
            forest.link(unlinked, named=named)
        forest.begin(*Strength)
        clusters = sorted(
            (Cluster(tuple(sorted(g.members)), tuple(sorted(g.links))) for g in forest.groups), key=_first
        )
        return Partition(tuple(clusters), tuple(sorted(self._refusals(forest))))

    def _tiers(self) -> dict[str, _Tier]:
        """Each record's tier. Records that an agent joined share the best tier among them."""
        tiers = {key: self._tier_of(record) for key, record in self.records.items()}
        best: dict[str, _Tier] = {}
        for key, person in self._rulings.joined.items():
            best[person] = min(tiers[key], best.get(person, tiers[key]))
        return tiers | {key: best[person] for key, person in self._rulings.joined.items()}

    def _tier_of(self, record: Record) -> _Tier:
        strengths = {self._policies.of(identifier.type).strength for identifier in record.identifiers}
        named = _is_named(record)
        if not (named or record.family or strengths & {Strength.STRONG, Strength.MEDIUM}):
            return _Tier.UNKNOWN
        if not named:
            return _Tier.SET_APART if record.key in self._rulings.sides else _Tier.NAMELESS
        is_distinct = record.birth_date or generation_of(record.given, record.family, record.suffix)
        return _Tier.FULL if is_distinct else _Tier.NAMED

    def _set_apart(self) -> dict[tuple[str, Identifier], set[str]]:
        """The records that an agent set apart, by source and identifier that they stand for."""
        found: dict[tuple[str, Identifier], set[str]] = defaultdict(set)
        for key, tier in self._tier.items():
            if tier is _Tier.SET_APART and (place := self.records[key].place):
                for identifier in self.linking[key]:
                    found[place, identifier].add(key)
        return found

    def _follows(self, group: Group) -> set[str]:
        return {key for member in group.members for key in self._followed(member)}

    def _followed(self, key: str) -> frozenset[str]:
        """The records that an agent set apart and this one follows: an order by the same phone at the same till, with a
        payment token beside, is that one's next order."""
        if not self._stand_for or self._tier[key] is not _Tier.NAMELESS:
            return frozenset()
        place = self.records[key].place
        return frozenset().union(*(self._stand_for.get((place, one), ()) for one in self.linking[key]))

    def _count_names(self) -> dict[Identifier, tuple[int, int]]:
        """How many records carry each identifier, and how many different names they have."""
        carriers: Counter[Identifier] = Counter()
        names: dict[Identifier, dict[str, Name]] = defaultdict(dict)
        for key, identifiers in self.linking.items():
            carriers.update(identifiers)
            name = self.records[key].given, self.records[key].family
            if signature := name_signature(*name):
                for identifier in identifiers:
                    known = names[identifier].get(signature)
                    names[identifier][signature] = min(known, name) if known else name
        return {identifier: (count, _different(names[identifier])) for identifier, count in carriers.items()}

    def _weigh(self) -> Weights:
        """Hundredths of a bit for every identifier that two or more records carry."""
        return {
            identifier: max(PER_BIT, round(PER_BIT * (bits - _DILUTION * log2(max(1, names)))))
            for identifier, (count, names) in self._names.items()
            if count > 1 and (bits := self._policies.of(identifier.type).weight)
        }

    def _worth(self, identifier: Identifier) -> Bits:
        """What the identifier is worth between two records with a name. A strong one overrules names that differ, but
        not where only an alias says that a record had it."""
        policy, model = self._policies.of(identifier.type), self._policies.model
        if policy.strength is Strength.STRONG and identifier not in self._former:
            bits = Bits(policy.weight - model.prior, policy.weight)
        elif identifier.type in model.weights:
            bits = model.weights[identifier.type][EQUAL]
        else:
            bits = Bits(policy.weight - model.prior, policy.weight / _BESIDE_RELATIVES)
        lost = _DILUTION * log2(max(1, self._names[identifier][1]))
        return Bits(max(0.0, bits.strangers - lost), max(0.0, bits.relatives - lost))

    def _groups(self, keys: Iterable[str], weights: Weights) -> list[Group]:
        """One group per record. Records that an agent joined form one group, and so do records with the same evidence
        and the same claims: linkage would join these first anyway, because no pair weighs more."""
        same: dict[object, list[str]] = defaultdict(list)
        decided: dict[str, list[str]] = defaultdict(list)
        for key in sorted(keys):
            if key in self._rulings.joined:
                decided[self._rulings.joined[key]].append(key)
                continue
            evidence = frozenset(identifier for identifier in self.linking[key] if identifier in weights)
            self._unused_claims[key] = self.claims(key)
            said = self._unused_claims[key].fingerprint(), self.profiles[key], self._followed(key)
            same[(evidence, *said) if evidence else key].append(key)
        return [*map(self._decided, decided.values()), *(self._group(alike, weights) for alike in same.values())]

    def _decided(self, keys: list[str]) -> Group:
        """One group of records that an agent joined, no matter what they claim."""
        group = self._single(keys[0])
        for key in keys[1:]:
            group.merge(self._single(key))
        of_group = set(keys)
        group.links = [
            Link(left, right, "decided by an agent", DECIDED, _DECIDED_BITS)
            for left, right in self._rulings.links
            if left in of_group
        ]
        group.claims.reconcile(self._policies)
        group.decided = True
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
        # A group changes its claims, so each claims object belongs to one group only.
        claims = self._unused_claims.pop(key, None) or self.claims(key)
        named = _is_named(self.records[key])
        profile = self.profiles[key]
        return Group.of(key, self.linking[key], claims, profile, rank=self._rank[key], known=known, named=named)

    def claims(self, key: str) -> PersonClaims:
        """The record's claims, and agents' decisions about it."""
        claims = PersonClaims.of(self.records[key], self.linking[key], self._policies)
        claims.sides |= self._rulings.sides.get(key, {})
        claims.locked = key in self._rulings.locked
        return claims

    def _held(
        self, keys: Collection[str], contested: Collection[Identifier], forest: Forest, *, named: bool
    ) -> Iterable[Group]:
        """Groups of the records that are held apart, joined only by identifiers that are not contested."""
        weights = {identifier: weight for identifier, weight in forest.weights.items() if identifier not in contested}
        apart = Forest(self._policies, weights, {i: self.worth[i] for i in weights if i in self.worth})
        groups = self._groups(keys, weights)
        for group in groups:
            apart.add(group)
        apart.link(groups, named=named)
        return apart.groups

    def _refusals(self, forest: Forest) -> Iterable[Refusal]:
        """One for every two clusters that share evidence, except two ambiguous ones; and the reviews of clusters that
        are only alike. If more than `_MANY` clusters share an identifier, each is compared only with the first."""
        strongest: dict[tuple[Group, Group], tuple[str, str, str]] = {}
        aliased: set[tuple[Group, Group]] = set()
        for identifier in sorted(self.weights, key=lambda i: (self.weights[i], i)):
            holders = sorted(forest.holders(identifier), key=lambda group: group.rank)
            for a, b in combinations(holders, 2) if len(holders) <= _MANY else zip(repeat(holders[0]), holders[1:]):
                left, right = sorted((a.holds[identifier][1], b.holds[identifier][1]))
                strongest[a, b] = left, right, identifier.type
                if (identifier in self.records[left].former) != (identifier in self.records[right].former):
                    aliased.add((a, b))
        for (a, b), (left, right, via) in strongest.items():
            if a.ambiguous and b.ambiguous:
                continue
            reason = forest.judge(a, b)
            assert reason is not None, "linkage joins whatever shares evidence and is not kept apart"
            yield Refusal(left, right, reason.rule, via, reason.detail)
            if (a, b) in aliased and not is_final(reason):
                yield Refusal(left, right, REVIEW, via, f"an alias says that they are one, but {reason.detail}")
        yield from self._reviews(forest, strongest.keys())

    def _reviews(self, forest: Forest, sharing: Collection[tuple[Group, Group]]) -> Iterable[Refusal]:
        """Pairs of clusters that share no identifier, with odds between the two thresholds, the likeliest first; at
        most `_MANY` pairs per cluster."""
        pairs = {
            _ordered(group, other)
            for group in forest.groups
            for other in forest.alike(group)
            if _ordered(group, other) not in sharing and not (group.ambiguous and other.ambiguous)
        }
        likeliest = sorted(pairs, key=lambda pair: (-forest.score(*pair).bits, pair[0].rank, pair[1].rank))
        review_count: Counter[Group] = Counter()
        for pair in likeliest:
            reason = forest.judge(*pair)
            if reason is None or reason.rule != REVIEW or max(review_count[group] for group in pair) >= _MANY:
                continue
            review_count.update(pair)
            yield Refusal(*forest.closest(*pair), REVIEW, SCORED, reason.detail)

    def _whole(self, component: list[Record]) -> Cluster:
        """A component as one cluster, connected by one link for every record except the first."""
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


def _is_named(record: Record) -> bool:
    """Whether it has a given name, or the name of an organisation."""
    return has_given(record.given) or bool(profile_of(record).organisation)


def _different(names: Mapping[str, Name]) -> int:
    """How many people these names (by signature) stand for, where Sam is Samuel."""
    if len(names) > _MANY:
        return len(names)
    groups: list[list[Name]] = []
    for name in sorted(names.values()):
        same = [group for group in groups if any(not name_conflict(name, other) for other in group)]
        groups = [group for group in groups if group not in same] + [[name, *chain.from_iterable(same)]]
    return len(groups)


def _first(cluster: Cluster) -> str:
    return cluster.members[0]
