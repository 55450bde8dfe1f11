"""The source records behind a customer, what each carries, and why they are one person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

import strawberry

from graph.customers import Part
from resolvers.context import Context
from resolvers.enums import described
from resolvers.ids import global_id
from resolvers.scalars import Date, DateTime

RECORDS = Part.of("records")


class RecordKind(StrEnum):
    KNOWN = "known"
    ANONYMOUS = "anonymous"


described(
    RecordKind,
    "What a source record knows.",
    KNOWN="A name, or an identifier of a person.",
    ANONYMOUS="A device or browser only.",
)


@strawberry.type(description="A source record, named by another one of the same customer.")
class RecordReference:
    record_id: strawberry.ID = strawberry.field(description="Opaque id of the source record.")
    source: str = strawberry.field(description="The system it comes from.")


@strawberry.type(description="An identifier as one source record carries it.")
class LinkedIdentifier:
    type: str = strawberry.field(description="Type, such as email, phone or loyalty_card.")
    display: str = strawberry.field(description="Masked value; it may be shown to anybody.")
    value: str | None = strawberry.field(description="Value in clear; null without the scope pii:read.")
    shared: bool = strawberry.field(description="Whether too many different people use it for it to link.")
    blocked: bool = strawberry.field(description="Whether it is a dummy value, which never links.")
    first_seen: Date = strawberry.field(description="First day it was seen.")
    last_seen: Date = strawberry.field(description="Latest day it was seen.")
    carried_by: list[RecordReference] = strawberry.field(
        description="Other source records of this customer that carry it too: the evidence that holds them together."
    )


@strawberry.type(description="Why a source record belongs to this customer.")
class LinkEvidence:
    rule: str = strawberry.field(description="Rule of the strongest link, such as same phone.")
    since: DateTime = strawberry.field(description="Since when it is linked.")
    via_type: str | None = strawberry.field(description="Type of the identifier that links it, where there is one.")
    via_display: str | None = strawberry.field(description="Masked value of the identifier that links it.")
    explanation: str = strawberry.field(description="The same in a sentence.")


@strawberry.type(description="A source record: what one system claims about this person.")
class LinkedIdentity:
    record_id: strawberry.ID = strawberry.field(description="Opaque id of the source record.")
    source: str = strawberry.field(description="The system it comes from.")
    kind: RecordKind = strawberry.field(description="ANONYMOUS: nothing but a device or browser is known.")
    source_record_id: str | None = strawberry.field(
        description="The system's own id of the record, where it has one; null without the scope pii:read."
    )
    first_seen: Date = strawberry.field(description="First day it was seen.")
    last_seen: Date = strawberry.field(description="Latest day it was seen.")
    identifiers: list[LinkedIdentifier] = strawberry.field(description="What it carries.")
    evidence: LinkEvidence = strawberry.field(description="Why it belongs to this customer.")


def linked_identities(records: list[dict[str, Any]], context: Context) -> list[LinkedIdentity]:
    """From the rows of `profile/records`."""
    carriers: dict[str, list[RecordReference]] = defaultdict(list)
    for record in records:
        reference = RecordReference(record_id=_record_id(record), source=record["source"])
        for row in record["identifiers"]:
            carriers[row["key"]].append(reference)
    return [
        LinkedIdentity(
            record_id=_record_id(record),
            source=record["source"],
            kind=RecordKind(record["kind"]),
            source_record_id=_subject_id(record, context),
            first_seen=record["first"],
            last_seen=record["last"],
            identifiers=[
                _identifier(row, [c for c in carriers[row["key"]] if c.record_id != _record_id(record)], context)
                for row in record["identifiers"]
            ],
            evidence=_evidence(record),
        )
        for record in records
    ]


def identifiers(records: Iterable[dict[str, Any]], context: Context) -> list[LinkedIdentifier]:
    """Every identifier once, over all records."""
    rows: dict[str, dict[str, Any]] = {}
    carriers: dict[str, list[RecordReference]] = defaultdict(list)
    for record in records:
        for row in record["identifiers"]:
            known: dict[str, Any] = rows.get(row["key"]) or row
            span = {"first": min(known["first"], row["first"]), "last": max(known["last"], row["last"])}
            rows[row["key"]] = row | span
            carriers[row["key"]].append(RecordReference(record_id=_record_id(record), source=record["source"]))
    ordered = sorted(rows.values(), key=lambda row: (row["type"], row["first"], row["key"]))
    return [_identifier(row, carriers[row["key"]], context) for row in ordered]


def values(records: Iterable[dict[str, Any]], type_name: str, context: Context) -> list[str]:
    """The values of one type in clear, or masked without the scope; dummies are left out, the latest comes first."""
    rows = {
        row["key"]: row
        for record in records
        for row in sorted(record["identifiers"], key=lambda row: row["last"])
        if row["type"] == type_name and not row["blocked"]
    }
    ordered = sorted(rows.values(), key=lambda row: (row["last"], row["key"]), reverse=True)
    return [_clear(row, context) if context.reveals else row["display"] for row in ordered]


def _identifier(row: dict[str, Any], carried_by: list[RecordReference], context: Context) -> LinkedIdentifier:
    return LinkedIdentifier(
        type=row["type"],
        display=row["display"],
        value=_clear(row, context) if context.reveals else None,
        shared=bool(row["shared"]),
        blocked=bool(row["blocked"]),
        first_seen=row["first"],
        last_seen=row["last"],
        carried_by=carried_by,
    )


def _clear(row: dict[str, Any], context: Context) -> str:
    return context.vault.open(row["key"], row["sealed"])


def _subject_id(record: dict[str, Any], context: Context) -> str | None:
    if not context.reveals or record["sealed"] is None:
        return None
    return context.vault.open(record["key"], record["sealed"])["id"]


def _record_id(record: dict[str, Any]) -> strawberry.ID:
    return global_id("SourceRecord", record["key"])


def _evidence(record: dict[str, Any]) -> LinkEvidence:
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
