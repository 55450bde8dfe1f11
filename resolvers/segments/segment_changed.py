"""A subscription to a segment: who enters it and who leaves it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from typing import Annotated

import strawberry

from domain.errors import InvalidInput
from engagement.segments.moves import Move
from resolvers.access.caller import SEGMENT_READ
from resolvers.context import Info
from resolvers.customer.customer import Customer, parts
from resolvers.customer.profile_changed import numbered
from resolvers.kit.enums import described
from resolvers.kit.global_ids import key_of
from resolvers.kit.pages import PageRequest, Since, sealed
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import DateTime
from resolvers.kit.selection import selected

described(
    Move,
    "What is told of a segment.",
    called="SegmentChangeKind",
    FOLLOWING="Everybody has been looked at: from this cursor on nothing is missed.",
    ENTERED="The customer is a member now, and was none.",
    LEFT="The customer was a member, and is none now.",
)
_SEGMENT = (str, int)


@strawberry.type(description="Who entered or left a segment; first, that it is followed.")
class SegmentChanged:
    cursor: str = strawberry.field(description="Pass it as `after` to go on from here.")
    kind: Move = strawberry.field(description="What happened.")
    at: DateTime | None = strawberry.field(description="When it was noticed; null where nobody moved.")
    customer_number: str | None = strawberry.field(
        description="Who; it may have been retired by a merge. Null where nobody moved."
    )

    @strawberry.field(description="The customer as of now, whom the number stands for; null where nobody moved.")
    async def customer(self, info: Info) -> Customer | None:
        if self.customer_number is None:
            return None
        return await numbered(self.customer_number)(info.context.as_of_now(), parts(selected(info)))


@strawberry.type
class SegmentSubscriptions:
    @strawberry.subscription(
        description="Who enters and who leaves a segment, by what is written or by time, each move once and in order.",
        metadata=requires(SEGMENT_READ),
    )
    async def segment_changed(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the segment.")],
        after: Since = None,
    ) -> AsyncGenerator[SegmentChanged]:
        segment, edge = key_of("Segment", id), PageRequest.of(_SEGMENT, after=after).edge
        if edge is not None and edge[0] != segment:
            raise InvalidInput("The cursor is of another segment.")
        async for row in info.context.feeds.segment_changes(segment, edge[1] if edge else None):
            at = None if row["at"] is None else DateTime(datetime.fromtimestamp(row["at"] / 1000, UTC).isoformat())
            yield SegmentChanged(
                cursor=sealed((segment, row["place"])), kind=Move(row["kind"]), at=at, customer_number=row["number"]
            )
