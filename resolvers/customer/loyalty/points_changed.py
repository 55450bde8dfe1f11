"""Subscriptions to points: sent at once, and again when the balance that the caller may see changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from hashlib import sha256

import strawberry

from domain.errors import NotFound
from graph.customers import ProfilePart
from graph.identity_feed import Whom
from resolvers.access.caller import ME_READ, PROFILE_READ
from resolvers.context import Info
from resolvers.customer import find_customer
from resolvers.customer.loyalty.points import LoyaltyBalance, balance_parts
from resolvers.customer.profile_changed import Number, Seek, numbered
from resolvers.kit.pages import PageRequest, Since, sealed
from resolvers.kit.requirements import requires
from resolvers.kit.selection import selected

_POINTS = (int, str)


@strawberry.type(description="Points that are other ones than before.")
class PointsChanged:
    cursor: str = strawberry.field(description="Pass it as `after`: if the points are still these, nothing comes.")
    customer_number: str = strawberry.field(description="The customer's number as of now.")
    change: int | None = strawberry.field(
        description="Points more than at the event before, or at `after`; less where negative; null in a first event."
    )
    balance: LoyaltyBalance = strawberry.field(description="The points now; of the brands that you may see.")


@strawberry.type
class PointsSubscriptions:
    @strawberry.subscription(
        description="A customer's points, and again each time they change at a brand that you may see; of quick "
        "changes the last.",
        metadata=requires(PROFILE_READ, whole=False),
    )
    async def points_changed(self, info: Info, customer: Number, after: Since = None) -> AsyncGenerator[PointsChanged]:
        async for changed in _changes(info, ("number", customer), numbered(customer), after):
            yield changed


@strawberry.type
class MyPointsSubscriptions:
    @strawberry.subscription(
        description="The points of the guest who is signed in, and again each time they change at the guest's brand; "
        "of quick changes the last.",
        metadata=requires(ME_READ, whole=False),
    )
    async def my_points_changed(self, info: Info, after: Since = None) -> AsyncGenerator[PointsChanged]:
        own = find_customer.own_record(info.context)
        async for changed in _changes(info, ("record", own), find_customer.myself, after):
            yield changed


async def _changes(info: Info, whom: Whom, seek: Seek, after: str | None) -> AsyncGenerator[PointsChanged]:
    """What the caller may see of the points, each time it is something else. Raises NotFound, also for who may not."""
    told = PageRequest.of(_POINTS, after=after).edge
    wanted: set[ProfilePart] = {part for field in selected(info).below("balance") for part in balance_parts(field)}
    # The whole profile's state only says when to look: it may have changed at a brand that this caller does not see.
    async for _ in info.context.feeds.states(whom, None):
        context = info.context.as_of_now()
        found = await seek(context, wanted)
        if found is None:
            raise NotFound("There is no such customer.")
        balance = LoyaltyBalance.of(found.profile, context.now)
        by_brand = sorted((brand, tally["points"]) for brand, tally in balance.stats["brands"].items())
        shown = ([one for one in by_brand if one[1]], list(balance.in_lots.in_hand.items()), balance.held)
        now = (balance.points, sha256(repr(shown).encode()).hexdigest()[:16])
        if now != told:
            change = now[0] - told[0] if told else None
            told = now
            number = found.profile.base["number"]
            yield PointsChanged(cursor=sealed(now), customer_number=number, change=change, balance=balance)
