"""The desk of places: the brands and stores of the group."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.access.caller import GROUP_READ
from resolvers.context import Context, Info
from resolvers.kit.findable import Find, findable
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import requires
from resolvers.kit.selection import Selected
from resolvers.places import Brand, Store

_STORE = (str,)


@strawberry.type
class PlaceQueries:
    @strawberry.field(description="The brands of the group by code.", metadata=requires(GROUP_READ, whole=False))
    async def brands(self, info: Info) -> list[Brand]:
        return [Brand(row=row) for row in await info.context.places.brands()]

    @strawberry.field(
        description="Stores by code, of all brands or one, in pages of 1 to 100.",
        metadata=requires(GROUP_READ, whole=False),
    )
    async def stores(
        self,
        info: Info,
        brand: Annotated[str | None, strawberry.argument(description="Code of a brand.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Store]:
        page = PageRequest.of(_STORE, first=first, after=after, last=last, before=before)
        edge = page.edge[0] if page.edge else None
        rows = await info.context.places.stores(brand=brand, id=edge, size=page.fetch, back=page.back)
        return page.cut(rows, lambda row: (row[0],), lambda row: Store(row=row))


@findable(Brand, key="code")
def _brands(context: Context, _: Selected) -> Find:
    async def find(code: str) -> Brand | None:
        rows = await context.places.brands(code)
        return Brand(row=rows[0]) if rows else None

    return find


@findable(Store, key="code")
def _stores(context: Context, _: Selected) -> Find:
    async def find(code: str) -> Store | None:
        row = await context.places.store(code)
        return Store(row=row) if row else None

    return find
