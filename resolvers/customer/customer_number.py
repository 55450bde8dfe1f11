"""The number of a customer, and the few properties that stand beside it."""

from __future__ import annotations

import strawberry

from graph.customers import ProfilePart
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import facet
from resolvers.kit.row_fields import column
from resolvers.kit.scalars import Date

FORMER = ProfilePart.of("former")


@strawberry.type
class NumberFacet(ProfileFacet):
    number: str = column("number", description="Customer number, such as CUST-7K3M-9QXA-2F8D; it answers for ever.")
    known: bool = column("known", by=bool, description="False while only a device or browser is known.")
    tier: str | None = column("tier", description="Name of the tier; see `loyaltyTier`.")
    joined_at: Date | None = column("joinedAt", description="First day that any source saw the person.")


@strawberry.type
class FormerNumbersFacet(ProfileFacet):
    @facet(parts=(FORMER,), description="Numbers that were merged into this customer and answer with it.")
    def former_numbers(self) -> list[str]:
        return self.profile.parts[FORMER]
