"""Tiers in a real store: written when an order or time changes them, with one event for each change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from graph.store.database import Database
from ingest.commit import Committer
from loyalty.earning.bonus_booking import BonusBooking
from loyalty.programme.programme_editing import ProgrammeEditing, PublishedVersion
from tests.kit.building import READER, parts_of, read
from tests.kit.hard_cases import Raw, Teller, subject

pytestmark = pytest.mark.neo4j

ANN = subject("ann", given="Ann", email="ann@tiers.example")
RULES = """
points_per_unit: {default: 1}
tiers: [{name: member, from: 0}, {name: silver, from: 500}, {name: gold, from: 1500}]
qualifying: {months: 12, rolling: true, soft_landing: true}
"""


class Shop:
    def __init__(self, store: Database) -> None:
        self.store, self.teller, parts = store, Teller("tiers"), parts_of(store)
        self.committer, self.booking = Committer(parts), BonusBooking(parts)

    async def tell(self, *events: Raw) -> None:
        await self.committer.commit([READER.claims(event) for event in read(events)])

    def order(self, number: int, total: str, who: Raw = ANN, **more: Any) -> Raw:
        return self.teller.order("completed", "till", f"O{number}", who, total, **({"at": 60 * number} | more))

    async def tiers(self) -> list[str]:
        rows = await self.store.read_text("MATCH (c:Customer) RETURN c.tier AS tier ORDER BY c.number", operation="t")
        return [row["tier"] for row in rows]

    async def events(self) -> list[tuple[str, str]]:
        """Tiers before and after of all events, as they were written."""
        rows = await self.store.read_text("MATCH (b:FeedBatch) RETURN b.events AS e ORDER BY b.written", operation="t")
        told = [event for row in rows for event in orjson.loads(row["e"]) if event["type"] == "tier.changed"]
        assert all(event["number"] and event["brand"] is None for event in told)
        return [(event["data"]["before"], event["data"]["tier"]) for event in told]


async def test_a_rise_by_intake_shows_at_once_and_is_told_once(store: Database) -> None:
    shop = Shop(store)
    await shop.tell(shop.order(1, "100.00"))
    assert (await shop.booking.book_some()).chosen == 0, "nothing looks at a guest whose tier stays"
    await shop.tell(shop.order(2, "500.00"))
    assert await shop.tiers() == ["silver"]
    await shop.tell(shop.order(3, "1000.00"))
    await shop.booking.book_all()
    assert await shop.events() == [("member", "gold")]
    await shop.tell(shop.teller.refund("till", "R1", "O3", "1000.00"), shop.order(4, "1000.00"))
    await shop.booking.book_all()
    assert (await shop.tiers(), await shop.events()) == (["gold"], [("member", "gold")])


async def test_time_alone_takes_a_tier_away_when_it_is_due(store: Database) -> None:
    shop, ago = Shop(store), "2020-01-01T00:00:00Z"
    await ProgrammeEditing(store).put_back([PublishedVersion(1, ago, RULES, "ann", ago)])
    yesterday = int((datetime.now(UTC) - datetime(2026, 1, 5, 12, tzinfo=UTC)) / timedelta(minutes=1)) - 24 * 60
    ben = subject("ben", email="ben@tiers.example")
    await shop.tell(shop.order(1, "2000.00", at=yesterday), shop.order(2, "1.00", ben, at=yesterday))
    assert await shop.tiers() == ["member", "member"]
    await shop.booking.book_all()
    assert sorted(await shop.tiers()) == ["gold", "member"]
    assert (await shop.booking.book_some()).chosen == 0
    # As if 13 months had gone by.
    await store.run_schema("MATCH (t:Transaction) SET t.at = t.at - duration('P13M')")
    await store.run_schema("MATCH (c:Customer) SET c.tierDue = c.tierDue - duration('P13M')")
    before = store.round_trips
    done = await shop.booking.book_some()
    assert (done.chosen, done.customers, store.round_trips - before) == (1, 1, 4)
    assert sorted(await shop.tiers()) == ["member", "silver"]
    assert await shop.events() == [("member", "gold"), ("gold", "silver")]
    assert (await shop.booking.book_some()).chosen == 0
