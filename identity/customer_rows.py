"""What a repartition writes, as rows: records, components, customers with their read models, findings and changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from domain.stats import Stats
from graph.store.database import Row
from identity.customer_numbers import Numbers
from identity.number_changes import changes_of
from identity.read_model import ReadModel
from identity.record_state import RecordState
from identity.resolution import ONLY_RECORD, Resolution, reasons_of
from privacy.vault import Vault

REVIEWED = frozenset(("AMBIGUOUS", "REVIEW"))
"""Findings that wait for an agent."""
EVIDENCE_CHANGED = "evidence changed"
PEOPLE = (
    "identity/write_records",
    "identity/write_own_numbers",
    "identity/drop_has_identifier",
    "identity/write_has_identifier",
    "identity/write_blocking_tokens",
    "identity/write_shared",
    "identity/write_components",
    "identity/write_customers",
    "identity/write_resolved",
    "identity/write_reasons",
    "identity/write_merged",
    "identity/write_kept_apart",
    "identity/write_changes",
    "feed/write",
)


@dataclass(frozen=True, slots=True)
class CustomerRows:
    """What `PEOPLE` writes after a resolution. `records` are all that were read, `pool` those of whole components, and
    `touched` the keys of those that changed or whose orders did. `actor` and `reason` go to the feed of changes."""

    vault: Vault
    read_model: ReadModel
    records: Mapping[str, RecordState]
    pool: Mapping[str, RecordState]
    touched: Collection[str]
    actor: str
    reason: str

    def rows(self, resolution: Resolution, numbers: Numbers) -> dict[str, Any]:
        """The parameters of `PEOPLE`, all but the time, the decision, the feed and the blocking tokens."""
        customers = self._counters_only()
        resolved: list[Row] = []
        explained: list[Row] = []
        left = {
            record.customer.number
            for number, person in numbers.people
            for record in person.records
            if record.customer is not None and record.customer.number != number
        }
        for number, person in numbers.people:
            moved = [r for r in person.records if r.customer is None or r.customer.number != number]
            if moved or number in left or any(record.key in self.touched for record in person.records):
                customers.append(self.read_model.customer(number, person.records))
            reasons = reasons_of(person)
            for record in person.records:
                rule, via = reasons[record.key]
                row = {"record": record.key, "number": number, "rule": rule, "via": via}
                if record.customer is None or record.customer.number != number:
                    resolved.append(row | {"reason": EVIDENCE_CHANGED if rule == ONLY_RECORD else rule})
                elif (record.customer.rule, record.customer.via) != (rule, via):
                    explained.append(row)
        records = sorted(self.records.items())
        placement = resolution.placement
        return {
            "records": [record.row(self.vault) for key, record in records if key in self.touched or record.touched],
            "owned": [
                {"record": key, "own": record.own_number and list(record.own_number)}
                for key, record in records
                if record.own_number_changed
            ],
            "carried": [
                {"record": key, "identifier": identifier, "first": carried.first, "last": carried.last}
                for key, record in records
                for identifier in sorted(record.widened)
                for carried in (record.identifiers[identifier],)
            ],
            "dropped": [
                {"record": key, "identifier": one} for key, record in records for one in sorted(record.dropped)
            ],
            "shared": [{"key": key, "people": count} for key, count in sorted(resolution.newly_shared.items())],
            "created": placement.created,
            "emptied": placement.emptied,
            "sizes": [{"id": component, "records": size} for component, size in sorted(placement.sizes.items())],
            "customers": sorted(customers, key=lambda row: row["number"]),
            "resolved": sorted(resolved, key=lambda row: row["record"]),
            "explained": sorted(explained, key=lambda row: row["record"]),
            "retired": resolution.retired,
            "revived": numbers.revived,
            "redirected": [{"number": number, "into": into} for number, into in numbers.redirected],
            "changes": self._changes(resolution, numbers),
            **self._verdicts(resolution, numbers),
        }

    def _changes(self, resolution: Resolution, numbers: Numbers) -> list[Row]:
        """What this does to numbers, for those who keep a copy of them."""
        return changes_of(
            {
                record.key: record.customer and record.customer.number
                for _, person in numbers.people
                for record in person.records
            },
            {record.key: number for number, person in numbers.people for record in person.records},
            merged={(row["number"], row["into"]): row["reason"] for row in resolution.retired},
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

    def _verdicts(self, resolution: Resolution, numbers: Numbers) -> dict[str, Any]:
        """Who is kept apart from whom now, and whose earlier findings that replaces."""
        number_of = {record.key: number for number, person in numbers.people for record in person.records}
        apart: dict[tuple[str, str, str, str], Row] = {}
        for row in resolution.kept_apart:
            left, right = sorted((number_of[row["left"]], number_of[row["right"]]))
            if left != right:
                queued = f"{left}|{right}" if row["rule"] in REVIEWED else None
                apart[left, right, row["rule"], row["type"]] = row | {"left": left, "right": right, "queued": queued}
        before = {record.customer.number for record in self.pool.values() if record.customer}
        return {
            "judged": sorted(before) if apart or len(before) > 1 else [],
            "apart": [apart[key] for key in sorted(apart)],
        }
