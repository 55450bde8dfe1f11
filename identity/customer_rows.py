"""The customers that a decision about whole components makes: their numbers, read models and findings, as rows."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain.ids import customer_number
from domain.stats import Stats
from graph.store.database import DbTransaction, Row
from identity.number_changes import changes_of
from identity.read_model import ReadModel
from identity.record_state import RecordState
from identity.resolution import Person, Resolution, resolution_of
from privacy.vault import Vault

REVIEWED = frozenset(("AMBIGUOUS", "REVIEW"))
"""Findings that wait for an agent."""
PEOPLE = (
    "identity/write_records",
    "identity/write_has_identifier",
    "identity/write_blocking_tokens",
    "identity/write_shared",
    "identity/write_components",
    "identity/write_customers",
    "identity/write_resolved",
    "identity/write_merged",
    "identity/write_kept_apart",
    "identity/write_changes",
)


def founded(vault: Vault, record: str) -> str:
    """The number of a customer whose first record this is."""
    return customer_number(vault.keyed("customer", record))


@dataclass(frozen=True, slots=True)
class Numbers:
    """The number of each of a decision's persons, in their order, and those that answer for themselves again."""

    of: list[str]
    revived: list[str]


async def number_people(
    tx: DbTransaction, decision: Resolution, vault: Vault, before: Mapping[str, str] | None = None
) -> Numbers:
    """A number for every person. Who was somebody before a merge gets that number back: the one that a record of theirs
    founded, or had `before` (record → number)."""
    had = before or {}
    returning = [p for p in decision.persons if p.number is None and any(record.customer for record in p.records)]
    known: dict[str, Row] = {}
    if returning:
        asked = sorted({number for person in returning for number in _candidates(person, had, vault)})
        known = {row["number"]: row for row in await tx.run("identity/retired_numbers", numbers=asked)}
    return numbers_of(decision, known, had, vault)


def numbers_of(decision: Resolution, known: Mapping[str, Row], had: Mapping[str, str], vault: Vault) -> Numbers:
    """A number for every person. `known` are customers of the store whose numbers somebody may get back; `had` are
    those that records had before."""
    taken = {person.number for person in decision.persons}
    numbers: list[str] = []
    revived: list[str] = []
    for person in decision.persons:
        if person.number is not None:
            numbers.append(person.number)
            continue
        mine = _candidates(person, had, vault)
        old = [n for n in mine if n in known and known[n]["status"] == "retired" and n not in taken]
        number = min(old, key=lambda n: (known[n]["createdAt"], n), default=None)
        if number is not None:
            revived.append(number)
        else:
            free = (n for n in mine if n not in known and n not in taken)
            number = next(free, None) or founded(vault, f"{person.records[0].key}|{uuid.uuid4().hex}")
        taken.add(number)
        numbers.append(number)
    gone = {row["number"] for row in decision.retired}
    return Numbers(numbers, [number for number in revived if number not in gone])


def _candidates(person: Person, had: Mapping[str, str], vault: Vault) -> list[str]:
    before = [had[record.key] for record in person.records if record.key in had]
    return [*before, *(founded(vault, record.key) for record in person.records)]


@dataclass(frozen=True, slots=True)
class CustomerRows:
    """What `PEOPLE` writes after a decision. `records` are all that were read, `pool` those of whole components, and
    `touched` the keys of those that changed or whose orders did. `actor` and `reason` go to the feed of changes."""

    vault: Vault
    read_model: ReadModel
    records: Mapping[str, RecordState]
    pool: Mapping[str, RecordState]
    touched: Collection[str]
    actor: str = "intake"
    reason: str = "evidence changed"

    def rows(self, decision: Resolution, numbers: Numbers) -> dict[str, Any]:
        """The parameters of `PEOPLE`, all but the time."""
        customers = self._counters_only()
        resolved: list[Row] = []
        left = {
            record.customer.number
            for person, number in zip(decision.persons, numbers.of, strict=True)
            for record in person.records
            if record.customer is not None and record.customer.number != number
        }
        for person, number in zip(decision.persons, numbers.of, strict=True):
            moved = [r for r in person.records if r.customer is None or r.customer.number != number]
            if moved or number in left or any(record.key in self.touched for record in person.records):
                customers.append(self.read_model.customer(number, person.records))
            resolved += [resolution_of(person, record, number) for record in moved]
        records = sorted(self.records.items())
        return {
            "records": [record.row(self.vault) for key, record in records if key in self.touched or record.touched],
            "carried": [
                {"record": key, "identifier": identifier, "first": carried.first, "last": carried.last}
                for key, record in records
                for identifier in sorted(record.widened)
                for carried in (record.identifiers[identifier],)
            ],
            "shared": [{"key": key, "people": count} for key, count in sorted(decision.newly_shared.items())],
            "created": decision.created_components,
            "emptied": decision.emptied_components,
            "sizes": [{"id": component, "records": records} for component, records in sorted(decision.sizes.items())],
            "customers": sorted(customers, key=lambda row: row["number"]),
            "resolved": sorted(resolved, key=lambda row: row["record"]),
            "retired": decision.retired,
            "revived": numbers.revived,
            "changes": self._changes(decision, numbers),
            **self._verdicts(decision, numbers.of),
        }

    def _changes(self, decision: Resolution, numbers: Numbers) -> list[Row]:
        """What this does to numbers, for those who keep a copy of them."""
        people = list(zip(decision.persons, numbers.of, strict=True))
        return changes_of(
            {
                record.key: record.customer and record.customer.number
                for person, _ in people
                for record in person.records
            },
            {record.key: number for person, number in people for record in person.records},
            merged={(row["number"], row["into"]): row["reason"] for row in decision.retired},
            revived=frozenset(numbers.revived),
            actor=self.actor,
            reason=self.reason,
        )

    def _counters_only(self) -> list[Row]:
        """The short way: customers whose records' counters changed and nothing else did."""
        outside = [self.records[key] for key in sorted(set(self.touched) - self.pool.keys())]
        totals: dict[str, Stats] = {}
        for record in outside:
            if record.customer is not None:
                totals.setdefault(record.customer.number, Stats.from_json(record.customer.stats))
                totals[record.customer.number].replace(Stats.from_json(record.stored_stats), record.stats)
        return [self.read_model.counters(stats) | {"number": number} for number, stats in totals.items()]

    def _verdicts(self, decision: Resolution, numbers: Sequence[str]) -> dict[str, Any]:
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
                queued = f"{left}|{right}" if row["rule"] in REVIEWED else None
                apart[left, right, row["rule"], row["type"]] = row | {"left": left, "right": right, "queued": queued}
        before = {record.customer.number for record in self.pool.values() if record.customer}
        return {
            "judged": sorted(before) if apart or len(before) > 1 else [],
            "apart": [apart[key] for key in sorted(apart)],
        }
