"""Queries that give customers: the guest who asks, one by a name, and a search."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from graph.customers import Profile
from resolvers.access.caller import ME_READ, PROFILE_FIND, PROFILE_READ
from resolvers.context import Info
from resolvers.customer import find_customer
from resolvers.customer.customer import Customer, parts
from resolvers.customer.customer_by import CustomerBy, finder, search_finder
from resolvers.customer.past_profile import believed
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import DateTime
from resolvers.kit.selection import selected

AsOf: TypeAlias = Annotated[
    DateTime | None,
    strawberry.argument(
        description="The person as believed at this moment: which records stood together, and which number they "
        "answered to. What those records say, orders, points and consents included, is of today: no history of it is "
        "kept. So are formerNumbers, keptApart, identityHistory and relations. Null where the number had no records."
    ),
]
_SEARCH = (int, str)


@strawberry.type
class CustomerQueries:
    @strawberry.field(
        description="The guest who is signed in, or null where nothing is known of the guest yet.",
        metadata=requires(ME_READ, whole=False),
    )
    async def me(self, info: Info) -> Customer | None:
        return await find_customer.myself(info.context, parts(selected(info)))

    @strawberry.field(
        description="The customer, or null; an identifier that several people share is an error.",
        metadata=requires(PROFILE_READ, whole=False),
    )
    async def customer(
        self,
        info: Info,
        by: Annotated[CustomerBy, strawberry.argument(description="Who it is.")],
        as_of: AsOf = None,
    ) -> Customer | None:
        context, wanted = info.context, parts(selected(info))
        if as_of is None:
            return await find_customer.one(context, finder(by, context), wanted)
        find = finder(by, context, then=True)
        believing = believed(find, wanted, as_of, context)
        profiles = await find_customer.looked_up(context, believing, by_value=find.by_value)
        return find_customer.only(profiles, context)

    @strawberry.field(
        description="Everybody whom this may mean, at most 20, the likeliest first: who has a name, then who came most "
        "often. For a till that has the phone of two people.",
        metadata=requires(PROFILE_FIND, cost=20),
    )
    async def customers_by(
        self, info: Info, by: Annotated[CustomerBy, strawberry.argument(description="Who it may be.")]
    ) -> list[Customer]:
        return await find_customer.ranked(info.context, finder(by, info.context, ranked=True), parts(selected(info)))

    @strawberry.field(
        description="Customers by number, e-mail, phone, card, account, device or whole name; the latest guest first. "
        "With the scope identity:read also by the family name alone, the last four digits of a phone or card, an "
        "account's id in its source, or the number of an order.",
        metadata=requires(PROFILE_FIND, cost=5),
    )
    async def customer_search(
        self,
        info: Info,
        text: Annotated[str, strawberry.argument(description="What to search for; 1 to 200 characters.")],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Customer]:
        page = PageRequest.of(_SEARCH, first=first, after=after, last=last, before=before)
        by = search_finder(text, page, info.context)
        return await find_customer.page_of_customers(info, by, page, _latest, descending=True)


def _latest(profile: Profile) -> tuple[int, str]:
    return profile.base["sort"], profile.base["number"]
