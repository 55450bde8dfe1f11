"""What every facet of a customer is read from."""

from __future__ import annotations

import strawberry

from graph.customers import Profile
from graph.store.database import Row
from resolvers.context import Context


@strawberry.type
class ProfileFacet:
    """A facet's fields read `profile`: the parts that they declare, and of `row`, the customer's own properties (those
    of `profile/base`), the columns that they declare. Anything else need not be there."""

    profile: strawberry.Private[Profile]
    context: strawberry.Private[Context]
    row: strawberry.Private[Row]
