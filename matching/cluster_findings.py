"""What is doubtful about a person: a single thread, values that many use, claims of two people, and what would mend it.

A finding is a reason to look, not a judgement. A cut is the cheapest way to take apart what contradicts itself: which
records would have to let go of which identifiers, least bits first, tried with `resolve`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from matching.components import components
from matching.cuts import articulations, min_cut, parts_without
from matching.explain import Decided, Obstacle
from matching.linkage import PER_BIT
from matching.names import name_signature
from matching.records import DECIDED, Identifier
from matching.resolve import Guards, Partitioning

_MAX_CAMPS = 40
MAX_FINDINGS = 20
"""Findings of a customer's health."""
_DECIDED_BITS = 1_000 * PER_BIT
"""No cut goes through an agent's decision while another is to be had."""

PictureNode = str | Identifier


class FindingKind(StrEnum):
    WEAK_BRIDGE = "weak_bridge"
    OVERUSED = "overused"
    COLLAPSE = "collapse"


@dataclass(frozen=True, slots=True)
class Severed:
    """A record that would let go of an identifier; without one, of what an agent decided or what it claims itself."""

    record: str
    identifier: Identifier | None
    bits: float


@dataclass(frozen=True, slots=True)
class Finding:
    """`identifier`: of a bridge or an overused value, which `people` people of the component carry. `parts`: the
    records that a bridge joins or a cut would leave. `against` and `cut`: of a collapse. `mends`: with the cut,
    `resolve` makes two people of them."""

    kind: FindingKind
    identifier: Identifier | None = None
    bits: float = 0.0
    people: int = 0
    parts: tuple[tuple[str, ...], ...] = ()
    against: tuple[Obstacle, ...] = ()
    cut: tuple[Severed, ...] = ()
    mends: bool = False


def findings(decided: Decided, person: Collection[str]) -> list[Finding]:
    """What is doubtful about one person of the components, the gravest first; at most 20."""
    graph = _Ties(decided, frozenset(person))
    found = [*_collapses(decided, graph), *_bridges(decided, graph), *_overused(decided, graph)]
    return found[:MAX_FINDINGS]


class _Ties:
    """The person's records, what ties them, and the weight of each tie in hundredths of a bit."""

    def __init__(self, decided: Decided, members: frozenset[str]) -> None:
        self.members = members
        self.edges: dict[tuple[PictureNode, PictureNode], int] = {}
        for key in sorted(members):
            for identifier in sorted(decided.records[key].identifiers):
                if weight := round(PER_BIT * decided.bits(key, identifier)):
                    self.edges[key, identifier] = weight
        for key in sorted(members):
            for other, bits in decided.scored.get(key, {}).items():
                if key < other and other in members:
                    self.edges[key, other] = round(PER_BIT * bits)
        for link in decided.person(min(members)).links:
            if link.identifier_type == DECIDED:
                self.edges[link.left, link.right] = _DECIDED_BITS
        self.neighbours: dict[PictureNode, list[PictureNode]] = {}
        for a, b in self.edges:
            self.neighbours.setdefault(a, []).append(b)
            self.neighbours.setdefault(b, []).append(a)

    def records(self, nodes: Collection[PictureNode]) -> tuple[str, ...]:
        return tuple(sorted(self.members & {node for node in nodes if isinstance(node, str)}))


def _collapses(decided: Decided, graph: _Ties) -> Iterator[Finding]:
    """Groups of records that would contradict each other, had not a strong identifier or an agent said otherwise."""
    camps: dict[object, list[str]] = {}
    for key in sorted(graph.members):
        record = decided.records[key]
        told = (record.given.casefold(), record.family.casefold(), record.suffix.casefold(), record.birth_date)
        if any(told):
            camps.setdefault(told, []).append(key)
    taken: set[frozenset[str]] = set()
    for one, other in combinations(list(camps.values())[:_MAX_CAMPS], 2):
        against = decided.overruled([one[0]], [other[0]])
        if not against:
            continue
        found = min_cut(graph.edges, one, other)
        assert found is not None, "a record is in one camp"
        weight, nodes = found
        side = frozenset(graph.records(nodes))
        if not {side, graph.members - side}.isdisjoint(taken):
            continue
        taken.add(side)
        cut = tuple(_severed(graph, nodes))
        parts = (tuple(sorted(side)), tuple(sorted(graph.members - side)))
        mends = _apart(decided, cut, one[0], other[0])
        yield Finding(FindingKind.COLLAPSE, bits=weight / PER_BIT, parts=parts, against=against, cut=cut, mends=mends)


def _severed(graph: _Ties, nodes: Collection[PictureNode]) -> Iterator[Severed]:
    for (a, b), weight in graph.edges.items():
        if (a in nodes) != (b in nodes):
            assert isinstance(a, str)
            yield Severed(a, b if isinstance(b, Identifier) else None, weight / PER_BIT)


def _apart(decided: Decided, cut: Collection[Severed], one: str, other: str) -> bool:
    """Whether `resolve` makes two people of them once the cut is made."""
    records = dict(decided.records)
    for severed in cut:
        if severed.identifier is None:
            return False
        record = records[severed.record]
        records[severed.record] = replace(record, identifiers=record.identifiers - {severed.identifier})
    for part in components(records.values(), decided.shared, decided.policies):
        keys = {record.key for record in part}
        if {one, other} <= keys:
            partition = Partitioning(part, decided.shared, decided.policies).partition(Guards.ON)
            return not any({one, other} <= set(cluster.members) for cluster in partition.clusters)
    return True


def _bridges(decided: Decided, graph: _Ties) -> Iterator[Finding]:
    """Identifiers without which the person falls apart into parts that have a name each, and not the same one."""
    found: list[Finding] = []
    for node in articulations(graph.neighbours):
        if not isinstance(node, Identifier):
            continue
        parts = [part for nodes in parts_without(graph.neighbours, node) if (part := graph.records(nodes))]
        named = [(part, names) for part in parts if (names := _names(decided, part))]
        if any(a.isdisjoint(b) for (_, a), (_, b) in combinations(named, 2)):
            bits = max(decided.bits(key, node) for key in graph.members)
            found.append(
                Finding(
                    FindingKind.WEAK_BRIDGE,
                    identifier=node,
                    bits=bits,
                    people=decided.people(node),
                    parts=tuple(sorted(parts, key=lambda part: (-len(part), part))),
                )
            )
    yield from sorted(found, key=lambda finding: (finding.bits, finding.identifier or ()))


def _names(decided: Decided, keys: Collection[str]) -> set[str]:
    signatures = (name_signature(record.given, record.family) for record in (decided.records[key] for key in keys))
    return {signature for signature in signatures if signature}


def _overused(decided: Decided, graph: _Ties) -> Iterator[Finding]:
    """Values of this person that no longer link, or that more people than half of what is allowed carry."""
    carried = {identifier for key in graph.members for identifier in decided.records[key].identifiers}
    found: list[tuple[int, Identifier]] = []
    for identifier in carried:
        policy = decided.policies.of(identifier.type)
        people = decided.people(identifier)
        if policy.links and (identifier in decided.shared or (people > 1 and 2 * people > policy.max_people)):
            found.append((people, identifier))
    for people, identifier in sorted(found, key=lambda one: (-one[0], one[1])):
        bits = max(decided.bits(key, identifier) for key in graph.members)
        yield Finding(FindingKind.OVERUSED, identifier=identifier, bits=bits, people=people)
