"""The golden record as the schema shows it: names, consents, provenance, and who was kept apart."""

from __future__ import annotations

from typing import Any

import orjson
import strawberry

from graph.customers import Profile
from matching.normalise import DOTS
from resolvers.context import Context
from resolvers.kit.global_ids import global_id
from resolvers.kit.scalars import DateTime, Json

Golden = dict[str, dict[str, Any]]


@strawberry.type(description="A claim of a golden field that did not survive.")
class RejectedClaim:
    value: Json | None = strawberry.field(description="What was claimed; null without the scope pii:read.")
    source: str = strawberry.field(description="The system that claims it.")
    record_id: strawberry.ID = strawberry.field(description="Opaque id of the source record that claims it.")
    at: DateTime = strawberry.field(description="When it was claimed.")


@strawberry.type(description="A field of the golden record, where it comes from and what it was preferred to.")
class GoldenField:
    field: str = strawberry.field(description="Trait, such as given_name, address or birth_date.")
    value: Json | None = strawberry.field(description="What is believed; null without the scope pii:read.")
    source: str = strawberry.field(description="The system whose claim survived.")
    record_id: strawberry.ID = strawberry.field(description="Opaque id of the source record whose claim survived.")
    at: DateTime = strawberry.field(description="When it was claimed.")
    rule: str = strawberry.field(
        description="Rule of survivorship that decided: newest, trusted, frequent, longest, validated, agent …"
    )
    actor: str | None = strawberry.field(description="The agent who set the field; null where no agent did.")
    reason: str | None = strawberry.field(description="Why the agent did; null without the scope pii:read.")
    rejected: list[RejectedClaim] = strawberry.field(
        description="The best claim of each other value, best first; at most 5."
    )
    other_values: int = strawberry.field(description="How many other values are claimed.")


@strawberry.type(description="An answer to a request for consent: the strictest of all source records.")
class Consent:
    purpose: str = strawberry.field(description="What for, in the group's own word.")
    granted: bool = strawberry.field(description="Whether it may be done.")
    at: DateTime = strawberry.field(description="When the answer that holds was given.")


@strawberry.type(description="A customer who shares evidence with this one and is yet somebody else.")
class KeptApart:
    customer_number: str = strawberry.field(description="The other customer.")
    rule: str = strawberry.field(description="Stable code of what keeps them apart, such as GIVEN_NAMES_DIFFER.")
    identifier_type: str | None = strawberry.field(description="Type of the identifier that both use.")
    detail: str | None = strawberry.field(description="The reason in words.")
    at: DateTime = strawberry.field(description="When it was decided.")


def opened(profile: Profile, context: Context) -> Golden:
    """Field → value, source, record and time; empty where nothing is known."""
    sealed = profile.base["sealed"]
    return {} if sealed is None else context.vault.open(profile.base["number"], sealed)


def name_of(profile: Profile, context: Context) -> str | None:
    """The whole name in clear, or masked without the scope; None where no name is known."""
    if not context.reveals:
        return profile.base["nameDisplay"] or None
    return whole_name(opened(profile, context))


def whole_name(golden: Golden) -> str | None:
    """The whole name in clear; None where no name is known."""
    words = (text_of(golden, name) for name in ("given_name", "family_name", "suffix"))
    return " ".join(word for word in words if word) or None


def part_of_name(profile: Profile, context: Context, field: str) -> str | None:
    """One part of the name, its first letter only without the scope."""
    value = text_of(opened(profile, context), field)
    return value if value is None or context.reveals else value[0] + DOTS


def text_of(golden: Golden, field: str) -> str | None:
    return str(golden[field]["value"]) if field in golden else None


def golden_record(profile: Profile, context: Context) -> list[GoldenField]:
    """Every field by name."""
    return [
        GoldenField(
            field=name,
            value=claim["value"] if context.reveals else None,
            source=claim["source"],
            record_id=global_id("SourceRecord", claim["record"]),
            at=claim["at"],
            # Written before rules were told: the newest was the only one.
            rule=claim.get("rule", "newest"),
            actor=claim.get("actor"),
            reason=claim.get("reason") if context.reveals else None,
            rejected=[_rejected(other, context) for other in claim.get("rejected", ())],
            other_values=claim.get("others", 0),
        )
        for name, claim in sorted(opened(profile, context).items())
    ]


def _rejected(claim: dict[str, Any], context: Context) -> RejectedClaim:
    return RejectedClaim(
        value=claim["value"] if context.reveals else None,
        source=claim["source"],
        record_id=global_id("SourceRecord", claim["record"]),
        at=claim["at"],
    )


def consents(profile: Profile) -> list[Consent]:
    """Every purpose that was ever answered."""
    stored: dict[str, list[Any]] = orjson.loads(profile.base["consents"] or "{}")
    return [
        Consent(purpose=purpose, granted=granted, at=DateTime(clock.partition("|")[0]))
        for purpose, (granted, clock) in sorted(stored.items())
    ]


def kept_apart(rows: list[dict[str, Any]]) -> list[KeptApart]:
    """From the rows of `profile/kept_apart`."""
    return [
        KeptApart(
            customer_number=row["number"],
            rule=row["rule"],
            identifier_type=row["type"],
            detail=row["detail"],
            at=row["at"],
        )
        for row in rows
    ]
