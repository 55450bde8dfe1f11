"""While a process runs, bonuses are booked by themselves, and a version that starts comes to all customers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from graph.store.database import Database
from loyalty.earning.bonus_booking import BonusBooking
from loyalty.programme.programme_editing import ProgrammeEditing, PublishedVersion
from runtime import bonus_keeper
from runtime.bonus_keeper import bonuses_kept
from tests.kit.building import READER, committer_of, parts_of, read
from tests.kit.hard_cases import Teller, subject

pytestmark = pytest.mark.neo4j

RULES = "points_per_unit: {default: 1}\ntiers: [{name: star, from: 0}]\nbonuses: [{id: hi, name: Hi, points: 5}]\n"


async def test_bonuses_are_booked_while_a_process_runs(store: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bonus_keeper, "EVERY_S", 0.02)
    monkeypatch.setattr(bonus_keeper, "REFRESHED_S", 0.1)
    teller = Teller("keeper")
    for number, at in enumerate((0, 600)):
        teller.order("completed", "till", f"O{number}", subject("ann", email="ann@keep.example"), "10.00", at=at)
    early, late = (READER.claims(event) for event in read(teller.events))
    editing = ProgrammeEditing(store)
    async with bonuses_kept(BonusBooking(parts_of(store))):
        await committer_of(store).commit([early])
        # Between the two orders; another process has read nothing of it.
        start, long_ago = (early.at + timedelta(hours=1)).isoformat(), "2026-01-01T00:00:00Z"
        await editing.put_back([PublishedVersion(1, start, RULES, "ann", long_ago)])
        await committer_of(store).commit([late])
        async with asyncio.timeout(60):
            while await _standing(store) != ("star", 25):  # noqa: ASYNC110 (it happens in the store)
                await asyncio.sleep(0.05)


async def _standing(store: Database) -> tuple[str, int]:
    [row] = await store.read_text("MATCH (c:Customer) RETURN c.tier AS tier, c.points AS points", operation="test")
    return row["tier"], row["points"]
