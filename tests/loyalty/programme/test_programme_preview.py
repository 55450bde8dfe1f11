"""A preview counts what a draft would have given, on real orders, and changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from graph.store.database import Database
from loyalty.programme.programme import OWN, parse_programme
from loyalty.programme.programme_history import ProgrammeHistory
from loyalty.programme.programme_preview import ProgrammePreview, TierChange, preview
from tests.kit.building import PROGRAMME, READER, committer_of, read
from tests.kit.hard_cases import Raw, Teller, subject

pytestmark = pytest.mark.neo4j

START = datetime(2026, 1, 5, 12, tzinfo=UTC)
DRAFT = parse_programme("""
points_per_unit: {default: 1, cafe: 3}
not_earning: {tip: true}
tiers: [{name: member, from: 0}, {name: star, from: 25}]
qualifying: {by: points, months: 1}
bonuses:
  - {id: welcome, name: Welcome, points: 25, first: group}
  - {id: second, name: Each second order, points: 4, every: {orders: 2}}
""")


def who(name: str) -> Raw:
    return subject(name, given=name.title(), email=f"{name}@preview.example")


async def previewed(store: Database, since: datetime, most: int | None = None) -> ProgrammePreview:
    found = ProgrammePreview()
    looking = preview(
        store, ProgrammeHistory(PROGRAMME), DRAFT, since, START + timedelta(days=30), currency="USD", most=most
    )
    async for so_far in looking:
        found = so_far
    return found


async def test_orders_of_the_days_by_the_rules_of_today_and_of_the_draft(store: Database) -> None:
    teller, day = Teller("preview"), 24 * 60
    teller.order("completed", "till", "A1", who("ann"), "10.00", brand="grill")
    teller.order("completed", "till", "A2", who("ann"), "10.00", brand="cafe", at=2 * day)
    tipped = teller.order("completed", "till", "B1", who("ben"), "20.00", brand="grill", at=2 * day)
    tipped["order"]["tip"] = "5.00"
    teller.order("completed", "till", "C1", who("cleo"), "40.00", brand="grill", at=2 * day)
    teller.refund("till", "R", "C1", "40.00")
    await committer_of(store).commit([READER.claims(event) for event in read(teller.events)])
    found = await previewed(store, START + timedelta(days=1))
    assert found.rows() == [
        ("cafe", OWN, 10, 30),
        ("grill", OWN, 20, 15),
        ("grill", "welcome", 0, 25),
    ]
    assert (found.orders, found.gaining, found.losing, found.complete) == (2, 2, 0, True)
    # Of Ann's orders, that of before these days keeps its points.
    assert ("member", "star", TierChange.RISES, 1) in found.tier_rows()
    assert found.tiers.total() == found.guests
    whole = await previewed(store, START)
    assert ("cafe", "second", 0, 4) in whole.rows()
    assert (await previewed(store, START, most=1)).guests == 1
    [row] = await store.read_text("MATCH (c:Customer) RETURN sum(c.points) AS points", operation="test")
    assert row["points"] == 40
