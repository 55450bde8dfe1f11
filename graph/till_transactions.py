"""What the store knows of a till's transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from graph.store.database import Database, DbTransaction, Row


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """An order as it stands: whether it counts for nothing, the time of the event that its values are from, and of the
    newest event besides: a cancellation, also one that is not believed, may be later."""

    cancelled: bool
    at: datetime
    newest: datetime

    @classmethod
    def of_row(cls, row: Row) -> StandingOrder:
        """`row`: of `till/standing`."""
        at, clocks = (
            datetime.fromisoformat(row["at"]),
            [row["cancelled"], *orjson.loads(row["limited"] or "{}").values()],
        )
        times = [datetime.fromisoformat(clock.partition("|")[0]) for clock in clocks if clock]
        return cls(row["status"] == "cancelled", at, max([at, *times]))


@dataclass(frozen=True, slots=True)
class TillRedemptions:
    """What became of a request for offers. `carried_out`: rows of `till/redemptions`, in the order of their keys.
    `refusal`: `asked` and `reasons` of a request that was refused."""

    carried_out: list[Row]
    refusal: Row | None


@dataclass(frozen=True, slots=True)
class TillTransactions:
    """The transactions of one database. Each method is one round trip and raises Unavailable."""

    database: Database

    async def order(self, key: str) -> StandingOrder | None:
        """The order with the key; None where nothing was sold under it."""
        rows = await self.database.read("till/standing", key=key)
        return StandingOrder.of_row(rows[0]) if rows else None

    async def events(self, keys: Sequence[str]) -> dict[str, Row]:
        """Those of these events that were accepted, by key: time and sealed content."""
        return {row["key"]: row for row in await self.database.read("till/events", keys=list(keys))}

    async def redemptions(self, keys: Sequence[str], refusal: str) -> TillRedemptions:
        """Those of these redemptions that were carried out, and the refusal that was kept under its key."""
        [row] = await self.database.read("till/redemptions", keys=list(keys), refusal=refusal)
        found = {one["key"]: one for one in row["redemptions"]}
        return TillRedemptions([found[key] for key in keys if key in found], row["refusal"])


async def keep_refusal(tx: DbTransaction, key: str, asked: str, reasons: Sequence[str]) -> Row:
    """Keeps the reasons, behind the lock of the guest; gives `asked` and `reasons` of what was kept first."""
    [row] = await tx.run("till/keep_refusal", key=key, asked=asked, reasons=list(reasons))
    return row


async def kept_refusal(tx: DbTransaction, key: str) -> Row | None:
    """`asked` and `reasons` of what was kept under the key, read behind the lock of the guest."""
    [row] = await tx.run("till/redemptions", keys=[], refusal=key)
    return row["refusal"]
