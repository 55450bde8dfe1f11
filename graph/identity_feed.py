"""The feed of identity changes: every change exactly once, in an order that never changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal, TypeAlias

from graph.store.database import Database, DbTransaction, Row

FEED = ("identity_feed/number", "identity_feed/page")
BACKWARDS = ("identity_feed/number", "identity_feed/page_back")
_NUMBERED_AT_ONCE = 10_000
_PAST_ALL = 2**62
Whom: TypeAlias = tuple[Literal["number", "record"], str]
"""A person: by a customer number, present or retired, or by a source record that now belongs to the person."""


@dataclass(frozen=True, slots=True)
class IdentityFeed:
    """The feed of one database. A change gets its place at its first read: see `identity_feed/number`."""

    database: Database

    async def after(self, place: int, size: int) -> list[Row]:
        """Up to `size` changes after a place, in one round trip. Raises Unavailable."""

        return await self._page(FEED, size, after=place)

    async def before(self, place: int | None, size: int) -> list[Row]:
        """Up to `size` changes before a place, or the last ones, the nearest first. Raises Unavailable."""
        return await self._page(BACKWARDS, size, before=_PAST_ALL if place is None else place)

    async def _page(self, queries: tuple[str, ...], size: int, **place: int) -> list[Row]:
        async def work(transaction: DbTransaction) -> list[Row]:
            batch = {"size": size, "most": max(size, _NUMBERED_AT_ONCE), **place}
            return (await transaction.run(*queries, batch=batch))[0]["changes"]

        return await self.database.write("identity_changes", work)

    async def last(self) -> int:
        """The place where the feed ends: a reader that starts here sees every later change. Raises Unavailable."""
        rows = await self.database.read("identity_feed/last")
        return rows[0]["last"] if rows else 0

    async def now(self) -> int:
        """The place behind all that has happened: also behind changes that nobody has read yet. Raises Unavailable."""
        while True:
            before = await self.last()
            await self.after(_PAST_ALL, 1)
            end = await self.last()
            if end - before < _NUMBERED_AT_ONCE:
                return end

    async def states(self, people: Collection[Whom]) -> dict[Whom, str]:
        """For each person that exists, a text that changes whenever the profile is written again."""
        numbers, keys = (sorted(whom for by, whom in people if by == kind) for kind in ("number", "record"))
        rows = await self.database.read("identity_feed/states", numbers=numbers, keys=keys)
        return {(row["by"], row["whom"]): sha256(repr(row["state"]).encode()).hexdigest()[:24] for row in rows}
