"""Proposed grants of points that nobody has answered yet."""

from __future__ import annotations

from dataclasses import dataclass

from graph.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class GrantProposals:
    """The open proposals of one database."""

    database: Database

    async def pending(self, size: int) -> list[Row]:
        """Rows of `points_commands/proposals`: the oldest ones. One round trip. Raises Unavailable."""
        return await self.database.read("points_commands/proposals", size=size)
