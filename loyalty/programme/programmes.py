"""The programme of one process: the configured file, and the versions that are published in the store.

The store is the truth. Each commit reads, with its first query, the number of the newest version; where this process
does not know it yet, it reads the versions that it lacks in the same transaction. So no order is booked under a version
that is out of date, and no process has to hear of a publication. A version never changes, so each is read once.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

from domain.stats import Tally
from graph.store.database import Database, DbTransaction, Row
from identity.read_model import ReadModel
from loyalty.programme.programme import Programme, parse_programme
from loyalty.programme.programme_history import ProgrammeHistory, ProgrammeVersion


class Programmes:
    """The history of the programme as this process last read it: check it with `as_of` before points depend on it."""

    def __init__(self, base: Programme) -> None:
        self.history = ProgrammeHistory(base)

    @property
    def newest(self) -> int:
        """The number of the newest version that was read."""
        return max(one.version for one in self.history.versions)

    async def as_of(self, tx: DbTransaction, newest: int) -> ProgrammeHistory:
        """The history that ends with version `newest`, which the transaction read. Raises Unavailable."""
        if newest > self.newest:
            await self._learn(await tx.run("programme/versions", after=self.newest))
        return self.history

    async def refresh(self, database: Database) -> ProgrammeHistory:
        """The history as the store has it now. Raises Unavailable."""
        await self._learn(await database.read("programme/versions", after=self.newest))
        return self.history

    @property
    def today(self) -> Programme:
        """The rules that hold now."""
        return self.history.at(datetime.now(UTC)).programme

    def tier(self, currency: str, sums: Tally) -> str | None:
        """The tier that these sums over all orders reach today; None: they do not say it."""
        return self.today.tier(currency, sums)

    def lowest_tier(self) -> str:
        """The tier of a guest without orders."""
        return self.today.tiers[0].name

    async def _learn(self, rows: list[Row]) -> None:
        if rows:
            known, base = self.history.versions[1:], self.history.versions[0].programme
            learned = await asyncio.to_thread(lambda: [version_of(row) for row in rows])
            # Another task may have learned the same meanwhile.
            self.history = ProgrammeHistory(base, {one.version: one for one in (*known, *learned)}.values())


def programmes_of(read_model: ReadModel) -> Programmes:
    """The programme that customers' rows are made by. Raises TypeError where they are made by another one."""
    if not isinstance(read_model.programme, Programmes):
        raise TypeError("The read model was made with no Programmes.")
    return read_model.programme


def version_of(row: Row) -> ProgrammeVersion:
    """From a row of `programme/versions`."""
    return ProgrammeVersion(row["version"], datetime.fromisoformat(row["starts"]), parse_programme(row["text"]))
