"""Mutations by which agents give points: up to limits alone, and beyond them with a second pair of eyes."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import strawberry

from domain.errors import Conflict, InvalidInput, NotFound
from loyalty.commands.command import Allowance, CommandKind
from loyalty.commands.day_limits import DayLimitKind
from loyalty.ledger.lots import end_of_month
from resolvers.access.caller import LOYALTY_GRANT, LOYALTY_GRANT_ANY
from resolvers.context import Context, Info
from resolvers.customer.customer_by import CustomerBy
from resolvers.kit.enums import described
from resolvers.kit.global_ids import global_id, key_of
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import Date
from resolvers.loyalty.redemption_payload import RedemptionPayload, RequestId, Who
from resolvers.loyalty.redemption_requests import COST, allowance_of, carried_out, command_of, of_a_guest, refused

MAX_GRANT = 1_000
"""Points that an agent gives or takes at once."""
MAX_GRANTED_IN_A_DAY = 5_000
"""Points that an agent gives or takes in a day (UTC)."""
MAX_PROPOSED = 100_000
"""Points that an agent proposes to give or to take at once."""


class GrantReason(StrEnum):
    """Why an agent gives points, or takes them."""

    COMPLAINT = "complaint"
    GOODWILL = "goodwill"
    MISSING_ORDER = "missing_order"
    CORRECTION = "correction"
    CAMPAIGN = "campaign"


described(
    GrantReason,
    "Why an agent gives points, or takes them.",
    COMPLAINT="A guest complained.",
    GOODWILL="A gesture.",
    MISSING_ORDER="An order did not earn what it should have.",
    CORRECTION="An earlier grant was wrong.",
    CAMPAIGN="An action that is no rule of the programme.",
)


Brand = Annotated[str, strawberry.argument(description="The brand that gives them.")]
Why = Annotated[GrantReason, strawberry.argument(description="Why.")]
Given = Annotated[int, strawberry.argument(description="How many points; a negative number takes them back.")]
LastDay = Annotated[
    Date | None,
    strawberry.argument(
        description="They can be used until the end of this day's month; none: no end. Not if you take points."
    ),
]
Proposed = Annotated[strawberry.ID, strawberry.argument(description="Id of the proposal.")]


@strawberry.type(description="What came of a proposal, or of an answer to one.")
class GrantProposalPayload:
    proposal_id: strawberry.ID | None = strawberry.field(
        description="Name it to approve or to decline; null in an error."
    )
    customer_number: str | None = strawberry.field(description="The guest's present number; null in an error.")
    points_left: int | None = strawberry.field(description="Points that the guest has in hand; null in an error.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")

    @classmethod
    def of(cls, done: RedemptionPayload) -> GrantProposalPayload:
        key = key_of("Redemption", done.redemption.id) if done.redemption else None
        return cls(
            proposal_id=global_id("GrantProposal", key) if key else None,
            customer_number=done.customer_number,
            points_left=done.points_left,
            user_errors=done.user_errors,
        )


@strawberry.type
class GrantMutations:
    @strawberry.mutation(
        description="An agent gives points of a brand, or takes them where negative: 1,000 at once and 5,000 in a day "
        "(UTC), or any number with the scope loyalty:grant_any.",
        metadata=requires(LOYALTY_GRANT, cost=COST),
    )
    async def points_grant(
        self,
        info: Info,
        customer: Who,
        points: Given,
        brand: Brand,
        reason: Why,
        request_id: RequestId,
        last_day: LastDay = None,
    ) -> RedemptionPayload:
        context, allowance = info.context, None
        if not context.caller.allows(LOYALTY_GRANT_ANY):
            allowance = allowance_of(context, DayLimitKind.GRANTS, MAX_GRANTED_IN_A_DAY)
            if abs(points) > MAX_GRANT:
                error = InvalidInput(f"You may give or take {MAX_GRANT:,} points at once.", hint="Propose them.")
                return refused(error, "points")
        asked = points, brand, reason, request_id, last_day
        payload = await _granted(info, CommandKind.GRANT, customer, *asked, allowance=allowance)
        payload.redemption = None
        return payload

    @strawberry.mutation(
        description="An agent asks another one to give points, or to take them: up to 100,000. Nothing changes until "
        "somebody else approves.",
        metadata=requires(LOYALTY_GRANT, cost=COST),
    )
    async def points_grant_propose(
        self,
        info: Info,
        customer: Who,
        points: Given,
        brand: Brand,
        reason: Why,
        request_id: RequestId,
        last_day: LastDay = None,
    ) -> GrantProposalPayload:
        if abs(points) > MAX_PROPOSED:
            error = InvalidInput(f"You may propose {MAX_PROPOSED:,} points at once.", hint="Ask an administrator.")
            return GrantProposalPayload.of(refused(error, "points"))
        asked = points, brand, reason, request_id, last_day
        return GrantProposalPayload.of(await _granted(info, CommandKind.PROPOSE, customer, *asked))

    @strawberry.mutation(description="Gives what another agent proposed.", metadata=requires(LOYALTY_GRANT, cost=COST))
    async def points_grant_approve(self, info: Info, proposal: Proposed, request_id: RequestId) -> GrantProposalPayload:
        return await _answered(info, CommandKind.APPROVE, proposal, request_id)

    @strawberry.mutation(
        description="Does not give what another agent proposed.", metadata=requires(LOYALTY_GRANT, cost=COST)
    )
    async def points_grant_decline(self, info: Info, proposal: Proposed, request_id: RequestId) -> GrantProposalPayload:
        return await _answered(info, CommandKind.DECLINE, proposal, request_id)


async def _granted(
    info: Info,
    kind: CommandKind,
    customer: CustomerBy,
    points: int,
    brand: str,
    reason: GrantReason,
    request_id: str,
    last_day: object,
    *,
    allowance: Allowance | None = None,
) -> RedemptionPayload:
    try:
        expires = _end_of_month(last_day, info.context)
    except InvalidInput as error:
        return refused(error, "lastDay")
    more = {"points": points, "expires": expires, "reason": reason.value, "allowance": allowance}
    return await of_a_guest(info, kind, customer, request_id, brand, **more)


async def _answered(info: Info, kind: CommandKind, proposal: str, request_id: str) -> GrantProposalPayload:
    try:
        command = command_of(info, kind, request_id, of=key_of("GrantProposal", proposal))
        return GrantProposalPayload.of(await carried_out(info.context, command))
    except (InvalidInput, Conflict, NotFound) as error:
        return GrantProposalPayload.of(refused(error))


def _end_of_month(day: object, context: Context) -> str:
    """The last day of points that can be used on this day; lots are by month. Raises InvalidInput."""
    if day is None:
        return ""
    try:
        found = date.fromisoformat(day if isinstance(day, str) else "")
    except ValueError:
        raise InvalidInput("This is no day, such as 2027-01-31.") from None
    if found < context.now.date():
        raise InvalidInput("This day is over.")
    return end_of_month(found.year, found.month)
