"""A subgraph of Apollo Federation 2: other subgraphs name our customers, stores and brands by their keys."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from domain.errors import InvalidInput, TooLarge
from graph.customers import Finder
from resolvers import customer
from resolvers.context import Info
from resolvers.pages import MAX_PAGE
from resolvers.places import Brand, Store
from resolvers.selection import selected

KEYS = {"Customer": "number", "Store": "code", "Brand": "code"}
"""The field by which each is named; as `@key` says in the schema."""
_LONGEST = 200


async def resolved(info: Info, representations: Sequence[Any]) -> list[Any]:
    """The objects that are named, in their order; None for whom nobody knows, an error for what names nothing.

    Customers share a round trip. Raises TooLarge, Unavailable, NotAllowed where the caller may not read one of them.
    """
    if len(representations) > MAX_PAGE:
        raise TooLarge(f"At most {MAX_PAGE} representations are answered at once.", hint="Ask in smaller batches.")
    named = [_named(one) for one in representations]
    parts = customer.parts(selected(info))

    async def one(name: tuple[str, str] | InvalidInput) -> Any:
        match name:
            case ("Customer", number):
                return await customer.one(info.context, Finder.named("by_number", number=number), parts)
            case ("Store", code):
                row = await info.context.places.store(code)
                return Store.of(row) if row else None
            case ("Brand", code):
                rows = await info.context.places.brands(code)
                return Brand.of(rows[0]) if rows else None
            case _:
                return name

    return list(await asyncio.gather(*(one(name) for name in named)))


def _named(representation: Any) -> tuple[str, str] | InvalidInput:
    type_ = representation.get("__typename") if isinstance(representation, dict) else None
    if not isinstance(type_, str) or type_ not in KEYS:
        return InvalidInput("A representation names no type of ours in `__typename`.", hint=f"Ours: {', '.join(KEYS)}.")
    key = representation.get(KEYS[type_])
    if not isinstance(key, str) or not 1 <= len(key) <= _LONGEST:
        return InvalidInput(f"A representation of {type_} has its `{KEYS[type_]}` as text.")
    return type_, key
