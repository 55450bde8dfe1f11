"""In which stored segments a customer is, told from the profile alone."""

from __future__ import annotations

import orjson
import strawberry

from engagement.segments.facts import facts
from engagement.segments.rule_evaluator import member
from engagement.segments.rule_parser import parse
from graph.customers import Profile, ProfilePart
from resolvers.context import Context
from resolvers.kit.global_ids import global_id

SEGMENTS = ProfilePart.of("segments")


@strawberry.type(description="A segment, named.")
class SegmentReference:
    id: strawberry.ID = strawberry.field(description="Global id of the segment.")
    name: str = strawberry.field(description="Name for people.")


def memberships(profile: Profile, context: Context) -> list[SegmentReference]:
    """The segments whose rules hold for the customer, by name."""
    told, currency = facts(profile), context.settings.currency
    return [
        SegmentReference(id=global_id("Segment", row["id"]), name=row["name"])
        for row in profile.parts[SEGMENTS]
        if member(parse(orjson.loads(row["rule"]), currency=currency), told, now=context.now, currency=currency)
    ]
