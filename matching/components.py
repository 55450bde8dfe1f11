"""Connected components of source records through evidence: the scope of a resolution, never its result."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from matching.policy import Policies
from matching.records import Identifier, Record
from matching.scoring.zones import alike


def linking(record: Record, shared: Collection[Identifier], policies: Policies) -> list[Identifier]:
    """The record's identifiers that may link, sorted: without attributes and values that too many people share."""
    return sorted(i for i in record.identifiers if policies.of(i.type).links and i not in shared)


def without_unowned(records: Collection[Record]) -> list[Record]:
    """The records without former identifiers that no record has now: two aliases of one id tie nobody."""
    owned = {identifier for record in records for identifier in record.identifiers - record.former}
    return [
        record if record.former <= owned else replace(record, identifiers=record.identifiers - (record.former - owned))
        for record in records
    ]


def components(records: Collection[Record], shared: Collection[Identifier], policies: Policies) -> list[list[Record]]:
    """Records that are connected by a chain of linking identifiers (weak ones included), agents' decisions or scores.

    A score connects two records from the review threshold on. A common token alone connects no records: among a million
    records, chains of tokens would connect everybody with everybody. Records are sorted by key inside a component and
    components by their first key. Union-find with path halving.
    """
    shared = frozenset(shared)
    ordered = sorted(records, key=lambda record: record.key)
    index_of = {record.key: index for index, record in enumerate(ordered)}
    parent = list(range(len(ordered)))

    def root(node: int) -> int:
        while parent[node] != node:
            parent[node] = node = parent[parent[node]]
        return node

    def tie(left: int, right: int) -> None:
        left, right = root(left), root(right)
        parent[max(left, right)] = min(left, right)

    first: dict[Identifier | str, int] = {}
    for index, record in enumerate(ordered):
        decisions = (ruling.decision for ruling in record.rulings if ruling.ties)
        for common in (*linking(record, shared, policies), *decisions):
            tie(first.setdefault(common, index), index)
    for left, right in alike(ordered, policies.model):
        tie(index_of[left], index_of[right])

    members: dict[int, list[Record]] = {}
    for index, record in enumerate(ordered):
        members.setdefault(root(index), []).append(record)
    return list(members.values())
