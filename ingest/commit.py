"""Commits a batch of claims in one transaction: idempotent, atomic, and touching only the components it must.

    1. tell new events from old; lock transactions and identifiers, make source records        CLAIM
    2. lock the touched components and read what the batch may change, until they hold still   LOCK_AND_READ
    3. decide who is who, where evidence changed (pure: ingest.people), beside writing         REPORTS
    4. write what was decided                                                                  PEOPLE

Each is one round trip, whatever the size of the batch; a batch whose order belongs to another record than it names, or
that splits a person, needs one more. An event that brings no new evidence (a known guest's next order) takes the short
way: counters of its record and customer change by the difference, and no sibling record is read.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.errors import Unavailable
from domain.ids import customer_number
from domain.stats import Stats
from graph.database import Database, Row, Transaction
from ingest.claims import Claims, SubjectClaim
from ingest.golden import ReadModel
from ingest.orders import Points, TransactionState
from ingest.people import Decision, decide, resolution_of
from ingest.records import RecordState
from ingest.reports import identifiers_of, reports_of
from matching.policy import Policies
from matching.resolve import Guards
from privacy.vault import Vault

_LOCK_ROUNDS = 50
CLAIM = ("intake/claim_events", "intake/claim_transactions", "intake/claim_identifiers", "intake/claim_records")
LOCK_AND_READ = ("intake/lock_components", "intake/where_now", "intake/read_records")
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
PEOPLE = (
    "intake/write_records",
    "intake/write_has_identifier",
    "intake/write_shared",
    "intake/write_components",
    "intake/write_customers",
    "intake/write_resolved",
    "intake/write_merged",
    "intake/write_kept_apart",
)


@dataclass(frozen=True, slots=True)
class Committer:
    """Writes batches to one database under one vault, one identity configuration and one programme."""

    database: Database
    vault: Vault
    policies: Policies
    read_model: ReadModel
    points: Points
    guards: Guards

    async def commit(self, batch: Sequence[Claims]) -> list[bool]:
        """For each event in order, whether it was new. Durable when this returns. Raises Unavailable."""

        async def work(transaction: Transaction) -> set[str]:
            return await _Work(self, transaction, batch).run()

        new = await self.database.write("intake", work)
        answers: list[bool] = []
        for claims in batch:
            answers.append(claims.event in new)
            new.discard(claims.event)
        return answers


@dataclass(slots=True)
class _Work:
    """One try of one batch. Made anew for each try, so that nothing of a failed one is left."""

    committer: Committer
    tx: Transaction
    batch: Sequence[Claims]
    now: str = field(default_factory=lambda: datetime.now(UTC).isoformat())
    fresh: list[Claims] = field(default_factory=list[Claims])
    subjects: list[tuple[Claims, SubjectClaim]] = field(default_factory=list[tuple[Claims, SubjectClaim]])
    keys: list[str] = field(default_factory=list[str])
    changed: set[str] = field(default_factory=set[str])
    meeting: list[str] = field(default_factory=list[str])
    orders: dict[str, TransactionState] = field(default_factory=dict[str, TransactionState])
    shared: dict[str, bool] = field(default_factory=dict[str, bool])
    records: dict[str, RecordState] = field(default_factory=dict[str, RecordState])
    pool: dict[str, RecordState] = field(default_factory=dict[str, RecordState])

    async def run(self) -> set[str]:
        stands = await self._claim()
        if not self.fresh:
            return set()
        await self._lock_and_read(stands)
        self._count_orders()
        # The store writes what was reported while a thread decides what it means. Neither is left running alone: the
        # transaction serves one query at a time, also the one that takes it back.
        reports = reports_of(self.fresh, self.orders, self.committer.vault) | {"now": self.now}
        deciding = asyncio.create_task(self._decide())
        try:
            await self.tx.run(*REPORTS, batch=reports)
        finally:
            decision = await deciding
        people = self._people_of(decision, await self._numbers(decision)) | {"now": self.now}
        await self.tx.run(*PEOPLE, batch=people)
        return {claims.event for claims in self.fresh}

    async def _claim(self) -> dict[str, str]:
        """Tells new events from old, and locks what they name. Gives where that stands: key → component."""
        subjects = [(claims, subject) for claims in self.batch for subject in claims.subjects]
        [answer] = await self.tx.run(
            *CLAIM,
            batch={
                "events": list(dict.fromkeys(claims.event for claims in self.batch)),
                "transactions": sorted({claims.transaction for claims in self.batch if claims.transaction}),
                "identifiers": identifiers_of(subjects, self.committer.vault),
                "records": sorted({subject.record for _, subject in subjects}),
                "now": self.now,
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
        self.shared = {row["key"]: row["shared"] for row in answer["identifiers"]}
        self.subjects = [(claims, subject) for claims in self.fresh for subject in claims.subjects]
        before = await self._stored(answer["records"])
        # States only ever grow, so what was nothing new before the locks is nothing new behind them.
        self.keys = list(before)
        self.changed = self._evidence_changes(before)
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

    async def _stored(self, claimed: Sequence[Row]) -> dict[str, Row]:
        """The records that the new events name, and those that their transactions hang on."""
        named = {subject.record for _, subject in self.subjects}
        rows = [row for row in claimed if row["key"] in named]
        owners = {state.owner for state in self.orders.values() if state.owner} - named
        if owners:
            more = {"records": sorted(owners), "now": self.now}
            rows += (await self.tx.run("intake/claim_records", batch=more))[0]["records"]
        return {row["key"]: row for row in sorted(rows, key=lambda row: row["key"])}

    def _evidence_changes(self, before: Mapping[str, Row]) -> set[str]:
        """Records whose evidence the batch changes, told from a trial merge onto what was read before the locks."""
        trial: dict[str, RecordState] = {}
        absent = {"identifiers": (), "stats": None, "customer": None}
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
                    trial[key] = RecordState.from_row(row | absent, self.committer.vault)
                state = trial[key]
                state.merge(claims, subject, {})
                if state.profile_changed or state.signatures != set(row["signatures"] or ()):
                    changed.add(key)
        return changed

    async def _lock_and_read(self, stands: dict[str, str]) -> None:
        """Locks components until the batch's records and identifiers stand in no other, and reads them.

        A concurrent writer may join or split components until they are locked, so only what is read then holds.
        """
        for _ in range(_LOCK_ROUNDS):
            whole = {stands[key] for key in (*self.changed, *self.meeting) if key in stands}
            [answer] = await self.tx.run(
                *LOCK_AND_READ,
                batch={
                    "locks": sorted(set(stands.values())),
                    "records": self.keys,
                    "identifiers": self.meeting,
                    "components": sorted(whole),
                },
            )
            now = {row["key"]: row["component"] for row in answer["stands"]}
            if now == stands:
                break
            stands = now
        else:
            raise Unavailable("The components of a batch do not hold still.", hint="Try again; nothing was taken.")
        self.records = {row["key"]: RecordState.from_row(row, self.committer.vault) for row in answer["states"]}
        self.pool = {k: record for k, record in self.records.items() if k in self.changed or record.component in whole}
        for claims, subject in self.subjects:
            self.records[subject.record].merge(claims, subject, self.shared)

    def _count_orders(self) -> None:
        """Merges orders and refunds, and moves what each is worth between its old and new owner."""
        for claims in self.fresh:
            if claims.transaction is None:
                continue
            state = self.orders[claims.transaction]
            owner, before = state.owner, state.contribution()
            refund_key = None
            if claims.refund is not None:
                refund_key = self.committer.vault.keyed("refund", f"{claims.source}|{claims.refund.id}")
            if claims.order is not None and claims.type == "order.completed" and claims.subjects:
                self.records[claims.subjects[0].record].stats.visited(
                    claims.brand or "", claims.clock.partition("|")[0]
                )
            state.merge(claims, refund_key, self.committer.points)
            after = state.contribution()
            if owner is not None and before is not None:
                self._move(owner, before, -1)
            if state.owner is not None and after is not None:
                self._move(state.owner, after, 1)

    def _move(self, owner: str, contribution: Any, sign: int) -> None:
        self.records[owner].stats.apply(contribution, sign)

    async def _decide(self) -> Decision:
        if not self.pool:
            return Decision()
        committer = self.committer
        return await asyncio.to_thread(
            decide, self.pool, committer.policies, committer.guards, lambda: uuid.uuid4().hex
        )

    def _touched(self) -> set[str]:
        """Records that the batch named or whose transactions it changed."""
        named = {subject.record for claims in self.fresh for subject in claims.subjects}
        owners = {owner for state in self.orders.values() for owner in (state.owner, state.stored_owner) if owner}
        return named | owners

    def _people_of(self, decision: Decision, numbers: tuple[list[str], list[str]]) -> dict[str, Any]:
        """What `PEOPLE` writes: records, and the customers they make."""
        number_of, revived = numbers
        touched = self._touched()
        vault = self.committer.vault
        customers = self._counters_only(touched)
        resolved: list[Row] = []
        left = {
            record.customer.number
            for person, number in zip(decision.persons, number_of, strict=True)
            for record in person.records
            if record.customer is not None and record.customer.number != number
        }
        for person, number in zip(decision.persons, number_of, strict=True):
            moved = [r for r in person.records if r.customer is None or r.customer.number != number]
            if moved or number in left or any(record.key in touched for record in person.records):
                customers.append(self.committer.read_model.customer(number, person.records))
            resolved += [resolution_of(person, record, number) for record in moved]
        records = sorted(self.records.items())
        return {
            "records": [record.row(vault) for key, record in records if key in touched or record.touched],
            "carried": [
                {"record": key, "identifier": identifier, "first": carried.first, "last": carried.last}
                for key, record in records
                for identifier in sorted(record.widened)
                for carried in (record.identifiers[identifier],)
            ],
            "shared": [{"key": key, "people": count} for key, count in sorted(decision.newly_shared.items())],
            "created": decision.created_components,
            "emptied": decision.emptied_components,
            "customers": sorted(customers, key=lambda row: row["number"]),
            "resolved": sorted(resolved, key=lambda row: row["record"]),
            "retired": decision.retired,
            "revived": revived,
            **self._verdicts(decision, number_of),
        }

    def _counters_only(self, touched: set[str]) -> list[Row]:
        """The short way: customers whose records' counters changed and nothing else did."""
        totals: dict[str, Stats] = {}
        for key in touched - self.pool.keys():
            record = self.records[key]
            if record.customer is not None:
                totals.setdefault(record.customer.number, Stats.from_json(record.customer.stats))
        for key in touched - self.pool.keys():
            record = self.records[key]
            if record.customer is not None:
                totals[record.customer.number].replace(Stats.from_json(record.stored_stats), record.stats)
        model = self.committer.read_model
        return [model.counters(stats) | {"number": number} for number, stats in totals.items()]

    async def _numbers(self, decision: Decision) -> tuple[list[str], list[str]]:
        """A number for every person. Who was somebody before a merge gets that number back."""
        open_ = [person for person in decision.persons if person.number is None]
        if not open_:
            return [person.number or "" for person in decision.persons], []
        candidates = {id(person): [self._number(record.key) for record in person.records] for person in open_}
        returning = [p for p in open_ if any(record.customer for record in p.records)]
        known: dict[str, Row] = {}
        if returning:
            asked = sorted({number for person in returning for number in candidates[id(person)]})
            known = {row["number"]: row for row in await self.tx.run("intake/retired_numbers", numbers=asked)}
        taken = {person.number for person in decision.persons}
        numbers: list[str] = []
        revived: list[str] = []
        for person in decision.persons:
            if person.number is not None:
                numbers.append(person.number)
                continue
            mine = candidates[id(person)]
            old = [n for n in mine if n in known and known[n]["status"] == "retired" and n not in taken]
            number = min(old, key=lambda n: (known[n]["createdAt"], n), default=None)
            if number is not None:
                revived.append(number)
            else:
                free = (n for n in mine if n not in known and n not in taken)
                number = next(free, None) or self._number(f"{person.records[0].key}|{uuid.uuid4().hex}")
            taken.add(number)
            numbers.append(number)
        gone = {row["number"] for row in decision.retired}
        return numbers, [number for number in revived if number not in gone]

    def _number(self, record: str) -> str:
        return customer_number(self.committer.vault.keyed("customer", record))

    def _verdicts(self, decision: Decision, numbers: Sequence[str]) -> dict[str, Any]:
        """Who is kept apart from whom now, and whose earlier findings that replaces."""
        number_of = {
            record.key: number
            for person, number in zip(decision.persons, numbers, strict=True)
            for record in person.records
        }
        apart: dict[tuple[str, str, str, str], Row] = {}
        for row in decision.kept_apart:
            left, right = sorted((number_of[row["left"]], number_of[row["right"]]))
            if left != right:
                apart[left, right, row["rule"], row["type"]] = row | {"left": left, "right": right}
        before = {record.customer.number for record in self.pool.values() if record.customer}
        return {
            "judged": sorted(before) if apart or len(before) > 1 else [],
            "apart": [apart[key] for key in sorted(apart)],
        }
