"""Others hear that points are about to expire: one event for each guest, brand and last day.

Points expire without any job (ADR 48). This one only tells of it, so many days before: `expiring_soon_days` of the
programme. It looks at each last day once, by the ledger entries that have it, so it costs what expires and not what
there is.

What others have heard stands in the store: on the programme the day up to which all is, on a guest the last day of the
latest notice. So a day without any process is made up for, and a run that died goes on. Two runs at once write events
with the same ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from domain.feed_event import FeedEvent, feed_rows
from domain.stored_stats import read_stats, stored_lots
from graph.jobs import Job, Progress
from graph.store.database import Database, DbTransaction
from loyalty.ledger.lots import points_balance
from loyalty.programme.programmes import Programmes

POINTS_EXPIRING = "points.expiring"
"""The type of the events, and the kind of the job."""
_PAGE = 500


@dataclass(frozen=True, slots=True)
class ExpiryNotices:
    """Notices of one database, by its programme."""

    database: Database
    programmes: Programmes
    page_size: int = _PAGE

    async def run(self, job: Job, progress: Progress) -> None:
        """Tells of all points that expire within the programme's days, and of which nobody has heard. Its progress is
        the day and the entry where it stands. Raises Unavailable, and LeaseLost."""
        await self.programmes.refresh(self.database)
        days = self.programmes.today.expiring_soon_days
        if days is None:
            return
        now = datetime.now(UTC)
        today = now.date()
        until = (today + timedelta(days=days)).isoformat()
        reached = [row["day"] for row in await self.database.read("expiry/reached")]
        day: str | None = progress.value.get("day")
        after: str | None = progress.value.get("after", "")
        if day is None:
            day = await self._next_day(max([(today - timedelta(days=1)).isoformat(), *reached]), until)
        while day is not None:
            while after is not None:
                after = await self._page(day, after, now)
                if after is not None:
                    await progress.save({"day": day, "after": after})
            day, after = await self._next_day(day, until), ""
            await progress.save({"day": day, "after": after})
        await self.database.write_one("expiry/reach", day=until)

    async def _next_day(self, after: str, until: str) -> str | None:
        rows = await self.database.read("expiry/next_day", after=after, until=until)
        return rows[0]["day"] if rows else None

    async def _page(self, day: str, after: str, now: datetime) -> str | None:
        """Tells of one page; the last entry that it has seen, or None where no page follows."""
        [page] = await self.database.read("expiry/page", day=day, after=after, size=self.page_size)
        events = list(_events(page["guests"], day, now))
        numbers = sorted({event.number for event in events if event.number is not None})
        if not events:
            return page["last"]

        async def write(tx: DbTransaction) -> None:
            await tx.run(
                "expiry/notice", "feed/write", batch={"day": day, "numbers": numbers, "feed": feed_rows(events)}
            )

        await self.database.write("expiry/notice", write)
        return page["last"]


def _events(guests: Iterable[tuple[str, str | None]], day: str, now: datetime) -> Iterator[FeedEvent]:
    """What guests (number, stats) have in hand that expires on this day. What they set aside is not in hand."""
    for number, stats in guests:
        for lot, points in points_balance(*stored_lots(read_stats(stats)), now).in_hand.items():
            if lot.expires == day:
                yield FeedEvent(
                    id=f"expiring|{number}|{lot.brand}|{day}",
                    type=POINTS_EXPIRING,
                    time=now.isoformat(),
                    number=number,
                    brand=lot.brand,
                    data={"points": points, "brand": lot.brand, "lastDay": day},
                )
