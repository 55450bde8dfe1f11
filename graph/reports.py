"""Figures about the whole group, each from one scan of the store."""

from __future__ import annotations

from dataclasses import dataclass

from graph.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class Reports:
    """The figures of one database."""

    database: Database

    async def completeness(self) -> list[Row]:
        """How many source records of each `source` tell the same `fields`: `records`. Raises Unavailable."""
        return await self.database.read("reports/completeness")
