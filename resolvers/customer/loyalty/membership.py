"""Since when a guest is a member of the loyalty programme, and where the guest joined."""

from __future__ import annotations

import strawberry

from graph.customers import ProfilePart
from graph.store.database import Row
from resolvers.access.caller import PROFILE_READ
from resolvers.context import Context
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import Channel
from resolvers.kit.facets import facet
from resolvers.kit.requirements import protected
from resolvers.kit.scalars import DateTime
from resolvers.places import Brand

ENROLMENT = ProfilePart.of("enrolment")


@protected(PROFILE_READ, whole=False, own=True)
@strawberry.type(description="A guest's membership in the loyalty programme, by the first enrolment that you may see.")
class Membership:
    since: DateTime = strawberry.field(description="When the guest joined.")
    brand: Brand | None = strawberry.field(
        description="The brand where the guest joined; null: it is not known, or you may not see this brand."
    )
    store: str | None = strawberry.field(description="The code of the store, as events name it; null as `brand`.")
    channel: Channel | None = strawberry.field(description="The channel; null as `brand`.")

    @classmethod
    def of(cls, row: Row, context: Context) -> Membership:
        brands, brand = context.caller.brands, row["brand"]
        shown = brands is None or (brand is not None and brand[0] in brands)
        return cls(
            since=DateTime(row["at"]),
            brand=Brand(row=brand) if brand and shown else None,
            store=row["store"] if shown else None,
            channel=Channel(row["channel"]) if row["channel"] and shown else None,
        )


@strawberry.type
class MembershipFacet(ProfileFacet):
    @facet(
        parts=(ENROLMENT,),
        description="Since when the guest is a member of the loyalty programme; null: the guest never enrolled.",
    )
    def loyalty_membership(self) -> Membership | None:
        row = self.profile.parts[ENROLMENT]
        return None if row is None else Membership.of(row, self.context)
