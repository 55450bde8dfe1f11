"""Brands and stores: the group's reference data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.store.database import Database


@dataclass(frozen=True, slots=True)
class Places:
    """The brands and stores of one database.

    A brand is [id, name]; a store [id, name, city, country, timezone, brand].
    """

    database: Database

    async def brands(self, brand: str | None = None) -> list[list[str]]:
        """All brands by id, or only this brand."""
        rows = await self.database.read("places/brands", id=brand)
        return [[row["id"], row["name"]] for row in rows]

    async def stores(self, *, brand: str | None, id: str | None, size: int, back: bool) -> list[list[Any]]:
        """A page of stores after (or before) an id; backwards the nearest store comes first."""
        rows = await self.database.read("places/stores", brand=brand, id=id, size=size, back=back)
        return [row["store"] for row in rows]

    async def store(self, store: str) -> list[Any] | None:
        rows = await self.database.read("places/store", id=store)
        return rows[0]["store"] if rows else None
