"""A subscription to the feed of identity changes."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import strawberry

from resolvers.access.caller import IDENTITY_READ
from resolvers.context import Info
from resolvers.identity.identity_changes import PLACE, IdentityChange, change
from resolvers.kit.pages import PageRequest, Since, sealed
from resolvers.kit.requirements import requires


@strawberry.type(description="An identity change, as it comes.")
class IdentityChanged:
    cursor: str = strawberry.field(description="Pass it as `after`, here or to identityChanges, to go on from here.")
    change: IdentityChange = strawberry.field(description="The change.")


@strawberry.type
class IdentitySubscriptions:
    @strawberry.subscription(
        description="Every change of identity, each once, in the order of identityChanges.",
        metadata=requires(IDENTITY_READ),
    )
    async def identity_changed(self, info: Info, after: Since = None) -> AsyncGenerator[IdentityChanged]:
        feeds, page = info.context.feeds, PageRequest.of(PLACE, after=after)
        async for row in feeds.changes(page.edge[0] if page.edge else None):
            yield IdentityChanged(cursor=sealed((row["place"],)), change=change(row))
