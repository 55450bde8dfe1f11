"""The desk of identity: why records are one person, what became of numbers, and how sound all of it is."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry

from resolvers.access.caller import IDENTITY_READ, STATS_READ
from resolvers.context import Info
from resolvers.identity import (
    cluster_health,
    completeness,
    identity_changes,
    identity_neighbourhood,
    identity_path,
    why,
)
from resolvers.identity.cluster_health import ClusterHealth
from resolvers.identity.completeness import Completeness
from resolvers.identity.evidence import IdentityBy
from resolvers.identity.identity_changes import IdentityChange
from resolvers.identity.identity_neighbourhood import IdentityNeighbourhood
from resolvers.identity.identity_path import IdentityPath
from resolvers.identity.why import IdentityWhy, IdentityWhyNot
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import requires

One: TypeAlias = Annotated[IdentityBy, strawberry.argument(description="The one.")]
Other: TypeAlias = Annotated[IdentityBy, strawberry.argument(description="The other.")]


@strawberry.type
class IdentityQueries:
    @strawberry.field(
        description="The share of source records that tell each field: of the group, then of each source. One scan of "
        "all source records, about a second a million.",
        metadata=requires(STATS_READ, cost=1_000),
    )
    async def completeness(self, info: Info) -> list[Completeness]:
        return completeness.completeness(await info.context.reports.completeness())

    @strawberry.field(
        description="Merges, splits, moves and new customers, each once, in an order that never changes. "
        "Keep the last cursor: whoever asks again with it misses nothing, however late a change was committed.",
        metadata=requires(IDENTITY_READ),
    )
    async def identity_changes(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[IdentityChange]:
        page = PageRequest.of(identity_changes.PLACE, first=first, after=after, last=last, before=before)
        return await identity_changes.page_of_changes(info.context, page)

    @strawberry.field(
        description="Why two records, or two parts of a customer, are one person.",
        metadata=requires(IDENTITY_READ, cost=50),
    )
    async def identity_why(self, info: Info, a: One, b: Other) -> IdentityWhy:
        return await why.why(info.context, a, b)

    @strawberry.field(
        description="What keeps two customers, or the customers of two records, apart.",
        metadata=requires(IDENTITY_READ, cost=50),
    )
    async def identity_why_not(self, info: Info, a: One, b: Other) -> IdentityWhyNot:
        return await why.why_not(info.context, a, b)

    @strawberry.field(
        description="The shortest path of records and identifiers between two records or customers.",
        metadata=requires(IDENTITY_READ, cost=100),
    )
    async def identity_path(self, info: Info, a: One, b: Other) -> IdentityPath:
        return await identity_path.path(info.context, a, b)

    @strawberry.field(
        description="A customer with records, identifiers and neighbours, as nodes and edges of a picture.",
        metadata=requires(IDENTITY_READ, cost=20),
    )
    async def identity_neighbourhood(
        self,
        info: Info,
        customer: Annotated[IdentityBy, strawberry.argument(description="Who stands in the middle.")],
        records: Annotated[int, strawberry.argument(description="How many of the records; 1 to 100.")] = 50,
    ) -> IdentityNeighbourhood:
        return await identity_neighbourhood.neighbourhood(info.context, customer, records)

    @strawberry.field(
        description="What is doubtful about a person, and the smallest cut that would mend it.",
        metadata=requires(IDENTITY_READ, cost=100),
    )
    async def cluster_health(
        self, info: Info, customer: Annotated[IdentityBy, strawberry.argument(description="Whose health.")]
    ) -> ClusterHealth:
        return await cluster_health.health(info.context, customer)
