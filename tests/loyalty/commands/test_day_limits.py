"""Limits of a day are deleted when it is long over, in pages, and no other limit is."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from graph.booked_points import BookedPoints
from graph.store.database import Database
from loyalty.commands.command import Allowance, Command, CommandKind
from loyalty.commands.day_limits import DayLimitKind, DayLimits, day_limit
from loyalty.reports.verification import verify
from tests.kit.building import READER
from tests.loyalty.commands.test_points_commands_rewards import NOW, three_guests, want

pytestmark = pytest.mark.neo4j
TODAY = datetime.now(UTC).date()
OLD, FRESH = TODAY - timedelta(days=31), TODAY - timedelta(days=29)


def grant(key: str, day: date, kind: DayLimitKind = DayLimitKind.GRANTS) -> Command:
    allowance = Allowance(day_limit(kind, day, "a"), 100)
    record = READER.record_key("till", "ann")
    return Command(key, key, CommandKind.GRANT, "uma", 1, record=record, brand="grill", allowance=allowance)


async def limits(store: Database) -> set[str]:
    rows = await store.read_text("MATCH (l:Limit) RETURN l.key AS key", operation="test")
    return {row["key"] for row in rows}


@pytest.mark.parametrize("size", [1, 2, 4, 1000])
async def test_limits_of_days_long_over_are_deleted_in_pages(store: Database, size: int) -> None:
    async with three_guests(store) as points:
        for n in range(3):
            await points.carry_out(grant(f"old-{n}", OLD), NOW)
        await points.carry_out(grant("transfer", OLD, DayLimitKind.TRANSFERS), NOW)
        await points.carry_out(grant("fresh", FRESH), NOW)
        await points.carry_out(want("r-1", reward="coffee"), NOW)
        kept = {day_limit(DayLimitKind.GRANTS, FRESH, "a"), "stock|coffee"}
        assert await limits(store) == kept | {day_limit(kind, OLD, "a") for kind in DayLimitKind}
        old, pages = DayLimits(store, page_size=size), 1
        while await old.forget():
            pages += 1
        assert pages == 4 // size + 1
        assert await limits(store) == kept
        assert not (await points.carry_out(grant("old-1", OLD), NOW)).new, "it is known that it was carried out"
        assert (await verify(BookedPoints(store), lambda _: None)).balanced
