"""Identity rules rehearsed on the stored graph, which is not touched: who would be joined, who would come apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from domain.errors import TooLarge
from graph.store.database import Database
from identity.blocking_tokens import keyed_tokens
from identity.record_state import RecordState
from identity.resolution import overshared
from matching.components import components
from matching.evaluate import Scores, pairwise
from matching.policy import Policies
from matching.records import Cluster, Partition
from matching.resolve import Guards, resolve
from matching.scoring import Model
from matching.scoring.blocking_tokens import MAX_CARRIERS
from matching.scoring.zones import alike as alike_pairs
from privacy.vault import Vault

MAX_COMPONENT = 20_000
"""Records that rehearsed rules may connect with each other."""
CASES = 50
_PAGE = 500


class RehearsedChange(NamedTuple):
    """One change. `kind`: merge or split; `numbers`: the customers it is about today; `bits`: the weakest evidence that
    would join them, or 0; `records`: how many would be joined or parted."""

    kind: str
    numbers: tuple[str, ...]
    records: int
    bits: float
    reason: str

    @property
    def risk(self) -> tuple[float, int, tuple[str, ...]]:
        """Sorts the riskiest first: what the least evidence joins, then what moves the most records."""
        return self.bits, -self.records, self.numbers


@dataclass(slots=True)
class Rehearsal:
    """What other rules would make of the records that were looked at. `cases` are the riskiest."""

    records: int = 0
    people_before: int = 0
    people_after: int = 0
    merges: int = 0
    splits: int = 0
    cases: list[RehearsedChange] = field(default_factory=list[RehearsedChange])
    before: dict[str, str] = field(default_factory=dict[str, str])
    after: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, pool: Mapping[str, RecordState], partitions: Iterable[Partition]) -> None:
        """Counts what becomes of whole components."""
        partitions = list(partitions)
        old = {key: r.customer.number for key, r in pool.items() if r.customer}
        clusters = [cluster for partition in partitions for cluster in partition.clusters]
        parts: dict[str, list[Cluster]] = defaultdict(list)
        for cluster in clusters:
            for number in sorted({old[key] for key in cluster.members if key in old}):
                parts[number].append(cluster)
        self.records += len(pool)
        self.people_before += len(parts)
        self.people_after += len(clusters)
        apart = {frozenset((r.left, r.right)): r.detail for partition in partitions for r in partition.refusals}
        found = [*_merges(clusters, old), *_splits(parts, old, apart)]
        self.merges += sum(case.kind == "merge" for case in found)
        self.splits += sum(case.kind == "split" for case in found)
        self.cases = sorted([*self.cases, *found], key=lambda case: case.risk)[:CASES]
        self.before |= old
        self.after |= {key: cluster.members[0] for cluster in clusters for key in cluster.members}

    def accuracy(self, labels: Mapping[str, str]) -> tuple[Scores, Scores]:
        """Pairwise scores before and after, of the records that have a label."""
        truth = {key: label for key, label in labels.items() if key in self.after}
        before, after = ({key: of.get(key, key) for key in truth} for of in (self.before, self.after))
        return pairwise(before, truth), pairwise(after, truth)


async def rehearse(
    database: Database, vault: Vault, policies: Policies, guards: Guards = Guards.ON, *, most: int | None = None
) -> AsyncIterator[Rehearsal]:
    """The rehearsal so far, again and again until all records, or the first `most` by key, are looked at.

    A scope is read component by component along whatever could link under these policies. Read-only; memory grows with
    the number of records by their keys. Raises TooLarge on a component of more than `MAX_COMPONENT` records.
    """
    found, seen, after = Rehearsal(), set[str](), ""
    while rows := await database.read("rule_changes/page", after=after, size=_PAGE):
        after = rows[-1]["key"]
        pool = await _closure(database, vault, policies, {row["component"] for row in rows if row["key"] not in seen})
        seen |= pool.keys()
        found.add(pool, partitions_of(pool, policies, guards))
        yield found
        if most is not None and found.records >= most:
            return


def partitions_of(pool: Mapping[str, RecordState], policies: Policies, guards: Guards) -> list[Partition]:
    """Whole scopes partitioned under these policies, which also say anew what is shared."""
    evidence = {key: record.evidence() for key, record in pool.items()}
    shared = overshared(pool, evidence, policies).keys()
    parts = components(list(evidence.values()), shared, policies)
    return [resolve(part, shared, policies, guards) for part in parts]


async def _closure(
    database: Database, vault: Vault, policies: Policies, components: Collection[str]
) -> dict[str, RecordState]:
    """The records of these components, and of all others that an identifier or likeness would connect with them."""
    pool: dict[str, RecordState] = {}
    asked: set[str] = set()
    read: set[str] = set()
    fresh = sorted(components)
    while fresh:
        [answer] = await database.read("identity/read_records", batch={"records": [], "components": fresh})
        states = [RecordState.from_row(row, vault) for row in answer["states"]]
        pool |= {state.key: state for state in states}
        read.update(fresh)
        if len(pool) > MAX_COMPONENT + _PAGE:
            raise TooLarge(
                f"These rules would tie more than {MAX_COMPONENT} records together.", hint="Limit how far they reach."
            )
        ties = {
            key: policies.of(carried.type).max_records
            for state in states
            for key, carried in state.identifiers.items()
            if policies.of(carried.type).links and not carried.blocked and key not in asked
        }
        asked |= ties.keys()
        rows = [{"key": key, "most": limit} for key, limit in sorted(ties.items())]
        [carriers] = await database.read("rule_changes/carriers", identifiers=rows)
        alike = await _alike(database, vault, policies.model, states)
        fresh = sorted({*carriers["components"], *alike} - read)
    return pool


async def _alike(database: Database, vault: Vault, model: Model, states: Collection[RecordState]) -> set[str]:
    """The components of records that meet one of these on a token and are alike under this model."""
    tokens = {key for state in states for key, hot in state.blocking_tokens.items() if not hot}
    if not tokens:
        return set()
    [answer] = await database.read("identity/read_candidates", batch={"keys": sorted(tokens), "most": MAX_CARRIERS})
    records = {state.key: state.evidence() for state in states}
    standing: dict[str, str] = {}
    for row in answer["candidates"]:
        if row["key"] not in records:
            other = RecordState.sealed(row["key"], row["sealed"], vault)
            records[other.key] = replace(other.evidence(), tokens=frozenset(keyed_tokens(other, vault) & tokens))
            standing[other.key] = row["component"]
    pairs = alike_pairs(records.values(), model)
    return {standing[key] for pair in pairs for key in pair if key in standing}


def _merges(clusters: Iterable[Cluster], old: Mapping[str, str]) -> Iterable[RehearsedChange]:
    for cluster in clusters:
        numbers = {old[key] for key in cluster.members if key in old}
        if len(numbers) < 2:
            continue
        crossing = [link for link in cluster.links if old.get(link.left) != old.get(link.right)]
        weakest = min(crossing, key=lambda link: (link.weight, link.left, link.right))
        yield RehearsedChange("merge", tuple(sorted(numbers)), len(cluster.members), weakest.weight, weakest.rule)


def _splits(
    parts: Mapping[str, list[Cluster]], old: Mapping[str, str], apart: Mapping[frozenset[str], str]
) -> Iterable[RehearsedChange]:
    for number, clusters in sorted(parts.items()):
        if len(clusters) < 2:
            continue
        sizes = sorted(sum(old.get(key) == number for key in cluster.members) for cluster in clusters)
        of = {key: place for place, cluster in enumerate(clusters) for key in cluster.members}
        reasons = (
            detail for pair, detail in sorted(apart.items(), key=lambda item: sorted(item[0])) if _cross(pair, of)
        )
        yield RehearsedChange(
            "split", (number,), sum(sizes[:-1]), 0.0, next(reasons, "no evidence joins them any more")
        )


def _cross(pair: frozenset[str], of: Mapping[str, int]) -> bool:
    places = {of.get(key) for key in pair}
    return None not in places and len(places) > 1
