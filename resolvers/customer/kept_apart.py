"""Customers who share evidence with one customer and are somebody else."""

from __future__ import annotations

import strawberry

from graph.customers import ProfilePart
from resolvers.access.caller import IDENTITY_READ
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import facet
from resolvers.kit.scalars import DateTime

_KEPT_APART = ProfilePart.of("kept_apart")


@strawberry.type(description="A customer who shares evidence with this one and is yet somebody else.")
class KeptApart:
    customer_number: str = strawberry.field(description="The other customer.")
    rule: str = strawberry.field(description="Stable code of what keeps them apart, such as GIVEN_NAMES_DIFFER.")
    identifier_type: str | None = strawberry.field(description="Type of the identifier that both use.")
    detail: str | None = strawberry.field(description="The reason in words.")
    at: DateTime = strawberry.field(description="When it was decided.")


@strawberry.type
class KeptApartFacet(ProfileFacet):
    @facet(
        parts=(_KEPT_APART,),
        scope=IDENTITY_READ,
        description="Who shares evidence with this person and is somebody else, and why; at most 100.",
    )
    def kept_apart(self) -> list[KeptApart]:
        return [
            KeptApart(
                customer_number=row["number"],
                rule=row["rule"],
                identifier_type=row["type"],
                detail=row["detail"],
                at=row["at"],
            )
            for row in self.profile.parts[_KEPT_APART]
        ]
