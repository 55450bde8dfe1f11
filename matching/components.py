"""Connected components of source records through evidence: the scope of a decision, never the decision."""

from __future__ import annotations

from collections.abc import Collection

from matching.policy import Policies
from matching.records import Identifier, Record
from matching.scoring.zones import scored


def linking(record: Record, shared: Collection[Identifier], policies: Policies) -> list[Identifier]:
    """The record's identifiers that may link, sorted: neither attributes nor shared by too many people."""
    return sorted(i for i in record.identifiers if policies.of(i.type).links and i not in shared)


def components(records: Collection[Record], shared: Collection[Identifier], policies: Policies) -> list[list[Record]]:
    """Records that any chain of linking identifiers, weak ones included, agents' decisions or likeness connects.

    Alike are two whose score somebody would look at, at least. A common token alone connects nobody: at a million
    records chains of tokens would lead from anybody to anybody. Records are sorted by key inside a component and
    components by their first key. Union-find with path halving.
    """
    shared = frozenset(shared)
    ordered = sorted(records, key=lambda record: record.key)
    place = {record.key: index for index, record in enumerate(ordered)}
    parent = list(range(len(ordered)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    def tie(one: int, other: int) -> None:
        one, other = root(one), root(other)
        parent[max(one, other)] = min(one, other)

    first: dict[Identifier | str, int] = {}
    for index, record in enumerate(ordered):
        decisions = (ruling.decision for ruling in record.rulings if ruling.ties)
        for common in (*linking(record, shared, policies), *decisions):
            tie(first.setdefault(common, index), index)
    alike = scored(ordered, policies.model)
    for left, right in (*alike.links, *alike.reviews):
        tie(place[left], place[right])

    found: dict[int, list[Record]] = {}
    for index, record in enumerate(ordered):
        found.setdefault(root(index), []).append(record)
    return list(found.values())
