"""Grants of points that agents proposed and that wait for somebody else's answer."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.errors import InvalidInput
from graph.grant_proposals import GrantProposals
from graph.store.database import Row
from resolvers.access.caller import LOYALTY_GRANT
from resolvers.context import Info
from resolvers.kit.global_ids import global_id
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import Date, DateTime
from resolvers.places import Brand

MAX_PROPOSALS = 100
"""Open proposals that a request gets."""


@strawberry.type(description="Points that an agent proposes to give, or to take where negative.")
class GrantProposal:
    id: strawberry.ID = strawberry.field(description="Name it to approve or to decline.")
    customer_number: str = strawberry.field(description="The guest's present number.")
    points: int = strawberry.field(description="How many.")
    brand: Brand = strawberry.field(description="The brand that gives them.")
    last_day: Date | None = strawberry.field(description="The last day on which they can be used; null: no end.")
    reason: str = strawberry.field(description="Why, such as goodwill.")
    proposed_by: str = strawberry.field(description="Who proposed it. Somebody else has to answer.")
    at: DateTime = strawberry.field(description="When it was proposed.")

    @classmethod
    def of(cls, row: Row) -> GrantProposal:
        return cls(
            id=global_id("GrantProposal", row["key"]),
            customer_number=row["number"],
            points=row["points"],
            brand=Brand(row=[row["brand"], None]),
            last_day=Date(row["expires"]) if row["expires"] else None,
            reason=row["reason"],
            proposed_by=row["actor"],
            at=DateTime(row["at"]),
        )


@strawberry.type
class GrantQueries:
    @strawberry.field(
        description="Proposed grants that nobody has answered yet, the oldest first.",
        metadata=requires(LOYALTY_GRANT, cost=50),
    )
    async def grant_proposals(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many at most; up to 100.")] = 50,
    ) -> list[GrantProposal]:
        if not 1 <= first <= MAX_PROPOSALS:
            raise InvalidInput(f"`first` is 1 to {MAX_PROPOSALS}.")
        rows = await GrantProposals(info.context.database).pending(first)
        return [GrantProposal.of(row) for row in rows]
