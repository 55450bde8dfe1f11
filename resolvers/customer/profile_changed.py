"""Subscriptions to a profile: it is sent at once, and again when what is told of it changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from typing import Annotated, TypeAlias

import strawberry

from domain.errors import NotFound
from graph.customers import Finder, ProfilePart
from resolvers.access.caller import ME_READ, PROFILE_READ
from resolvers.context import Context, Info
from resolvers.customer import find_customer
from resolvers.customer.customer import Customer, parts
from resolvers.customer.profile_state import state
from resolvers.kit.pages import Since
from resolvers.kit.requirements import requires
from resolvers.kit.selection import selected

Seek: TypeAlias = Callable[[Context, Collection[ProfilePart]], Awaitable[Customer | None]]
"""Reads the customer whom a subscription is about, with these parts, for the request as of now."""
Number: TypeAlias = Annotated[str, strawberry.argument(description="The customer number; a retired one will do.")]


def numbered(number: str) -> Seek:
    """Seeks whom a number stands for."""

    async def seek(context: Context, wanted: Collection[ProfilePart]) -> Customer | None:
        return await find_customer.one(context, Finder.named("by_number", number=number), wanted)

    return seek


def _found(customer: Customer) -> Seek:
    async def seek(context: Context, wanted: Collection[ProfilePart]) -> Customer | None:
        return customer

    return seek


@strawberry.type(description="A profile that was written anew.")
class ProfileChanged:
    cursor: str = strawberry.field(description="Pass it as `after`: if nothing changed meanwhile, nothing comes.")
    seek: strawberry.Private[Seek]

    @strawberry.field(description="The customer as of now; null where the number stands for nobody.")
    async def customer(self, info: Info) -> Customer | None:
        return await self.seek(info.context.as_of_now(), parts(selected(info)))


@strawberry.type
class ProfileSubscriptions:
    @strawberry.subscription(
        description="A customer's profile, and again each time it is written anew; of quick changes the last.",
        metadata=requires(PROFILE_READ),
    )
    async def profile_changed(
        self, info: Info, customer: Number, after: Since = None
    ) -> AsyncGenerator[ProfileChanged]:
        async for written in info.context.feeds.states(("number", customer), after):
            yield ProfileChanged(cursor=written, seek=numbered(customer))


@strawberry.type
class MyProfileSubscriptions:
    @strawberry.subscription(
        description="The profile of the guest who is signed in, and again each time that what the guest's brand may "
        "know and this document asks for is something else; of quick changes the last.",
        metadata=requires(ME_READ, whole=False),
    )
    async def my_profile_changed(self, info: Info, after: Since = None) -> AsyncGenerator[ProfileChanged]:
        wanted = {part for field in selected(info).below("customer") for part in parts(field)}
        async for _ in info.context.feeds.states(("record", find_customer.own_record(info.context)), None):
            found = await find_customer.myself(info.context.as_of_now(), wanted)
            if found is None:
                raise NotFound("There is no such customer.")
            now = state(found, wanted)
            if now != after:
                after = now
                yield ProfileChanged(cursor=now, seek=_found(found))
