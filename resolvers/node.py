"""Any object by its global id."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.errors import InvalidInput
from resolvers.access.caller import GROUP_READ
from resolvers.access.permissions import require_type
from resolvers.context import Info
from resolvers.kit.findable import FINDABLE
from resolvers.kit.global_ids import Node, parsed
from resolvers.kit.requirements import requires
from resolvers.kit.selection import selected


@strawberry.type
class NodeQueries:
    @strawberry.field(description="Any object by its global id, or null.", metadata=requires(GROUP_READ, whole=False))
    async def node(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")],
    ) -> Node | None:
        name, key = parsed(id)
        if (known := FINDABLE.get(name)) is None:
            raise InvalidInput("This is no global id.", hint="Pass an `id` as this API gave it.")
        require_type(known.type_, info.context.caller)
        return await known.find(info.context, selected(info))(key)
