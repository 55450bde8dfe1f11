"""What the store knows of a till's transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from graph.store.database import Database, Row


@dataclass(frozen=True, slots=True)
class StandingOrder:
    """An order as it stands: whether it counts for nothing, and the time of the event that its values are from."""

    cancelled: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class TillTransactions:
    """The transactions of one database. Each method is one round trip and raises Unavailable."""

    database: Database

    async def order(self, key: str) -> StandingOrder | None:
        """The order with the key; None where nothing was sold under it."""
        rows = await self.database.read("till/standing", key=key)
        return StandingOrder(rows[0]["status"] == "cancelled", datetime.fromisoformat(rows[0]["at"])) if rows else None

    async def events(self, keys: Sequence[str]) -> dict[str, Row]:
        """Those of these events that were accepted, by key: time and sealed content."""
        return {row["key"]: row for row in await self.database.read("till/events", keys=list(keys))}

    async def redemptions(self, keys: Sequence[str]) -> list[Row]:
        """Those of these redemptions that were carried out, in the order of their keys: rows of `till/redemptions`."""
        found = {row["key"]: row for row in await self.database.read("till/redemptions", keys=list(keys))}
        return [found[key] for key in keys if key in found]

    async def refusal(self, key: str) -> list[str] | None:
        """The reasons that were kept under this key."""
        rows = await self.database.read("till/refusal", key=key)
        return rows[0]["reasons"] if rows else None

    async def keep_refusal(self, key: str, reasons: Sequence[str]) -> list[str]:
        """Keeps the reasons; gives those that were kept first."""
        [row] = await self.database.write_one("till/keep_refusal", key=key, reasons=list(reasons))
        return row["reasons"]
