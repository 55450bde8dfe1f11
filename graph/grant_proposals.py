"""Proposed grants of points that nobody has answered yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from graph.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class GrantProposals:
    """The open proposals of one database."""

    database: Database

    async def pending(self, since: datetime, after: str, size: int) -> list[Row]:
        """Rows of `points_commands/proposals`: those since a moment, of that moment only the ones behind this key. One
        round trip. Raises Unavailable."""
        return await self.database.read("points_commands/proposals", since=since.isoformat(), after=after, size=size)
