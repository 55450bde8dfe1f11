"""A customer's way through the group's brands."""

from __future__ import annotations

import strawberry

from analytics.journey import transitions
from graph.customers import Profile, ProfilePart
from resolvers.customer import transactions
from resolvers.customer.loyalty.points import BRANDS
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.customer.transactions import SORT_KEY, Visit
from resolvers.kit.facets import Wanted, facet
from resolvers.kit.pages import After, Before, Connection, Edge, First, Last, PageInfo, PageRequest, edges
from resolvers.kit.selection import Selected
from resolvers.places import Brand

_MOVES = ProfilePart.of("moves")


@strawberry.type(description="Moves from one brand to another between consecutive visits.")
class BrandTransition:
    from_brand: Brand = strawberry.field(description="The brand of the earlier visit.")
    to_brand: Brand = strawberry.field(description="The brand of the later visit.")
    count: int = strawberry.field(description="How often.")
    median_days: float = strawberry.field(description="Median of the days between the two visits, to two decimals.")


@strawberry.type(description="Visits to all brands in order of time, and the moves between brands.")
class Journey:
    profile: strawberry.Private[Profile]
    visits: strawberry.Private[Connection[Visit]]

    @strawberry.field(description="The visits, oldest first.")
    def edges(self) -> list[Edge[Visit]]:
        return edges(self.visits)

    @strawberry.field(description="Where the page stands in the journey.")
    def page_info(self) -> PageInfo:
        return self.visits.page_info

    @strawberry.field(description="Moves between brands over the whole life, the most frequent first.")
    def transitions(self) -> list[BrandTransition]:
        names = dict(self.profile.parts[BRANDS])
        return [
            BrandTransition(
                from_brand=Brand(row=[move.from_brand, names.get(move.from_brand)]),
                to_brand=Brand(row=[move.to_brand, names.get(move.to_brand)]),
                count=move.count,
                median_days=move.median_days,
            )
            for move in transitions((brand, at) for brand, at in self.profile.parts[_MOVES])
        ]


def _parts(field: Selected) -> Wanted:
    visits = transactions.part(field.page(SORT_KEY), newest_first=False, visits=True, lines=field.mentions("lines"))
    wanted: Wanted = {visits: transactions.columns(field, Visit)}
    return wanted | {part: None for _ in field.below("transitions") for part in (_MOVES, BRANDS)}


@strawberry.type
class JourneyFacet(ProfileFacet):
    @facet(
        parts=_parts, description="Visits to all brands, oldest first, in pages of 1 to 100; and moves between brands."
    )
    def journey(self, first: First = None, after: After = None, last: Last = None, before: Before = None) -> Journey:
        page = PageRequest.of(SORT_KEY, first=first, after=after, last=last, before=before)
        rows = transactions.rows(self.profile, page, newest_first=False, visits=True)
        visits = page.cut(rows, transactions.sort_key, lambda row: Visit(row=row))
        return Journey(profile=self.profile, visits=visits)
