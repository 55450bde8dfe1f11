"""Connected components of source records through linking identifiers: the scope of a decision, never the decision."""

from __future__ import annotations

from collections.abc import Collection

from matching.policy import Policies
from matching.records import Identifier, Record


def linking(record: Record, shared: Collection[Identifier], policies: Policies) -> list[Identifier]:
    """The record's identifiers that may link, sorted: neither attributes nor shared by too many people."""
    return sorted(i for i in record.identifiers if policies.of(i.type).links and i not in shared)


def ties(record: Record, shared: Collection[Identifier], policies: Policies) -> list[Identifier | str]:
    """What connects the record to all others that carry it: linking identifiers, decisions by their ids, and blocking
    tokens."""
    decisions = (ruling.decision for ruling in record.rulings if ruling.ties)
    return [*linking(record, shared, policies), *decisions, *sorted(record.tokens)]


def components(records: Collection[Record], shared: Collection[Identifier], policies: Policies) -> list[list[Record]]:
    """Records that any chain of linking identifiers, weak ones included, agents' decisions or tokens connects.

    Records are sorted by key inside a component and components by their first key. Linear in the number of
    identifiers, by union-find with path halving.
    """
    shared = frozenset(shared)
    ordered = sorted(records, key=lambda record: record.key)
    parent = list(range(len(ordered)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    first: dict[Identifier | str, int] = {}
    for index, record in enumerate(ordered):
        for tie in ties(record, shared, policies):
            one, other = root(first.setdefault(tie, index)), root(index)
            parent[max(one, other)] = min(one, other)

    found: dict[int, list[Record]] = {}
    for index, record in enumerate(ordered):
        found.setdefault(root(index), []).append(record)
    return list(found.values())
