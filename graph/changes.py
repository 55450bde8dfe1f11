"""The feed of identity changes: every change once, in an order that never changes, and none missed."""

from __future__ import annotations

from dataclasses import dataclass

from graph.database import Database, Row, Transaction

FEED = ("changes/number", "changes/page")
_NUMBERED_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Changes:
    """The feed of one database. A place is given when a change is first read: see `cypher/changes/number.cypher`."""

    database: Database

    async def after(self, place: int, size: int) -> list[Row]:
        """Up to `size` changes after a place, in one round trip. Raises Unavailable."""

        async def work(transaction: Transaction) -> list[Row]:
            batch = {"after": place, "size": size, "most": max(size, _NUMBERED_AT_ONCE)}
            return (await transaction.run(*FEED, batch=batch))[0]["changes"]

        return await self.database.write("identity_changes", work)
