"""Commits a batch of claims in one transaction: idempotent, atomic, and touching only the components it must.

    1. drop events taken before                                        claim_events
    2. lock transactions and identifiers, make source records          claim_transactions, _identifiers, _records
    3. lock the touched components, until they hold still              lock_components, where_now
    4. read what the batch may change                                  read_records
    5. decide who is who, where evidence changed (pure)                ingest.people
    6. write                                                           write_…

An event that brings no new evidence (a known guest's next order) takes the short way: counters of its record and
customer change by the difference, and no sibling record is read. The number of round trips does not depend on the size
of the batch.
"""

from __future__ import annotations

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
from ingest.people import Decision, Person, decide
from ingest.receipts import write_events, write_orders
from ingest.records import RecordState
from matching.policy import Policies
from matching.resolve import Guards
from privacy.vault import Vault

_LOCK_ROUNDS = 50


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
    orders: dict[str, TransactionState] = field(default_factory=dict[str, TransactionState])
    shared: dict[str, bool] = field(default_factory=dict[str, bool])
    records: dict[str, RecordState] = field(default_factory=dict[str, RecordState])
    pool: dict[str, RecordState] = field(default_factory=dict[str, RecordState])

    async def run(self) -> set[str]:
        await self._drop_duplicates()
        if not self.fresh:
            return set()
        await self._claim_orders()
        subjects = [(claims, subject) for claims in self.fresh for subject in claims.subjects]
        owners = {state.owner for state in self.orders.values() if state.owner}
        keys = sorted({subject.record for _, subject in subjects} | owners)
        await self._claim_people(keys, subjects)
        self._count_orders()
        decision = self._decide()
        await self._write_orders()
        await self._write_records()
        await self._write_people(decision)
        return {claims.event for claims in self.fresh}

    async def _drop_duplicates(self) -> None:
        keys = list(dict.fromkeys(claims.event for claims in self.batch))
        seen = set((await self.tx.run("intake/claim_events", keys=keys))[0]["keys"])
        for claims in self.batch:
            if claims.event not in seen:
                seen.add(claims.event)
                self.fresh.append(claims)

    async def _claim_orders(self) -> None:
        keys = sorted({claims.transaction for claims in self.fresh if claims.transaction})
        if keys:
            rows = (await self.tx.run("intake/claim_transactions", keys=keys))[0]["rows"]
            self.orders = {row["key"]: TransactionState.from_row(row) for row in rows}

    async def _claim_people(self, keys: list[str], subjects: Sequence[tuple[Claims, SubjectClaim]]) -> None:
        """Locks everything the batch may decide about, then reads it."""
        if not keys:
            return
        component_of = await self._claim_identifiers(subjects)
        rows: list[Row] = (await self.tx.run("intake/claim_records", keys=keys, now=self.now))[0]["rows"]
        # States only ever grow, so what was nothing new before the locks is nothing new behind them.
        before = {row["key"]: row for row in rows}
        changed = self._evidence_changes(before, subjects)
        meeting = sorted(
            {
                identifier.key
                for _, subject in subjects
                if subject.record in changed
                for identifier in subject.identifiers
                if identifier.key not in before[subject.record]["identifiers"]
            }
        )
        stands = {key: row["component"] for key, row in before.items()} | {key: component_of[key] for key in meeting}
        stands = await self._lock(stands, keys, meeting)
        whole = {stands.get(key) for key in (*changed, *meeting)}
        await self._read(keys, sorted(component for component in whole if component), changed)
        for claims, subject in subjects:
            self.records[subject.record].merge(claims, subject, self.shared)

    async def _claim_identifiers(self, subjects: Sequence[tuple[Claims, SubjectClaim]]) -> dict[str, str | None]:
        rows: dict[str, Row] = {}
        for claims, subject in subjects:
            for claim in subject.identifiers:
                row = rows.get(claim.key)
                if row is None:
                    rows[claim.key] = {
                        "key": claim.key,
                        "type": claim.type,
                        "display": claim.display,
                        "sealed": self.committer.vault.seal(claim.key, claim.value),
                        "blocked": claim.blocked,
                        "firstSeen": claims.day,
                    }
                else:
                    row["firstSeen"] = min(row["firstSeen"], claims.day)
        if not rows:
            return {}
        answer = await self.tx.run("intake/claim_identifiers", rows=[rows[key] for key in sorted(rows)])
        found: list[Row] = answer[0]["found"]
        self.shared = {row["key"]: row["shared"] for row in found}
        return {row["key"]: row["component"] for row in found}

    def _evidence_changes(self, before: dict[str, Row], subjects: Sequence[tuple[Claims, SubjectClaim]]) -> set[str]:
        """Records whose evidence the batch changes, told from a trial merge onto what was read before the locks."""
        trial: dict[str, RecordState] = {}
        absent = {"identifiers": (), "stats": None, "customer": None}
        changed = {key for key, row in before.items() if row["component"] is None}
        for claims, subject in subjects:
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

    async def _lock(
        self, stands: Mapping[str, str | None], keys: list[str], meeting: list[str]
    ) -> Mapping[str, str | None]:
        """Locks components until the batch's records and identifiers stand in no other; tells where they stand.

        A concurrent writer may join or split components until they are locked, so only what is read then holds.
        """
        locked: set[str] = set()
        for _ in range(_LOCK_ROUNDS):
            missing = {component for component in stands.values() if component} - locked
            if not missing:
                return stands
            await self.tx.run("intake/lock_components", ids=sorted(missing))
            locked |= missing
            rows = (await self.tx.run("intake/where_now", records=keys, identifiers=meeting))[0]["rows"]
            stands = {row["key"]: row["component"] for row in rows}
        raise Unavailable("The components of a batch do not hold still.", hint="Try again; nothing was taken.")

    async def _read(self, keys: list[str], components: list[str], changed: set[str]) -> None:
        rows = (await self.tx.run("intake/read_records", records=keys, components=components))[0]["rows"]
        self.records = {row["key"]: RecordState.from_row(row, self.committer.vault) for row in rows}
        whole = set(components)
        self.pool = {key: record for key, record in self.records.items() if key in changed or record.component in whole}

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

    def _decide(self) -> Decision:
        if not self.pool:
            return Decision()
        committer = self.committer
        return decide(self.pool, committer.policies, committer.guards, lambda: uuid.uuid4().hex)

    async def _write_orders(self) -> None:
        await write_events(self.tx, self.fresh, self.committer.vault, self.now)
        if self.orders:
            await write_orders(self.tx, [self.orders[key] for key in sorted(self.orders)])

    async def _write_records(self) -> None:
        if not self.records:
            return
        touched = self._touched()
        vault = self.committer.vault
        rows = [record.row(vault) for key, record in sorted(self.records.items()) if key in touched or record.touched]
        await self.tx.run("intake/write_records", rows=rows)
        carried = [
            {
                "record": key,
                "identifier": identifier,
                "first": record.identifiers[identifier].first,
                "last": record.identifiers[identifier].last,
            }
            for key, record in sorted(self.records.items())
            for identifier in sorted(record.widened)
        ]
        if carried:
            await self.tx.run("intake/write_has_identifier", rows=carried)

    def _touched(self) -> set[str]:
        """Records that the batch named or whose transactions it changed."""
        named = {subject.record for claims in self.fresh for subject in claims.subjects}
        owners = {owner for state in self.orders.values() for owner in (state.owner, state.stored_owner) if owner}
        return named | owners

    async def _write_people(self, decision: Decision) -> None:
        if not self.records:
            return
        if decision.newly_shared:
            rows = [{"key": key, "people": count} for key, count in sorted(decision.newly_shared.items())]
            await self.tx.run("intake/write_shared", rows=rows)
        if decision.created_components or decision.emptied_components:
            await self.tx.run(
                "intake/write_components",
                created=decision.created_components,
                emptied=decision.emptied_components,
            )
        numbers, revived = await self._numbers(decision)
        touched = self._touched()
        customers = self._counters_only(touched)
        resolved: list[Row] = []
        left = {
            record.customer.number
            for person, number in zip(decision.persons, numbers, strict=True)
            for record in person.records
            if record.customer is not None and record.customer.number != number
        }
        for person, number in zip(decision.persons, numbers, strict=True):
            moved = [r for r in person.records if r.customer is None or r.customer.number != number]
            if moved or number in left or any(record.key in touched for record in person.records):
                customers.append(self.committer.read_model.customer(number, person.records))
            resolved += [_resolution(person, record, number) for record in moved]
        customers.sort(key=lambda row: row["number"])
        if customers:
            await self.tx.run("intake/write_customers", rows=customers, now=self.now)
        if resolved:
            resolved.sort(key=lambda row: row["record"])
            await self.tx.run("intake/write_resolved", rows=resolved, now=self.now)
        await self._write_verdicts(decision, numbers, revived)

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

    async def _write_verdicts(self, decision: Decision, numbers: Sequence[str], revived: list[str]) -> None:
        if decision.retired or revived:
            await self.tx.run("intake/write_merged", retired=decision.retired, revived=revived, now=self.now)
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
        if apart or len(before) > 1:
            await self.tx.run(
                "intake/write_kept_apart",
                numbers=sorted(before),
                rows=[apart[key] for key in sorted(apart)],
                now=self.now,
            )


def _resolution(person: Person, record: RecordState, number: str) -> Row:
    """Why a record belongs to its person, from the strongest link that holds it there."""
    links = [link for link in person.cluster.links if record.key in (link.left, link.right)]
    row: Row = {
        "record": record.key,
        "number": number,
        "rule": "only record",
        "via": None,
        "reason": "evidence changed",
    }
    if not links:
        return row
    link = max(links, key=lambda link: (link.weight, link.left, link.right))
    by_key = {r.key: r for r in person.records}
    both = by_key[link.left].identifiers.keys() & by_key[link.right].identifiers.keys()
    via = min((key for key in both if record.identifiers[key].type == link.identifier_type), default=None)
    return row | {"rule": link.rule, "via": via, "reason": link.rule}
