"""What a store is and holds, for those who run it: its version and clock, how much it holds, whether a key opens it."""

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
        """Its Neo4j `version`, and what its clock says `now`, in milliseconds since 1970."""
        return (await self.database.read("store_state/server"))[0]

    async def sealed_sample(self) -> list[Row]:
        """Any one sealed record, `key` and `sealed`; empty where the store holds none."""
        return await self.database.read("store_state/sealed")

    async def counts(self) -> dict[str, int]:
        """How much it holds of everything, from its own statistics."""
        return (await self.database.read("store_state/held"))[0]

    async def is_empty(self) -> bool:
        """Whether it holds nothing but what migrations made."""
        return not (await self.database.read("store_state/holds_anything"))[0]["holds"]

    async def complete_import(self) -> None:
        """Writes what the import of files leaves out: empty lists, which a CSV file cannot tell from none."""
        for query in _FILLED_AFTER_IMPORT:
            await self.database.run_schema(load(query))
