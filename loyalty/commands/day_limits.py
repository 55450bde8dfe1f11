"""Limits of one day: how much an agent or a till gives on it. When the day is long over they are deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from graph.store.database import Database

_KEPT = timedelta(days=30)
_PAGE = 1_000


class DayLimitKind(StrEnum):
    """What a caller gives."""

    GRANTS = "grants"
    TRANSFERS = "transfers"


def day_limit(kind: DayLimitKind, day: date, caller: str) -> str:
    """The key of a caller's limit on a day (UTC). `caller` is a hash, as limits are shown where they do not add up."""
    return f"{kind}|{day.isoformat()}|{caller}"


@dataclass(frozen=True, slots=True)
class DayLimits:
    """The limits by day of one database."""

    database: Database
    page_size: int = _PAGE

    async def forget(self) -> bool:
        """Deletes some of days that are over for 30 days; whether there may be more. Commands stay as they are, and
        nobody asks what such a day has left. Raises Unavailable."""
        before = (datetime.now(UTC) - _KEPT).date().isoformat()
        kinds = [kind.value for kind in DayLimitKind]
        [row] = await self.database.write_one(
            "points_commands/forget_limits", kinds=kinds, before=before, size=self.page_size
        )
        return row["deleted"] == self.page_size
