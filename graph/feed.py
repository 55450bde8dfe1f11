"""The feed of events for others in the store: what commits wrote for it, in an order that never changes.

A commit writes its events in its own transaction, as one node, so that none is lost and none is told of what did not
happen. They have no place yet. A reader gives places, behind a lock that no writer takes: a commit that becomes visible
late gets a late place. So whoever keeps a place has missed nothing before it, and what it did twice has the same ids.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from domain.feed_event import FeedEvent, read_feed_rows
from graph.jobs import wake_jobs
from graph.store.database import Database, DbTransaction

_NUMBERED_AT_ONCE = 5_000
_FORGOTTEN_AT_ONCE = 1_000
Subjects: TypeAlias = dict[str, str]
"""The present customer number of each source record, or number, that an event names."""


@dataclass(frozen=True, slots=True)
class Feed:
    """The feed of one database. All methods raise Unavailable."""

    database: Database

    async def number(self, readers: Collection[str]) -> bool:
        """Gives places to what has none, and wakes the jobs of these kinds in the same transaction; whether there was
        anything. Takes one read where there is nothing to do."""
        [found] = await self.database.read("feed/pending")
        if not found["pending"]:
            return False

        async def work(tx: DbTransaction) -> bool:
            [done] = await tx.run("feed/number", most=_NUMBERED_AT_ONCE)
            if done["numbered"]:
                for kind in sorted(readers):
                    await wake_jobs(tx, kind)
            return bool(done["numbered"])

        return await self.database.write("feed/number", work)

    async def page(self, place: int, size: int) -> list[tuple[int, Sequence[FeedEvent]]]:
        """The events of up to `size` commits from a place on, with the place of each commit."""
        rows = await self.database.read("feed/page", place=place, size=size)
        return [(row["place"], read_feed_rows(row["events"])) for row in rows]

    async def subjects(self, events: Collection[FeedEvent]) -> Subjects:
        """The present numbers of the customers that events are about; one that is gone has none."""
        records = sorted({event.record for event in events if event.record is not None})
        numbers = sorted({event.number for event in events if event.number is not None})
        if not records and not numbers:
            return {}
        rows = await self.database.read("feed/subjects", records=records, numbers=numbers)
        return {row["of"]: row["number"] for row in rows}

    async def end(self) -> int:
        """The place behind the last one that is given."""
        rows = await self.database.read("feed/last")
        return 1 + (rows[0]["last"] if rows else 0)

    async def since(self, at: datetime) -> int:
        """The place from which on there is all that was written since a moment, by the store's clock."""
        rows = await self.database.read("feed/since", at=at.isoformat())
        return rows[0]["place"] if rows else await self.end()

    async def forget(self, days: int) -> bool:
        """Deletes some events that are older; whether there may be more."""
        [row] = await self.database.write_one("feed/forget", days=days, size=_FORGOTTEN_AT_ONCE)
        return row["deleted"] == _FORGOTTEN_AT_ONCE
