"""What decides, beside points, which rewards a guest gets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from domain.errors import NotFound
from graph.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class RewardFacts:
    """The redemptions and limits of one database."""

    database: Database

    async def of(self, number: str, rewards: Collection[str], since: str, limits: Collection[str]) -> Row:
        """The row of `points_commands/facts` about a customer, in one round trip. Raises NotFound where the customer is
        gone meanwhile, and Unavailable."""
        rows = await self.database.read(
            "points_commands/facts", number=number, rewards=sorted(rewards), since=since, limits=sorted(limits)
        )
        if not rows:
            raise NotFound("There is no such customer.")
        return rows[0]
