"""The state of a store, for its operators: version and clock, how much it holds, whether a key opens its records."""

from __future__ import annotations

from dataclasses import dataclass

from cypher import load
from graph.store.database import Database, Row

_FILLED_AFTER_IMPORT = ("store_state/fill_empty_signatures", "store_state/fill_empty_brands")


@dataclass(frozen=True, slots=True)
class StoreState:
    """Reads about one store as a whole. Each raises Unavailable."""

    database: Database

    async def server(self) -> Row:
        """Its Neo4j `version`, and its clock as `now`, in milliseconds since 1970."""
        return (await self.database.read("store_state/server"))[0]

    async def sealed_sample(self) -> list[Row]:
        """Any one sealed record, `key` and `sealed`; empty where the store holds none."""
        return await self.database.read("store_state/sealed")

    async def counts(self) -> dict[str, int]:
        """How many nodes of each kind and resolved records it holds, by its statistics."""
        return (await self.database.read("store_state/held"))[0]

    async def is_empty(self) -> bool:
        """Whether it holds nothing but what migrations created."""
        return not (await self.database.read("store_state/holds_anything"))[0]["holds"]

    async def complete_import(self) -> None:
        """Writes the empty lists that an import leaves out: in CSV an empty list looks like a missing one."""
        for query in _FILLED_AFTER_IMPORT:
            await self.database.run_schema(load(query))
