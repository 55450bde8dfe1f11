"""Grants of points that agents proposed and that wait for somebody else's answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from domain.errors import InvalidInput
from graph.grant_proposals import GrantProposals
from graph.store.database import Row
from loyalty.commands.redemption import MAX_PROPOSAL_AGE
from resolvers.access.caller import LOYALTY_GRANT
from resolvers.context import Info
from resolvers.kit.global_ids import global_id
from resolvers.kit.pages import After, Connection, First, PageRequest
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import Date, DateTime
from resolvers.places import Brand

_PROPOSALS = (str, str)


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
        description="Proposed grants that nobody has answered yet, the oldest first. One that is older than "
        f"{MAX_PROPOSAL_AGE.days} days cannot be approved, and is left out.",
        metadata=requires(LOYALTY_GRANT, cost=50),
    )
    async def grant_proposals(self, info: Info, first: First = None, after: After = None) -> Connection[GrantProposal]:
        page = PageRequest.of(_PROPOSALS, first=first, after=after)
        oldest, behind = info.context.now - MAX_PROPOSAL_AGE, ""
        if page.edge is not None and (at := _moment(page.edge[0])) >= oldest:
            oldest, behind = at, page.edge[1]
        rows = await GrantProposals(info.context.database).pending(oldest, behind, page.fetch)
        return page.cut(rows, lambda row: (row["at"], row["key"]), GrantProposal.of)


def _moment(text: Any) -> datetime:
    """Raises InvalidInput where a cursor was made up."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError):
        raise InvalidInput(
            "This is no cursor of this list.", hint="Pass a `cursor` as this connection gave it."
        ) from None
