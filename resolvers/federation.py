"""A subgraph of Apollo Federation 2: other subgraphs name our customers, stores and brands by their keys."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, TypeAlias

import strawberry
from strawberry.federation.schema import FederationAny

from domain.errors import InvalidInput, TooLarge
from graph.customers import Finder
from resolvers.context import Info
from resolvers.customer import customer, find_customer
from resolvers.customer.customer import Customer
from resolvers.kit.pages import MAX_PAGE
from resolvers.kit.selection import selected
from resolvers.places import Brand, Store

KEYS = {"Customer": "number", "Store": "code", "Brand": "code"}
"""The field by which each is named; as `@key` says in the schema."""
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
    @strawberry.field(name="_service", description="The service as a subgraph, for a gateway.")
    def service(self, info: Info) -> Subgraph:
        return Subgraph(sdl=info.schema.as_str())

    @strawberry.field(
        name="_entities",
        description="What other subgraphs name, in their order; at most 100. Null for whom nobody knows.",
    )
    async def entities(
        self,
        info: Info,
        representations: Annotated[list[FederationAny], strawberry.argument(description="Names: see `_Any`.")],
    ) -> list[Entity | None]:
        if len(representations) > MAX_PAGE:
            raise TooLarge(f"At most {MAX_PAGE} representations are answered at once.", hint="Ask in smaller batches.")
        parts = customer.parts(selected(info))

        async def one(representation: Any) -> Any:
            match _named(representation):
                case ("Customer", number):
                    return await find_customer.one(info.context, Finder.named("by_number", number=number), parts)
                case ("Store", code):
                    row = await info.context.places.store(code)
                    return Store(row=row) if row else None
                case (_, code):
                    rows = await info.context.places.brands(code)
                    return Brand(row=rows[0]) if rows else None
                case InvalidInput() as error:
                    return error

        # Customers among them share a few round trips.
        return await asyncio.gather(*map(one, representations))


def _named(representation: Any) -> tuple[str, str] | InvalidInput:
    type_ = representation.get("__typename") if isinstance(representation, dict) else None
    if not isinstance(type_, str) or type_ not in KEYS:
        return InvalidInput("A representation names no type of ours in `__typename`.", hint=f"Ours: {', '.join(KEYS)}.")
    key = representation.get(KEYS[type_])
    if not isinstance(key, str) or not 1 <= len(key) <= _LONGEST:
        return InvalidInput(f"A representation of {type_} has its `{KEYS[type_]}` as text.")
    return type_, key
