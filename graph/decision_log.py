"""The operations log: every decision of an agent, in order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

from graph.store.database import Database, Row

_PAST_ALL = "~"
_SIZE = 500


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """The decisions of one database."""

    database: Database

    async def page(self, edge: str | None, size: int, *, back: bool = False) -> list[Row]:
        """Decisions older than the decision with that id, the newest first; or with `back` those newer than it, the
        oldest first. In one round trip. Raises Unavailable."""
        if back:
            return await self.database.read("decision_log/page_back", above=edge or "", size=size)
        return await self.database.read("decision_log/page", below=edge or _PAST_ALL, size=size)

    async def get(self, id: str) -> Row | None:
        """One decision. Raises Unavailable."""
        rows = await self.page(f"{id}!", 1)
        return rows[0] if rows and rows[0]["id"] == id else None

    async def all(self) -> AsyncIterator[Row]:
        """Every decision, the oldest first. Raises Unavailable."""
        above = ""
        while rows := await self.database.read("decision_log/log", above=above, size=_SIZE):
            for row in rows:
                yield row
            above = rows[-1]["id"]
