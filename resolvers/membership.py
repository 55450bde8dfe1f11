"""In which stored segments a customer is, told from the profile alone."""

from __future__ import annotations

from datetime import datetime

import orjson
import strawberry

from engagement.clock import millis
from engagement.evaluator import Facts, Visit, member
from engagement.reading import parse
from graph.customers import Part, Profile
from resolvers.context import Context
from resolvers.ids import global_id
from resolvers.stats import read_stats

SEGMENTS = Part.of("segments")
VISITS = Part.of("visits")


@strawberry.type(description="A segment, named.")
class SegmentReference:
    id: strawberry.ID = strawberry.field(description="Global id of the segment.")
    name: str = strawberry.field(description="Name for people.")


def memberships(profile: Profile, context: Context) -> list[SegmentReference]:
    """The segments whose rules hold for the customer, by name."""
    facts, currency = _facts(profile), context.settings.currency
    return [
        SegmentReference(id=global_id("Segment", row["id"]), name=row["name"])
        for row in profile.parts[SEGMENTS]
        if member(parse(orjson.loads(row["rule"]), currency=currency), facts, now=context.now, currency=currency)
    ]


def _facts(profile: Profile) -> Facts:
    base = profile.base
    last = read_stats(base["stats"])["last"]
    return Facts(
        known=bool(base["known"]),
        tier=base["tier"],
        spend_minor=base["spendMinor"] or 0,
        visit_count=base["visits"] or 0,
        last_visit=millis(datetime.fromisoformat(last)) if last else None,
        brands=frozenset(base["brands"] or ()),
        preferred_channel=base["preferredChannel"],
        visits=tuple(Visit(*row) for row in profile.parts[VISITS]),
    )
