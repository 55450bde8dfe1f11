"""The review queue: findings that no rule can decide, for agents to claim, decide or put off."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from typing import Annotated

import strawberry

from domain.errors import InvalidInput, NotFound
from graph.store.database import Row
from resolvers.access.caller import IDENTITY_WRITE
from resolvers.context import Context, Info
from resolvers.identity.signed_payload import DecisionPayload, Signs, carried_out
from resolvers.kit.findable import Find, findable
from resolvers.kit.global_ids import Node, global_id, key_of
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import protected, requires
from resolvers.kit.scalars import DateTime
from resolvers.kit.selection import Selected
from resolvers.kit.user_errors import user_errors

_QUEUE = (str,)
ReviewId = Annotated[strawberry.ID, strawberry.argument(description="Id of the finding.")]


@strawberry.type(description="One of the two customers of a finding.")
class ReviewCustomer:
    number: str = strawberry.field(description="Customer number.")
    name: str | None = strawberry.field(description="Masked name.")
    records: int = strawberry.field(description="How many source records it has.")


@protected(IDENTITY_WRITE)
@strawberry.type(description="Two customers who may be one person: an agent has to decide.")
class ReviewItem(Node):
    id: strawberry.ID = strawberry.field(description="Global id of the finding.")
    customers: list[ReviewCustomer] = strawberry.field(description="The two.")
    rule: str = strawberry.field(
        description="AMBIGUOUS: one fits several people. REVIEW: alike, but not enough, or two whom an alias joins and "
        "who contradict each other."
    )
    identifier_type: str | None = strawberry.field(description="Type of what they share.")
    detail: str = strawberry.field(description="The finding in words.")
    since: DateTime = strawberry.field(description="Since when it stands as it is.")
    claimed_by: str | None = strawberry.field(description="Who is looking at it.")
    claimed_until: DateTime | None = strawberry.field(description="When that claim expires.")


@strawberry.type(description="What came of taking a finding.")
class ReviewPayload:
    id: strawberry.ID | None = strawberry.field(description="The finding; null where nothing was done.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type
class ReviewQueries:
    @strawberry.field(
        description="Findings that wait for an agent, in a lasting order; those put off are left out.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def review_queue(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ReviewItem]:
        context = info.context
        page = PageRequest.of(_QUEUE, first=first, after=after, last=last, before=before)
        edge = page.edge[0] if page.edge else None
        rows = await context.review.page(edge, page.fetch, context.now, back=page.back)
        return page.cut(rows, lambda row: (row["key"],), _item)


@strawberry.type
class ReviewMutations:
    @strawberry.mutation(
        description="Nobody else decides the finding for that long; claiming again extends it.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def review_claim(
        self,
        info: Info,
        id: ReviewId,
        minutes: Annotated[int, strawberry.argument(description="How long; 1 to 480.")] = 15,
    ) -> ReviewPayload:
        review, context = info.context.review, info.context
        lasting = _span(minutes=minutes)
        return await _taken(
            id, "minutes", review.claim(key_of("ReviewItem", id), context.caller.name, lasting, context.now)
        )

    @strawberry.mutation(description="The finding leaves the queue for that long.", metadata=requires(IDENTITY_WRITE))
    async def review_skip(
        self,
        info: Info,
        id: ReviewId,
        days: Annotated[int, strawberry.argument(description="How long; 1 to 365.")] = 7,
    ) -> ReviewPayload:
        review, context = info.context.review, info.context
        lasting = _span(days=days)
        return await _taken(
            id, "days", review.skip(key_of("ReviewItem", id), context.caller.name, lasting, context.now)
        )

    @strawberry.mutation(
        description="The two are the same person, or never; a decision like any other, to be undone.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def review_decide(
        self,
        info: Info,
        id: ReviewId,
        same: Annotated[bool, strawberry.argument(description="Whether they are one person.")],
        signature: Signs,
    ) -> DecisionPayload:
        review, context, key = info.context.review, info.context, key_of("ReviewItem", id)
        return await carried_out(
            info, signature, lambda _, by: review.decide(key, same=same, by=by, now=context.now), {"id": key}
        )


async def _taken(id: strawberry.ID, span: str, taking: Awaitable[None]) -> ReviewPayload:
    try:
        await taking
    except (InvalidInput, NotFound) as error:
        return ReviewPayload(id=None, user_errors=user_errors(error, {"id": key_of("ReviewItem", id)}, field=[span]))
    return ReviewPayload(id=id, user_errors=[])


def _span(**parts: int) -> timedelta:
    # A number of any size may be asked for: what is too long is refused by its bound, not by an overflow.
    return timedelta(**{name: max(-10_000, min(10_000, count)) for name, count in parts.items()})


def _item(row: Row) -> ReviewItem:
    return ReviewItem(
        id=global_id("ReviewItem", row["key"]),
        customers=[ReviewCustomer(**row[side]) for side in ("left", "right")],
        rule=row["rule"],
        identifier_type=row["type"],
        detail=row["detail"],
        since=row["at"],
        claimed_by=row["claimedBy"],
        claimed_until=row["claimedUntil"],
    )


@findable(ReviewItem)
def _items(context: Context, _: Selected) -> Find:
    queue = context.review

    async def find(key: str) -> ReviewItem | None:
        row = await queue.get(key, context.now)
        return _item(row) if row else None

    return find
