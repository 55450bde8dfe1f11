"""Queries that give stored segments."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.access.caller import SEGMENT_READ
from resolvers.context import Info
from resolvers.kit.global_ids import key_of
from resolvers.kit.requirements import requires
from resolvers.kit.selection import selected
from resolvers.segments.segment import Segment, counted


@strawberry.type
class SegmentQueries:
    @strawberry.field(description="Every stored segment by name; at most 500.", metadata=requires(SEGMENT_READ))
    async def segments(self, info: Info) -> list[Segment]:
        context = info.context
        context.caller.require(SEGMENT_READ)
        rows = await context.segments.all()
        if any(field.name == "count" for field in selected(info).fields()):
            return await counted(rows, context)
        return [Segment.of(row) for row in rows]

    @strawberry.field(description="One stored segment, or null.", metadata=requires(SEGMENT_READ))
    async def segment(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the segment.")],
    ) -> Segment | None:
        info.context.caller.require(SEGMENT_READ)
        row = await info.context.segments.get(key_of("Segment", id))
        return Segment.of(row) if row else None
