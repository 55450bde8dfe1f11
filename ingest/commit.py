"""Commits a batch of claims in one transaction: idempotent, atomic, and touching only the components it must.

    1. tell new events from old; lock transactions and identifiers, make source records        CLAIM
    2. lock the touched components and read what the batch may change, until they hold still   LOCK_AND_READ
    3. decide who is who, where evidence changed (pure: identity.resolution), beside writing     REPORTS
    4. write what was decided                                                                  PEOPLE

Each is one round trip, whatever the size of the batch; a batch whose order belongs to another record than it names,
that splits a person, or in which a record takes or gives up blocking tokens (`identity.blocking_tokens`), needs one
more. An event that brings no new evidence (a known guest's next order) takes the short way: counters of its record and
customer change by the difference, and no sibling record is read.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from graph.store.database import DbTransaction, Row
from identity import repartition
from identity.blocking_tokens import BlockingTokens
from identity.claims import Claims, SubjectClaim
from identity.customer_rows import REVIEWED
from identity.large_components import LARGE, InLargeComponents, reached
from identity.locking import lock_and_read
from identity.parts import IdentityParts
from identity.record_state import RecordState
from identity.resolution import Resolution
from ingest.event_rows import identifiers_of, reports_of
from ingest.order_state import Points, TransactionState

CLAIM = ("intake/claim_events", "intake/claim_transactions", "intake/claim_identifiers", "intake/claim_records")
REPORTS = (
    "intake/write_events",
    "intake/write_references",
    "intake/clear_lines",
    "intake/write_places",
    "intake/write_transactions",
    "intake/write_owners",
    "intake/write_lines",
    "intake/write_ledger",
)

_UNREAD: Row = {"identifiers": (), "stats": None, "customer": None, "rulings": ()}
"""What `claim_records` does not read of a record."""


@dataclass(frozen=True, slots=True)
class Committer:
    """Writes batches to one database under one identity configuration and one programme."""

    parts: IdentityParts
    points: Points

    async def commit(self, batch: Sequence[Claims], *, large: bool = True) -> list[bool]:
        """For each event in order, whether it was new. Durable when this returns. Raises Unavailable.

        With `large` off it raises Crowded, having written nothing, where events stand in a component that is known to
        be large: whoever has others waiting commits these apart.
        """

        async def work(transaction: DbTransaction) -> tuple[set[str], Resolution, int]:
            return await _CommitTry(self.parts, self.points, transaction, batch, large).run()

        new, resolution, hot = await self.parts.database.write("intake", work)
        self.parts.large_components.learn(resolution.placement.sizes)
        self._count(resolution)
        self.parts.counts.hot += hot
        answers: list[bool] = []
        for claims in batch:
            answers.append(claims.event in new)
            new.discard(claims.event)
        return answers

    def _count(self, resolution: Resolution) -> None:
        counts = self.parts.counts
        counts.created += sum(person.number is None for person in resolution.persons)
        counts.merged += len(resolution.retired)
        counts.held += sum(row["rule"] in REVIEWED for row in resolution.kept_apart)


@dataclass(slots=True)
class _CommitTry:
    """One try of one batch. Made anew for each try, so that nothing of a failed one is left."""

    parts: IdentityParts
    points: Points
    tx: DbTransaction
    batch: Sequence[Claims]
    large: bool
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    fresh: list[Claims] = field(default_factory=list[Claims])
    subjects: list[tuple[Claims, SubjectClaim]] = field(default_factory=list[tuple[Claims, SubjectClaim]])
    keys: list[str] = field(default_factory=list[str])
    changed: set[str] = field(default_factory=set[str])
    meeting: list[str] = field(default_factory=list[str])
    orders: dict[str, TransactionState] = field(default_factory=dict[str, TransactionState])
    stopped: dict[str, tuple[bool, bool]] = field(default_factory=dict[str, tuple[bool, bool]])
    records: dict[str, RecordState] = field(default_factory=dict[str, RecordState])
    pool: dict[str, RecordState] = field(default_factory=dict[str, RecordState])
    tokens: BlockingTokens = field(init=False)
    trial: dict[str, RecordState] = field(default_factory=dict[str, RecordState])
    matching: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        self.tokens = BlockingTokens(self.parts.vault, self.parts.policies.model)

    async def run(self) -> tuple[set[str], Resolution, int]:
        stands = await self._claim()
        if not self.fresh:
            return set(), Resolution(), 0
        await self._lock_and_read(stands)
        # Decisions about one component follow each other behind its lock, and so do their times.
        self.now = datetime.now(UTC)
        self._count_orders()
        # The store writes what was reported while a thread decides what it means. Neither is left running alone: the
        # transaction serves one query at a time, also the one that takes it back.
        reports = reports_of(self.fresh, self.orders, self.parts.vault) | {"now": self.now.isoformat()}
        resolving = asyncio.create_task(repartition.resolve(self.parts, self.pool))
        if len(self.pool) > LARGE:
            await resolving  # too long to hold the locks of stores and products meanwhile
        try:
            await self.tx.run(*REPORTS, batch=reports)
        finally:
            resolution = await resolving
        outcome = await repartition.number(self.tx, self.parts, self.pool, resolution)
        await repartition.write(
            self.tx,
            self.parts,
            outcome,
            repartition.INTAKE,
            touched=self._touched(),
            records=self.records,
            tokens=self.matching,
            now=self.now,
        )
        hot = sum(row["hot"] for row in self.matching.get("blockingTokens", ()))
        return {claims.event for claims in self.fresh}, resolution, hot

    async def _claim(self) -> dict[str, str]:
        """Tells new events from old, and locks what they name. Gives where that stands: key → component."""
        subjects = [(claims, subject) for claims in self.batch for subject in claims.subjects]
        [answer] = await self.tx.run(
            *CLAIM,
            batch={
                "events": list(dict.fromkeys(claims.event for claims in self.batch)),
                "transactions": sorted({claims.transaction for claims in self.batch if claims.transaction}),
                "identifiers": identifiers_of(subjects, self.parts.vault),
                "records": sorted({subject.record for _, subject in subjects}),
                "now": self.now.isoformat(),
            },
        )
        seen = set(answer["taken"])
        for claims in self.batch:
            if claims.event not in seen:
                seen.add(claims.event)
                self.fresh.append(claims)
        ordered = {claims.transaction for claims in self.fresh}
        rows: list[Row] = [row for row in answer["transactions"] if row["key"] in ordered]
        self.orders = {row["key"]: TransactionState.from_row(row) for row in rows}
        self.stopped = {row["key"]: (row["shared"], row["blocked"]) for row in answer["identifiers"]}
        self.subjects = [(claims, subject) for claims in self.fresh for subject in claims.subjects]
        before = await self._stored(answer["records"])
        # States only ever grow, so what was nothing new before the locks is nothing new behind them.
        self.keys = list(before)
        self.changed = self._evidence_changes(before)
        self.trial = self._merged(before)
        self.meeting = sorted(
            {
                identifier.key
                for _, subject in self.subjects
                if subject.record in self.changed
                for identifier in subject.identifiers
                if identifier.key not in before[subject.record]["identifiers"]
            }
        )
        component_of = {row["key"]: row["component"] for row in answer["identifiers"]}
        stands = {key: row["component"] for key, row in before.items()}
        stands |= {key: component_of[key] for key in self.meeting}
        return {key: component for key, component in stands.items() if component}

    def _refuse_crowded(self, stands: Mapping[str, str]) -> None:
        """Raises InLargeComponents where events stand in components that are known to be large."""
        crowded = {key for key, component in stands.items() if component in self.parts.large_components}
        if not crowded:
            return
        crowded = crowded.union(*(self.tokens.met.get(key, ()) for key in crowded))
        owned = {key for key, state in self.orders.items() if state.owner in crowded}
        stopped = {key for key, told in self.stopped.items() if any(told)}
        # With all that meets them in this batch: it would wait for their writer's locks, or join the component itself.
        events = {claims.event for claims in reached(self.fresh, crowded | owned, stopped)}
        if events:
            raise InLargeComponents(events)

    async def _stored(self, claimed: Sequence[Row]) -> dict[str, Row]:
        """The records that the new events name, and those that their transactions hang on."""
        named = {subject.record for _, subject in self.subjects}
        rows = [row for row in claimed if row["key"] in named]
        owners = {state.owner for state in self.orders.values() if state.owner} - named
        if owners:
            more = {"records": sorted(owners), "now": self.now.isoformat()}
            rows += (await self.tx.run("intake/claim_records", batch=more))[0]["records"]
        return {row["key"]: row for row in sorted(rows, key=lambda row: row["key"])}

    def _evidence_changes(self, before: Mapping[str, Row]) -> set[str]:
        """Records whose evidence the batch changes, told from a trial merge onto what was read before the locks."""
        trial: dict[str, RecordState] = {}
        changed = {key for key, row in before.items() if row["component"] is None}
        for claims, subject in self.subjects:
            key = subject.record
            if key in changed:
                continue
            row = before[key]
            if any(identifier.key not in row["identifiers"] for identifier in subject.identifiers):
                changed.add(key)
            elif (
                subject.traits
                or claims.consent is not None
                or claims.day < row["first"]
                or (subject.known and row["kind"] != "known")
            ):
                if key not in trial:
                    trial[key] = RecordState.from_row(row | _UNREAD, self.parts.vault)
                state = trial[key]
                state.merge(claims, subject, {})
                if state.profile_changed or state.signatures != set(row["signatures"] or ()):
                    changed.add(key)
        return changed

    def _merged(self, before: Mapping[str, Row]) -> dict[str, RecordState]:
        """The changed records as they would be if nobody else wrote: their tokens can be claimed before any lock."""
        states = {key: RecordState.from_row(before[key] | _UNREAD, self.parts.vault) for key in self.changed}
        for state in states.values():
            self.tokens.guess(state)
        for claims, subject in self.subjects:
            if subject.record in states:
                states[subject.record].merge(claims, subject, {})
        return states

    async def _lock_and_read(self, stands: dict[str, str]) -> None:
        """Reads, behind locks, what the batch may change, and merges its claims into that."""
        beside = await self.tokens.claim(self.tx, self.trial.values())
        if not self.large:
            self._refuse_crowded(stands | beside)
        read: Mapping[str, str] | None = None
        while read != beside:
            read = beside
            await self._read(stands | read, read)
            # Behind the locks a record may say other than before them, and so take other tokens.
            beside = read | await self.tokens.claim(self.tx, [self.records[key] for key in self.changed])
        self.matching = self.tokens.settle([self.records[key] for key in sorted(self.changed)], self.pool.values())

    async def _read(self, stands: Mapping[str, str], beside: Mapping[str, str]) -> None:
        whole, rows = await lock_and_read(
            self.tx,
            stands,
            records=[*self.keys, *(beside.keys() - set(self.keys))],
            identifiers=self.meeting,
            wholly=(*self.changed, *self.meeting, *beside),
        )
        self.records = {}
        for at in range(0, len(rows), LARGE):
            some = rows[at : at + LARGE]
            self.records |= {row["key"]: RecordState.from_row(row, self.parts.vault) for row in some}
            await asyncio.sleep(0)  # others breathe while a large component is opened
        self.pool = {k: record for k, record in self.records.items() if k in self.changed or record.component in whole}
        for claims, subject in self.subjects:
            self.records[subject.record].merge(claims, subject, self.stopped)

    def _count_orders(self) -> None:
        """Merges orders and refunds, and moves what each is worth between its old and new owner."""
        for claims in self.fresh:
            if claims.transaction is None:
                continue
            state = self.orders[claims.transaction]
            owner, before = state.owner, state.contribution()
            refund_key = None
            if claims.refund is not None:
                refund_key = self.parts.vault.keyed("refund", f"{claims.source}|{claims.refund.id}")
            if claims.order is not None and claims.type == "order.completed" and claims.subjects:
                self.records[claims.subjects[0].record].stats.visited(
                    claims.brand or "", claims.clock.partition("|")[0]
                )
            state.merge(claims, refund_key, self.points)
            after = state.contribution()
            if owner is not None and before is not None:
                self._move(owner, before, -1)
            if state.owner is not None and after is not None:
                self._move(state.owner, after, 1)

    def _move(self, owner: str, contribution: Any, sign: int) -> None:
        self.records[owner].stats.apply(contribution, sign)

    def _touched(self) -> set[str]:
        """Records that the batch named or whose transactions it changed."""
        named = {subject.record for claims in self.fresh for subject in claims.subjects}
        owners = {owner for state in self.orders.values() for owner in (state.owner, state.stored_owner) if owner}
        return named | owners
