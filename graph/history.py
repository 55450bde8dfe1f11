"""What a store was made of: accepted events and decisions in the order in which it got them, and redemptions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import groupby

from graph.store.database import Database, Row

_EVENTS = 2_000
_CUSTOMERS = 1_000
_REDEMPTIONS = 500
BEFORE_ALL, AFTER_ALL = "1970-01-01T00:00:00Z", "9999-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class History:
    """The history of one database, and the customers that came of it."""

    database: Database

    async def commits(self, after: str = BEFORE_ALL, until: str = AFTER_ALL) -> AsyncIterator[tuple[str, list[Row]]]:
        """The events of each commit after a time and until another (RFC 3339), the oldest commit first: its time, and
        key and sealed content of each event. Raises Unavailable."""
        while rows := await self.database.read("history/events", after=after, until=until, size=_EVENTS):
            for at, events in groupby(rows, lambda row: row["at"]):
                yield at, list(events)
            after = rows[-1]["at"]

    async def refused(self, after: str, until: str) -> AsyncIterator[Row]:
        """Rows of `history/refused`: events that were refused after a time and until another. Raises Unavailable."""
        while rows := await self.database.read("history/refused", after=after, until=until, size=_EVENTS):
            for row in rows:
                yield row
            after = rows[-1]["at"]

    async def redemptions(self, after: str = BEFORE_ALL, until: str = AFTER_ALL) -> AsyncIterator[list[Row]]:
        """Pages of rows of `history/redemptions`: what was commanded after a time and until another (RFC 3339). Raises
        Unavailable."""
        while rows := await self.database.read("history/redemptions", after=after, until=until, size=_REDEMPTIONS):
            yield rows
            after = rows[0]["at"]

    async def customers(self) -> AsyncIterator[Row]:
        """Every customer by number, with its records and what is believed of it. Raises Unavailable."""
        after = ""
        while rows := await self.database.read("history/customers", after=after, size=_CUSTOMERS):
            for row in rows:
                yield row
            after = rows[-1]["number"]
