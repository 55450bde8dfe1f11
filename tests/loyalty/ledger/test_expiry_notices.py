"""Notices of points that expire in a real store: each once, also where a run dies, and at the cost of what expires."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from engagement.webhooks.receiver import EVENT_TYPES, OF_BRANDS
from graph.jobs import Job, LeaseLost, Progress
from graph.store.database import Database
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import PointsCommands
from loyalty.ledger.expiry_notices import POINTS_EXPIRING, ExpiryNotices
from loyalty.programme.programmes import Programmes
from tests.kit.building import PROGRAMME, READER
from tests.loyalty.commands.test_points_commands_rewards import three_guests

pytestmark = pytest.mark.neo4j
NOW = datetime.now(UTC)
JOB = Job("j", POINTS_EXPIRING, "today", 1, False, "lease", {})
_GRANT, _REDEEM, _HOLD = CommandKind.GRANT, CommandKind.REDEEM, CommandKind.HOLD


def day(number: int) -> str:
    return (NOW.date() + timedelta(days=number)).isoformat()


async def give(points: PointsCommands, key: str, guest: str, amount: int, last: str, brand: str = "grill") -> None:
    record = READER.record_key("till", guest)
    await points.carry_out(Command(key, key, _GRANT, "test", amount, record=record, brand=brand, expires=last), NOW)


class Notices:
    """A process that tells of points that expire within so many days; a page is one entry."""

    def __init__(self, store: Database, days: int | None = 5) -> None:
        self.store, self.progress, self.saved = store, dict[str, Any](), 0
        rules = PROGRAMME.model_copy(update={"expiring_soon_days": days})
        self.notices = ExpiryNotices(store, Programmes(rules), page_size=1)

    async def run(self, *, dies_after: int = 1_000) -> list[tuple[str, str, int]]:
        """What is told in one run: day, brand and points of each notice for a day of these tests. It ends with its
        nth progress."""
        before = await self._told()

        async def save(value: Mapping[str, Any]) -> None:
            self.progress, self.saved = dict(value), self.saved + 1
            if self.saved >= dies_after:
                raise LeaseLost

        try:
            await self.notices.run(JOB, Progress(dict(self.progress), save))
            self.progress = {}
        except LeaseLost:
            assert self.saved == dies_after
        told = [event["data"] for event in await self._told() if event not in before]
        return [(one["lastDay"], one["brand"], one["points"]) for one in told]

    async def _told(self) -> list[dict[str, Any]]:
        rows = await self.store.read_text("MATCH (b:FeedBatch) RETURN b.events AS e ORDER BY b.written", operation="t")
        events = [event for row in rows for event in orjson.loads(row["e"]) if event["type"] == POINTS_EXPIRING]
        days = {day(number) for number in range(20)}
        return [event for event in events if event["data"]["lastDay"] in days]


async def test_a_guest_is_told_once_for_each_brand_and_last_day(store: Database) -> None:
    async with three_guests(store) as points:
        for n, amount in enumerate((5, 6, 7)):
            await give(points, f"a-{n}", "ann", amount, day(3))
        await store.run_schema("CREATE (:Brand {id: 'cafe'})")
        await give(points, "c-1", "ann", 4, day(3), "cafe")
        await give(points, "e-1", "eve", 8, day(5))
        await give(points, "j-1", "joe", 9, day(6))
        notices = Notices(store)
        assert sorted(await notices.run()) == sorted([(day(3), "cafe", 4), (day(3), "grill", 18), (day(5), "grill", 8)])
        assert await notices.run() == []
        await give(points, "e-2", "eve", 8, day(5))
        assert await notices.run() == [], "a day is told of once"
        assert await Notices(store, days=6).run() == [(day(6), "grill", 9)]
        rows = await store.read_text("MATCH (b:FeedBatch) RETURN b.events AS e", operation="t")
        ids = [event["id"] for row in rows for event in orjson.loads(row["e"]) if event["type"] == POINTS_EXPIRING]
        assert len(ids) == len(set(ids))


async def test_only_points_in_hand_are_told_of(store: Database) -> None:
    async with three_guests(store) as points:
        for guest in ("ann", "eve", "joe"):
            await give(points, f"g-{guest}", guest, 10, day(2))
        record = READER.record_key("till", "ann")
        await points.carry_out(Command("r", "r", _REDEEM, "test", 10, record=record), NOW)
        record = READER.record_key("till", "eve")
        await points.carry_out(Command("h", "h", _HOLD, "test", 4, record=record, seconds=3600), datetime.now(UTC))
        assert sorted(await Notices(store).run()) == [(day(2), "grill", 6), (day(2), "grill", 10)]


async def test_a_run_that_dies_is_followed_by_one_that_tells_the_rest(store: Database) -> None:
    async with three_guests(store) as points:
        for number, guest in enumerate(("ann", "eve", "joe")):
            await give(points, f"g-{guest}", guest, 10, day(1))
            await give(points, f"f-{guest}", guest, 20 + number, day(4))
        for fresh in (False, True):  # the same job goes on, or one of the next day begins anew
            await store.run_schema("MATCH (n) WHERE n.expiryNoticed IS NOT NULL REMOVE n.expiryNoticed")
            await store.run_schema("MATCH (b:FeedBatch) DELETE b")
            notices = Notices(store)
            told = await notices.run(dies_after=2)
            assert len(told) == 2
            if fresh:
                notices = Notices(store)
            notices.saved = 0
            told += await notices.run()
            assert sorted(told) == [(day(1), "grill", 10)] * 3 + [(day(4), "grill", 20 + n) for n in range(3)]


async def test_what_expires_is_found_without_a_look_at_other_guests(store: Database) -> None:
    async with three_guests(store) as points:
        await give(points, "a", "ann", 5, day(3))
        before = store.round_trips
        assert len(await Notices(store).run()) == 1
        few = store.round_trips - before
        for n in range(30):
            await give(points, f"later-{n}", "eve", 5, day(100 + n))
        await store.run_schema("MATCH (n) WHERE n.expiryNoticed IS NOT NULL REMOVE n.expiryNoticed")
        await store.run_schema("MATCH (b:FeedBatch) DELETE b")
        before = store.round_trips
        assert len(await Notices(store).run()) == 1
        assert store.round_trips - before == few


async def test_without_the_setting_nothing_is_told(store: Database) -> None:
    async with three_guests(store) as points:
        await give(points, "a", "ann", 5, day(3))
        assert await Notices(store, days=None).run() == []
        assert len(await Notices(store).run()) == 1


def test_the_type_can_be_asked_for_by_a_brand() -> None:
    assert POINTS_EXPIRING in EVENT_TYPES
    assert POINTS_EXPIRING in OF_BRANDS
