"""The programme of one process: the configured file, and the versions that are published in the store.

The store is the truth. Each commit reads, with its first query, the number of the newest version; where this process
does not know it yet, it reads all versions in the same transaction. So no order is booked under a version that is out
of date, and no process has to hear of a publication.
"""

from __future__ import annotations

from datetime import UTC, datetime

from graph.store.database import Database, DbTransaction, Row
from identity.read_model import ReadModel
from loyalty.programme import Programme, parse_programme
from loyalty.programme_history import ProgrammeHistory, ProgrammeVersion


class Programmes:
    """The history of the programme as this process last read it: check it with `as_of` before points depend on it."""

    def __init__(self, base: Programme) -> None:
        self.history = ProgrammeHistory(base)
        self._base = base

    @property
    def newest(self) -> int:
        """The number of the newest version that was read."""
        return max(one.version for one in self.history.versions)

    async def as_of(self, tx: DbTransaction, newest: int) -> ProgrammeHistory:
        """The history that ends with version `newest`, which the transaction read. Raises Unavailable."""
        if newest != self.newest:
            self._learn(await tx.run("programme/versions"))
        return self.history

    async def refresh(self, database: Database) -> ProgrammeHistory:
        """The history as the store has it now. Raises Unavailable."""
        [row] = await database.read("programme/newest")
        if row["programme"] != self.newest:
            self._learn(await database.read("programme/versions"))
        return self.history

    @property
    def has_bonuses(self) -> bool:
        """Whether any version gives bonuses, or takes what is more than a guest may get."""
        return self.history.has_bonuses

    def tier(self, currency: str, minor: int) -> str:
        """The tier that this lifetime spend reaches today."""
        return self.history.at(datetime.now(UTC)).programme.tier(currency, minor)

    def _learn(self, rows: list[Row]) -> None:
        self.history = ProgrammeHistory(self._base, (version_of(row) for row in rows))


def programmes_of(read_model: ReadModel) -> Programmes:
    """The programme that customers' rows are made by. Raises TypeError where they are made by another one."""
    if not isinstance(read_model.programme, Programmes):
        raise TypeError("The read model was made with no Programmes.")
    return read_model.programme


def version_of(row: Row) -> ProgrammeVersion:
    """From a row of `programme/versions`."""
    return ProgrammeVersion(row["version"], datetime.fromisoformat(row["starts"]), parse_programme(row["text"]))
