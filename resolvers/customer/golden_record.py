"""The golden record of a customer: what is believed field by field, and where each value comes from."""

from __future__ import annotations

from typing import Any

import strawberry

from graph.customers import Profile
from resolvers.access.caller import IDENTITY_READ, PROFILE_READ
from resolvers.context import Context
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import facet
from resolvers.kit.global_ids import global_id
from resolvers.kit.requirements import protected, requires
from resolvers.kit.scalars import DateTime, Json

Golden = dict[str, dict[str, Any]]


@strawberry.type(description="A claim of a golden field that did not survive.")
class RejectedClaim:
    value: Json | None = strawberry.field(description="What was claimed; null without the scope pii:read.")
    source: str = strawberry.field(description="The system that claims it.")
    record_id: strawberry.ID = strawberry.field(description="Opaque id of the source record that claims it.")
    at: DateTime = strawberry.field(description="When it was claimed.")


@protected(PROFILE_READ, whole=False, own=True)
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
    actor: str | None = strawberry.field(
        description="The agent who set the field; null where no agent did.", metadata=requires(IDENTITY_READ)
    )
    reason: str | None = strawberry.field(
        description="Why the agent did; null without the scope pii:read.", metadata=requires(IDENTITY_READ)
    )
    rejected: list[RejectedClaim] = strawberry.field(
        description="The best claim of each other value, best first; at most 5."
    )
    other_values: int = strawberry.field(description="How many other values are claimed.")


@strawberry.type
class GoldenRecordFacet(ProfileFacet):
    @facet(
        columns=("number", "sealed"),
        description="What is believed of the person, field by field, and where it comes from.",
    )
    def golden_record(self) -> list[GoldenField]:
        return golden_record(self.profile, self.context)


def opened(profile: Profile, context: Context) -> Golden:
    """Field → value, source, record and time; empty where nothing is known."""
    sealed = profile.base["sealed"]
    return {} if sealed is None else context.vault.open(profile.base["number"], sealed)


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
            # Written before rules were kept: the newest was the only one.
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
