"""In which stored segments a customer is, told from the profile alone."""

from __future__ import annotations

import orjson
import strawberry

from engagement.segments.facts import FACTS, facts
from engagement.segments.rule_evaluator import member
from engagement.segments.rule_parser import parse
from graph.customers import ProfilePart
from graph.segment_feed import VISITS
from resolvers.access.caller import SEGMENT_READ
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import facet
from resolvers.kit.global_ids import global_id

_SEGMENTS = ProfilePart.of("segments")


@strawberry.type(description="A segment, named.")
class SegmentReference:
    id: strawberry.ID = strawberry.field(description="Global id of the segment.")
    name: str = strawberry.field(description="Name for people.")


@strawberry.type
class MembershipsFacet(ProfileFacet):
    @facet(
        parts=(_SEGMENTS, VISITS),
        columns=FACTS,
        scope=SEGMENT_READ,
        description="Stored segments that this person is in now.",
    )
    def segments(self) -> list[SegmentReference]:
        known, currency, now = facts(self.profile), self.context.settings.currency, self.context.now
        return [
            SegmentReference(id=global_id("Segment", row["id"]), name=row["name"])
            for row in self.profile.parts[_SEGMENTS]
            if member(parse(orjson.loads(row["rule"]), currency=currency), known, now=now, currency=currency)
        ]
