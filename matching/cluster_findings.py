"""Doubts about one person: a record that names several people, an identifier that alone holds records together, values
that many people use, and claims that contradict each other, with the cut that would split them.

A finding is a reason to look, not a judgement. A cut is the cheapest way to split records that contradict each other:
the identifiers that these records would have to lose, with the fewest bits in total. Each cut is tried with `resolve`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from matching.components import components
from matching.explain import Obstacle, ResolvedComponents
from matching.graph_cuts import articulation_points, min_cut, parts_without
from matching.linkage import PER_BIT
from matching.names.differences import name_signature
from matching.records import DECIDED, Identifier
from matching.resolve import Guards, Partitioning

_MAX_CAMPS = 40
MAX_FINDINGS = 20
"""Findings of a customer's health."""
_DECIDED_BITS = 1_000 * PER_BIT
"""A cut goes through an agent's decision only if there is no other cut."""

PictureNode = str | Identifier


class FindingKind(StrEnum):
    SEVERAL = "several"
    WEAK_BRIDGE = "weak_bridge"
    OVERUSED = "overused"
    COLLAPSE = "collapse"


@dataclass(frozen=True, slots=True)
class Severed:
    """A tie that the cut breaks: a record would lose this identifier. None: it would lose an agent's decision, or a
    match by what it claims."""

    record: str
    identifier: Identifier | None
    bits: float


@dataclass(frozen=True, slots=True)
class Finding:
    """`identifier`: the bridge or the overused value; `people` people of the component carry it. `parts`: the records
    on each side of a bridge or of a cut, or the record that names several people. `against` and `cut`: only for a
    collapse. `mends`: after the cut, `resolve` makes two people of the records."""

    kind: FindingKind
    identifier: Identifier | None = None
    bits: float = 0.0
    people: int = 0
    parts: tuple[tuple[str, ...], ...] = ()
    against: tuple[Obstacle, ...] = ()
    cut: tuple[Severed, ...] = ()
    mends: bool = False


def findings(resolved: ResolvedComponents, person: Collection[str]) -> list[Finding]:
    """The doubts about one person of the components, the gravest first; at most 20."""
    ties = _Ties(resolved, frozenset(person))
    all_findings = [
        *_several(resolved, person),
        *_collapses(resolved, ties),
        *_bridges(resolved, ties),
        *_overused(resolved, ties),
    ]
    return all_findings[:MAX_FINDINGS]


class _Ties:
    """The person's records, what ties them, and the weight of each tie in hundredths of a bit."""

    def __init__(self, resolved: ResolvedComponents, members: frozenset[str]) -> None:
        self.members = members
        self.edges: dict[tuple[PictureNode, PictureNode], int] = {}
        for key in sorted(members):
            for identifier in sorted(resolved.records[key].identifiers):
                if weight := round(PER_BIT * resolved.bits(key, identifier)):
                    self.edges[key, identifier] = weight
        for key in sorted(members):
            for other, bits in resolved.scored.get(key, {}).items():
                if key < other and other in members:
                    self.edges[key, other] = round(PER_BIT * bits)
        for link in resolved.person(min(members)).links:
            if link.identifier_type == DECIDED:
                self.edges[link.left, link.right] = _DECIDED_BITS
        self.neighbours: dict[PictureNode, list[PictureNode]] = {}
        for a, b in self.edges:
            self.neighbours.setdefault(a, []).append(b)
            self.neighbours.setdefault(b, []).append(a)

    def records(self, nodes: Collection[PictureNode]) -> tuple[str, ...]:
        return tuple(sorted(self.members & {node for node in nodes if isinstance(node, str)}))


def _several(resolved: ResolvedComponents, person: Collection[str]) -> Iterator[Finding]:
    for key in sorted(person):
        if resolved.records[key].several:
            yield Finding(FindingKind.SEVERAL, parts=((key,),))


def _collapses(resolved: ResolvedComponents, ties: _Ties) -> Iterator[Finding]:
    """Groups of records that contradict each other and are one person only by a strong identifier or an agent."""
    camps: dict[object, list[str]] = {}
    for key in sorted(ties.members):
        record = resolved.records[key]
        claims = (record.given.casefold(), record.family.casefold(), record.suffix.casefold(), record.birth_date)
        if any(claims):
            camps.setdefault(claims, []).append(key)
    sides_seen: set[frozenset[str]] = set()
    for camp, other_camp in combinations(list(camps.values())[:_MAX_CAMPS], 2):
        against = resolved.overruled([camp[0]], [other_camp[0]])
        if not against:
            continue
        cheapest = min_cut(ties.edges, camp, other_camp)
        assert cheapest is not None, "a record is in one camp"
        weight, nodes = cheapest
        side = frozenset(ties.records(nodes))
        if not {side, ties.members - side}.isdisjoint(sides_seen):
            continue
        sides_seen.add(side)
        cut = tuple(_severed(ties, nodes))
        parts = (tuple(sorted(side)), tuple(sorted(ties.members - side)))
        mends = _splits(resolved, cut, camp[0], other_camp[0])
        yield Finding(FindingKind.COLLAPSE, bits=weight / PER_BIT, parts=parts, against=against, cut=cut, mends=mends)


def _severed(ties: _Ties, nodes: Collection[PictureNode]) -> Iterator[Severed]:
    for (a, b), weight in ties.edges.items():
        if (a in nodes) != (b in nodes):
            assert isinstance(a, str)
            yield Severed(a, b if isinstance(b, Identifier) else None, weight / PER_BIT)


def _splits(resolved: ResolvedComponents, cut: Collection[Severed], left: str, right: str) -> bool:
    """Whether `resolve` makes two people of the two records after the cut."""
    records = dict(resolved.records)
    for severed in cut:
        if severed.identifier is None:
            return False
        record = records[severed.record]
        records[severed.record] = replace(record, identifiers=record.identifiers - {severed.identifier})
    for part in components(records.values(), resolved.shared, resolved.policies):
        keys = {record.key for record in part}
        if {left, right} <= keys:
            partition = Partitioning(part, resolved.shared, resolved.policies).partition(Guards.ON)
            return not any({left, right} <= set(cluster.members) for cluster in partition.clusters)
    return True


def _bridges(resolved: ResolvedComponents, ties: _Ties) -> Iterator[Finding]:
    """Identifiers without which the person falls into parts with different names."""
    bridges: list[Finding] = []
    for node in articulation_points(ties.neighbours):
        if not isinstance(node, Identifier):
            continue
        parts = [part for nodes in parts_without(ties.neighbours, node) if (part := ties.records(nodes))]
        named = [(part, names) for part in parts if (names := _names(resolved, part))]
        if any(a.isdisjoint(b) for (_, a), (_, b) in combinations(named, 2)):
            bits = max(resolved.bits(key, node) for key in ties.members)
            bridges.append(
                Finding(
                    FindingKind.WEAK_BRIDGE,
                    identifier=node,
                    bits=bits,
                    people=resolved.people(node),
                    parts=tuple(sorted(parts, key=lambda part: (-len(part), part))),
                )
            )
    yield from sorted(bridges, key=lambda finding: (finding.bits, finding.identifier or ()))


def _names(resolved: ResolvedComponents, keys: Collection[str]) -> set[str]:
    signatures = (name_signature(record.given, record.family) for record in (resolved.records[key] for key in keys))
    return {signature for signature in signatures if signature}


def _overused(resolved: ResolvedComponents, ties: _Ties) -> Iterator[Finding]:
    """Values of this person that no longer link, or that more than half of the allowed number of people carry."""
    carried = {identifier for key in ties.members for identifier in resolved.records[key].identifiers}
    overused: list[tuple[int, Identifier]] = []
    for identifier in carried:
        policy = resolved.policies.of(identifier.type)
        people = resolved.people(identifier)
        if policy.links and (identifier in resolved.shared or (people > 1 and 2 * people > policy.max_people)):
            overused.append((people, identifier))
    for people, identifier in sorted(overused, key=lambda use: (-use[0], use[1])):
        bits = max(resolved.bits(key, identifier) for key in ties.members)
        yield Finding(FindingKind.OVERUSED, identifier=identifier, bits=bits, people=people)
