"""Subscriptions: what happens, as it happens, and from a cursor what happened meanwhile."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, TypeAlias

import strawberry

from domain.errors import InvalidInput, NotFound, Unavailable
from engagement.segments.moves import Move
from graph.customers import Finder, ProfilePart
from graph.identity_feed import Whom
from resolvers.context import Context, Info
from resolvers.customer import customer, find_customer, points, profile_state
from resolvers.customer.customer import Customer
from resolvers.customer.points import LoyaltyBalance
from resolvers.feeds import Feeds
from resolvers.identity.identity_changes import PLACE, IdentityChange, change
from resolvers.kit.enums import described
from resolvers.kit.global_ids import key_of
from resolvers.kit.pages import PageRequest, sealed
from resolvers.kit.scalars import DateTime
from resolvers.kit.selection import selected

Since: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Cursor of the last event that was seen; else from now on.")
]
_Seek: TypeAlias = Callable[[Context, Collection[ProfilePart]], Awaitable[Customer | None]]


def _numbered(number: str) -> _Seek:
    async def seek(context: Context, wanted: Collection[ProfilePart]) -> Customer | None:
        return await find_customer.one(context, Finder.named("by_number", number=number), wanted)

    return seek


def _found(one: Customer) -> _Seek:
    async def seek(context: Context, wanted: Collection[ProfilePart]) -> Customer | None:
        return one

    return seek


def _now(info: Info) -> Context:
    return replace(info.context, now=datetime.now(UTC))


@strawberry.type(description="An identity change, as it comes.")
class IdentityChanged:
    cursor: str = strawberry.field(description="Pass it as `after`, here or to identityChanges, to go on from here.")
    change: IdentityChange = strawberry.field(description="The change.")


@strawberry.type(description="A profile that was written anew.")
class ProfileChanged:
    cursor: str = strawberry.field(description="Pass it as `after`: if nothing changed meanwhile, nothing comes.")
    seek: strawberry.Private[_Seek]

    @strawberry.field(description="The customer as of now; null where the number stands for nobody.")
    async def customer(self, info: Info) -> Customer | None:
        return await self.seek(_now(info), customer.parts(selected(info)))


async def _my_profile(info: Info, after: str | None) -> AsyncGenerator[ProfileChanged]:
    """What guests may see of their own profiles, each time it is something else. Raises NotFound, NotAllowed."""
    wanted = {part for field in selected(info).below("customer") for part in customer.parts(field)}
    async for _ in _live(info).states(("record", find_customer.own_record(info.context)), None):
        found = await find_customer.myself(_now(info), wanted)
        if found is None:
            raise NotFound("There is no such customer.")
        state = profile_state.state(found, wanted)
        if state != after:
            after = state
            yield ProfileChanged(cursor=state, seek=_found(found))


_POINTS = (int, str)


@strawberry.type(description="Points that are other ones than before.")
class PointsChanged:
    cursor: str = strawberry.field(description="Pass it as `after`: if the points are still these, nothing comes.")
    customer_number: str = strawberry.field(description="The customer's number as of now.")
    change: int | None = strawberry.field(
        description="Points more than at the event before, or at `after`; less where negative; null in a first event."
    )
    balance: LoyaltyBalance = strawberry.field(description="The points now; of the brands that you may see.")


async def _points(info: Info, whom: Whom, seek: _Seek, after: str | None) -> AsyncGenerator[PointsChanged]:
    """What the caller may see of the points, each time it is something else. Raises NotFound, also for who may not."""
    told = PageRequest.of(_POINTS, after=after).edge
    wanted: set[ProfilePart] = {
        part for field in selected(info).below("balance") for part in points.balance_parts(field)
    }
    # The whole profile's state only says when to look: it may have changed at a brand that this caller does not see.
    async for _ in _live(info).states(whom, None):
        found = await seek(_now(info), wanted)
        if found is None:
            raise NotFound("There is no such customer.")
        balance = LoyaltyBalance.of(found.profile)
        by_brand = sorted((brand, tally["points"]) for brand, tally in balance.stats["brands"].items())
        now = (balance.points, sha256(repr([one for one in by_brand if one[1]]).encode()).hexdigest()[:16])
        if now != told:
            change = now[0] - told[0] if told else None
            told = now
            number = found.profile.base["number"]
            yield PointsChanged(cursor=sealed(now), customer_number=number, change=change, balance=balance)


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
        return await _numbered(self.customer_number)(_now(info), customer.parts(selected(info)))


async def _segment(info: Info, id_: str, after: str | None) -> AsyncGenerator[SegmentChanged]:
    segment, edge = key_of("Segment", id_), PageRequest.of(_SEGMENT, after=after).edge
    if edge is not None and edge[0] != segment:
        raise InvalidInput("The cursor is of another segment.")
    async for row in _live(info).segment_changes(segment, edge[1] if edge else None):
        at = None if row["at"] is None else DateTime(datetime.fromtimestamp(row["at"] / 1000, UTC).isoformat())
        yield SegmentChanged(
            cursor=sealed((segment, row["place"])), kind=Move(row["kind"]), at=at, customer_number=row["number"]
        )


def _live(info: Info) -> Feeds:
    context = info.context
    if context.live is None:
        raise Unavailable("Nothing is told as it happens here.", hint="Ask by a query.")
    return context.live


@strawberry.type(description="What may be followed, by WebSocket or event stream.")
class Subscription:
    @strawberry.subscription(description="Every change of identity, each once, in the order of identityChanges.")
    async def identity_changed(self, info: Info, after: Since = None) -> AsyncGenerator[IdentityChanged]:
        live = _live(info)
        page = PageRequest.of(PLACE, after=after)
        async for row in live.changes(page.edge[0] if page.edge else None):
            yield IdentityChanged(cursor=sealed((row["place"],)), change=change(row))

    @strawberry.subscription(
        description="A customer's profile, and again each time it is written anew; of quick changes the last."
    )
    async def profile_changed(
        self,
        info: Info,
        customer: Annotated[str, strawberry.argument(description="The customer number; a retired one will do.")],
        after: Since = None,
    ) -> AsyncGenerator[ProfileChanged]:
        async for state in _live(info).states(("number", customer), after):
            yield ProfileChanged(cursor=state, seek=_numbered(customer))

    @strawberry.subscription(
        description="A customer's points, and again each time they change at a brand that you may see; of quick "
        "changes the last."
    )
    async def points_changed(
        self,
        info: Info,
        customer: Annotated[str, strawberry.argument(description="The customer number; a retired one will do.")],
        after: Since = None,
    ) -> AsyncGenerator[PointsChanged]:
        async for changed in _points(info, ("number", customer), _numbered(customer), after):
            yield changed

    @strawberry.subscription(
        description="The profile of the guest who is signed in, and again each time that what the guest's brand may "
        "know and this document asks for is something else; of quick changes the last."
    )
    async def my_profile_changed(self, info: Info, after: Since = None) -> AsyncGenerator[ProfileChanged]:
        async for profile in _my_profile(info, after):
            yield profile

    @strawberry.subscription(
        description="The points of the guest who is signed in, and again each time they change at the guest's brand; "
        "of quick changes the last."
    )
    async def my_points_changed(self, info: Info, after: Since = None) -> AsyncGenerator[PointsChanged]:
        own = find_customer.own_record(info.context)
        async for changed in _points(info, ("record", own), find_customer.myself, after):
            yield changed

    @strawberry.subscription(
        description="Who enters and who leaves a segment, by what is written or by time, each move once and in order."
    )
    async def segment_changed(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the segment.")],
        after: Since = None,
    ) -> AsyncGenerator[SegmentChanged]:
        async for moved in _segment(info, id, after):
            yield moved
