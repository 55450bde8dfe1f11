"""The latest visits of a customer."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.errors import InvalidInput
from resolvers.customer import transactions
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.customer.transactions import Visit
from resolvers.kit.facets import Wanted, facet
from resolvers.kit.look_ahead import taken
from resolvers.kit.pages import PageRequest
from resolvers.kit.selection import Selected

MAX_LAST_VISITS = 10
"""Visits of `lastVisits`."""
DEFAULT_LAST_VISITS = 3


def _page(count: int) -> PageRequest:
    if not 1 <= count <= MAX_LAST_VISITS:
        raise InvalidInput(f"lastVisits gives 1 to {MAX_LAST_VISITS} visits.", hint="Use journey for more.")
    return PageRequest(count)


def _parts(field: Selected) -> Wanted:
    page = _page(field.whole("first", DEFAULT_LAST_VISITS))
    part = transactions.part(page, newest_first=True, visits=True, lines=field.mentions("lines"))
    return {part: taken(field, Visit)}


@strawberry.type
class LastVisitsFacet(ProfileFacet):
    @facet(parts=_parts, description="The latest visits, newest first; at most 10.")
    def last_visits(
        self, first: Annotated[int, strawberry.argument(description="How many; 1 to 10.")] = DEFAULT_LAST_VISITS
    ) -> list[Visit]:
        rows = transactions.rows(self.profile, _page(first), newest_first=True, visits=True)
        return [Visit(row=row) for row in rows[:first]]
