"""The operations log: every decision of an agent, the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from graph.database import Database, Row

_PAST_ALL = "~"


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """The decisions of one database."""

    database: Database

    async def page(self, below: str | None, size: int) -> list[Row]:
        """Decisions older than the one with that id, in one round trip. Raises Unavailable."""
        return await self.database.read("decisions/page", below=below or _PAST_ALL, size=size)
