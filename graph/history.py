"""What a store was made of: accepted events and agents' decisions, in the order in which it got them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from itertools import groupby

from graph.store.database import Database, Row

_EVENTS = 2_000
_CUSTOMERS = 1_000
_BEFORE_ALL = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class History:
    """The history of one database, and the customers that came of it."""

    database: Database

    async def commits(self) -> AsyncIterator[tuple[str, list[Row]]]:
        """The events of each commit, the oldest commit first: its time, and key and sealed content of each event.

        Raises Unavailable.
        """
        after = _BEFORE_ALL
        while rows := await self.database.read("history/events", after=after, size=_EVENTS):
            for at, events in groupby(rows, lambda row: row["at"]):
                yield at, list(events)
            after = rows[-1]["at"]

    async def customers(self) -> AsyncIterator[Row]:
        """Every customer by number, with its records and what is believed of it. Raises Unavailable."""
        after = ""
        while rows := await self.database.read("history/customers", after=after, size=_CUSTOMERS):
            for row in rows:
                yield row
            after = rows[-1]["number"]
