"""The source records behind a customer, what each carries, and why they are one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import strawberry

from graph.customers import ProfilePart
from graph.store.database import Row
from resolvers.context import Context
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import described
from resolvers.kit.facets import Wanted, facet
from resolvers.kit.global_ids import global_id
from resolvers.kit.look_ahead import taken
from resolvers.kit.row_fields import column, reads
from resolvers.kit.scalars import Date, DateTime
from resolvers.kit.selection import Selected

RECORDS = ProfilePart.of("records")


class RecordKind(StrEnum):
    KNOWN = "known"
    ANONYMOUS = "anonymous"
    SEVERAL = "several"


described(
    RecordKind,
    "What a source record knows.",
    KNOWN="A name, or an identifier of a person.",
    ANONYMOUS="A device or browser only.",
    SEVERAL="Its source uses it for several people, so it is nobody: nothing joins it, and no name of it is believed.",
)


@strawberry.type(description="A source record, named by another one of the same customer.")
class RecordReference:
    record_id: strawberry.ID = strawberry.field(description="Opaque id of the source record.")
    source: str = strawberry.field(description="The system it comes from.")


@dataclass(frozen=True)
class Linked:
    """The source records of one customer: rows of `profile/records`."""

    records: list[Row]
    context: Context

    @cached_property
    def carriers(self) -> dict[str, list[Row]]:
        """The records by the keys of what they carry."""
        found: dict[str, list[Row]] = {}
        for record in self.records:
            for row in record["identifiers"]:
                found.setdefault(row["key"], []).append(record)
        return found


@strawberry.type(description="An identifier as one source record carries it.")
class LinkedIdentifier:
    """`row` is one of a record's identifiers; `record` is the key of that record, or None for all that carry it."""

    row: strawberry.Private[Row]
    linked: strawberry.Private[Linked]
    record: strawberry.Private[str | None]

    type: str = column("identifiers.type", description="Type, such as email, phone or loyalty_card.")
    display: str = column("identifiers.display", description="Masked value; it may be shown to anybody.")

    @reads("identifiers.key", "identifiers.sealed", description="Value in clear; null without the scope pii:read.")
    def value(self) -> str | None:
        return in_clear(self.row, self.linked.context) if self.linked.context.reveals else None

    shared: bool = column(
        "identifiers.shared", by=bool, description="Whether too many different people use it for it to link."
    )
    blocked: bool = column(
        "identifiers.blocked", by=bool, description="Whether it is a dummy value, which never links."
    )
    first_seen: Date = column("identifiers.first", description="First day it was seen.")
    last_seen: Date = column("identifiers.last", description="Latest day it was seen.")

    @reads(
        "key",
        "source",
        "identifiers.key",
        description="Other source records of this customer that carry it too: the evidence that holds them together.",
    )
    def carried_by(self) -> list[RecordReference]:
        return [
            RecordReference(record_id=_record_id(record), source=record["source"])
            for record in self.linked.carriers[self.row["key"]]
            if record["key"] != self.record
        ]


@strawberry.type(description="Why a source record belongs to this customer.")
class LinkEvidence:
    rule: str = strawberry.field(description="Rule of the strongest link, such as same phone.")
    since: DateTime = strawberry.field(description="Since when it is linked.")
    via_type: str | None = strawberry.field(description="Type of the identifier that links it, where there is one.")
    via_display: str | None = strawberry.field(description="Masked value of the identifier that links it.")
    explanation: str = strawberry.field(description="The same in a sentence.")


@strawberry.type(description="A source record: what one system claims about this person.")
class LinkedIdentity:
    """`row` is one of `linked`."""

    row: strawberry.Private[Row]
    linked: strawberry.Private[Linked]

    @reads("key", description="Opaque id of the source record.")
    def record_id(self) -> strawberry.ID:
        return _record_id(self.row)

    source: str = column("source", description="The system it comes from.")
    kind: RecordKind = column("kind", by=RecordKind, description="ANONYMOUS: nothing but a device or browser is known.")

    @reads(
        "key",
        "sealed",
        description="The system's own id of the record, where it has one; null without the scope pii:read.",
    )
    def source_record_id(self) -> str | None:
        return _subject_id(self.row, self.linked.context)

    first_seen: Date = column("first", description="First day it was seen.")
    last_seen: Date = column("last", description="Latest day it was seen.")

    @reads("key", "identifiers.key", "*", description="What it carries.")
    def identifiers(self) -> list[LinkedIdentifier]:
        key = self.row["key"]
        return [LinkedIdentifier(row=row, linked=self.linked, record=key) for row in self.row["identifiers"]]

    @reads(
        *("rule", "via", "since", "identifiers.key", "identifiers.type", "identifiers.display"),
        description="Why it belongs to this customer.",
    )
    def evidence(self) -> LinkEvidence:
        return _evidence(self.row)


# What `_each_once` takes of the records.
_ONCE = {f"identifiers.{name}" for name in ("key", "type", "first", "last")}


def _records(field: Selected) -> Wanted:
    return {RECORDS: taken(field, LinkedIdentity)}


def _identifiers(field: Selected) -> Wanted:
    return {RECORDS: _ONCE | taken(field, LinkedIdentifier)}


@strawberry.type
class LinkedIdentitiesFacet(ProfileFacet):
    @facet(parts=_records, description="The source records behind this person, at most 500, and why each belongs here.")
    def linked_identities(self) -> list[LinkedIdentity]:
        linked = Linked(self.profile.parts[RECORDS], self.context)
        return [LinkedIdentity(row=row, linked=linked) for row in linked.records]

    @facet(parts=_identifiers, description="Every identifier once, over all source records.")
    def identifiers(self) -> list[LinkedIdentifier]:
        linked = Linked(self.profile.parts[RECORDS], self.context)
        return [LinkedIdentifier(row=row, linked=linked, record=None) for row in _each_once(linked.records)]


def _each_once(records: list[Row]) -> list[Row]:
    """Every identifier once, by type, with the first and last day that any record saw it."""
    rows: dict[str, Row] = {}
    for record in records:
        for row in record["identifiers"]:
            known: Row = rows.get(row["key"]) or row
            span = {"first": min(known["first"], row["first"]), "last": max(known["last"], row["last"])}
            rows[row["key"]] = row | span
    return sorted(rows.values(), key=lambda row: (row["type"], row["first"], row["key"]))


def record_found_by(records: Iterable[Row], key: str | None) -> str:
    """The record (key) by which a customer was found, from all of the customer's: one that carries the identifier with
    this key, else the one that was seen last."""

    def turn(row: Row) -> tuple[bool, bool, str, str]:
        carries = any(one["key"] == key for one in row["identifiers"])
        return row["kind"] != RecordKind.SEVERAL, carries, row["last"], row["key"]

    return max(records, key=turn)["key"]


def in_clear(row: Row, context: Context) -> str:
    """The value of an identifier. The caller has seen to it that it may be shown."""
    return context.vault.open(row["key"], row["sealed"])


def _subject_id(record: Row, context: Context) -> str | None:
    if not context.reveals or record["sealed"] is None:
        return None
    return context.vault.open(record["key"], record["sealed"])["id"]


def _record_id(record: Row) -> strawberry.ID:
    return global_id("SourceRecord", record["key"])


def _evidence(record: Row) -> LinkEvidence:
    via = next((row for row in record["identifiers"] if row["key"] == record["via"]), None)
    rule: str = record["rule"] or "only record"
    if via is not None:
        words = f"Carries the same {via['type'].replace('_', ' ')} {via['display']} as another record of this customer."
    elif rule == "only record":
        words = "It was this customer's only source record when it was linked."
    else:
        words = f"Linked by the rule “{rule}”."
    return LinkEvidence(
        rule=rule,
        since=record["since"],
        via_type=via["type"] if via else None,
        via_display=via["display"] if via else None,
        explanation=words,
    )
