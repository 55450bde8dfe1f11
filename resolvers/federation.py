"""A subgraph of Apollo Federation 2: other subgraphs name our customers, stores and brands by their keys."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry.federation.schema import FederationAny

from domain.errors import InvalidInput, NotAllowed, TooLarge
from resolvers.access.caller import GROUP_READ, SCHEMA_READ
from resolvers.access.permissions import require_type
from resolvers.context import Context, Info
from resolvers.customer.customer import Customer
from resolvers.kit.findable import FINDABLE, Find
from resolvers.kit.pages import MAX_PAGE
from resolvers.kit.requirements import requires
from resolvers.kit.selection import Selected, selected
from resolvers.places import Brand, Store

_LONGEST = 200


@strawberry.type(name="_Service", description="The service as a subgraph.")
class Subgraph:
    sdl: str = strawberry.field(description="The schema with what composition needs to know of it.")


Entity: TypeAlias = Annotated[
    Brand | Customer | Store, strawberry.union("_Entity", description="What other subgraphs may name by its key.")
]
ANY = strawberry.scalar(
    name="_Any",
    description="What names an entity: its `__typename` and its key.",
    serialize=lambda value: value,
    parse_value=lambda value: value,
)


@strawberry.type
class FederationQueries:
    @strawberry.field(
        name="_service",
        description="The service as a subgraph, for a gateway.",
        metadata=requires(SCHEMA_READ, whole=False),
    )
    def service(self, info: Info) -> Subgraph:
        return Subgraph(sdl=info.schema.as_str())

    @strawberry.field(
        name="_entities",
        description="What other subgraphs name, in their order; at most 100. Null for whom nobody knows.",
        metadata=requires(GROUP_READ, whole=False),
    )
    async def entities(
        self,
        info: Info,
        representations: Annotated[list[FederationAny], strawberry.argument(description="Names: see `_Any`.")],
    ) -> list[Entity | None]:
        if len(representations) > MAX_PAGE:
            raise TooLarge(f"At most {MAX_PAGE} representations are answered at once.", hint="Ask in smaller batches.")
        field = selected(info)
        keys = {name: known.key for name, known in FINDABLE.items() if known.key is not None}
        finds: dict[str, Find | NotAllowed] = {name: _find(name, info.context, field) for name in keys}

        async def one(representation: Any) -> Any:
            match _named(representation, keys):
                case (type_, key):
                    find = finds[type_]
                    return find if isinstance(find, NotAllowed) else await find(key)
                case InvalidInput() as error:
                    return error

        # Customers among them share a few round trips.
        return await asyncio.gather(*map(one, representations))


def _find(type_: str, context: Context, field: Selected) -> Find | NotAllowed:
    """How objects of a type are found, or why this caller may have none."""
    try:
        require_type(FINDABLE[type_].type_, context.caller)
    except NotAllowed as error:
        return error
    return FINDABLE[type_].find(context, field)


def _named(representation: Any, keys: Mapping[str, str]) -> tuple[str, str] | InvalidInput:
    """The type and the key of what a representation names; `keys` is the field of the key by type."""
    type_ = representation.get("__typename") if isinstance(representation, dict) else None
    if not isinstance(type_, str) or type_ not in keys:
        ours = ", ".join(sorted(keys))
        return InvalidInput("A representation names no type of ours in `__typename`.", hint=f"Ours: {ours}.")
    key = representation.get(keys[type_])
    if not isinstance(key, str) or not 1 <= len(key) <= _LONGEST:
        return InvalidInput(f"A representation of {type_} has its `{keys[type_]}` as text.")
    return type_, key
