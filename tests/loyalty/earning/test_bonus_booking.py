"""Bonuses in a real store: what orders earn is booked once, whatever comes when, and undone without a trace."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bench.kit.random_agent import by
from graph.booked_points import BookedPoints
from graph.store.database import Database
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from ingest.commit import Committer
from loyalty.earning.bonus_booking import BonusBooking
from loyalty.programme.programme import Programme
from loyalty.programme.programme_editing import ProgrammeEditing, PublishedVersion
from loyalty.programme.programmes import Programmes
from loyalty.reports.verification import verify
from tests.kit.building import PROGRAMME, READER, VAULT, has_bonuses, parts_of, read
from tests.kit.hard_cases import Raw, Teller, subject
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

ANN, ANNE = (subject(name, given=name.title(), email=f"{name}@bonus.example") for name in ("ann", "anne"))
WELCOME = {"id": "welcome", "name": "Welcome", "points": 50, "first": "group"}
THIRD = {"id": "third", "name": "Each third order", "points": 30, "every": {"orders": 3}}


class Shop:
    """A store with a programme, what tells it, and what books its bonuses."""

    def __init__(self, store: Database, *bonus: dict[str, Any]) -> None:
        rules = Programme.model_validate(PROGRAMME.model_dump(by_alias=True) | {"bonuses": bonus})
        self.store, self.teller = store, Teller("shop")
        parts = parts_of(store, programmes=Programmes(rules))
        self.committer, self.booking, self.agent = Committer(parts), BonusBooking(parts), AgentDecisions(parts)

    async def tell(self, *events: Raw) -> None:
        await self.committer.commit([READER.claims(event) for event in read(events)])

    def order(self, number: int, who: Raw = ANN, total: str = "10.00", **more: Any) -> Raw:
        return self.teller.order("completed", "till", f"O{number}", who, total, **({"at": 60 * number} | more))

    async def points(self) -> dict[str, int]:
        """The points of each guest, by source id, with everything proven."""
        await self.booking.book_all()
        await invariants(self.store, VAULT)
        assert (await verify(BookedPoints(self.store), lambda _: None)).balanced
        rows = await self.store.read_text(
            "MATCH (c:Customer)<-[:RESOLVED_TO]-(r) RETURN c.points AS points, collect(r.key) AS keys", operation="test"
        )
        names = {READER.record_key("till", name): name for name in ("ann", "anne")}
        return {" ".join(sorted(names[key] for key in row["keys"])): row["points"] for row in rows}


@asynccontextmanager
async def shop(store: Database, *bonus: dict[str, Any]) -> AsyncGenerator[Shop]:
    await has_bonuses(store)
    yield Shop(store, *bonus)


async def test_a_bonus_is_booked_once_with_its_rule_and_version(store: Database) -> None:
    async with shop(store, WELCOME) as at:
        await at.tell(at.order(1))
        before = store.round_trips
        done = await at.booking.book_some()
        assert (done, store.round_trips - before) == ((1, 1, 1), 4)  # one looks for who is pending
        assert await at.booking.book_some() == (0, 0, 0)
        assert await at.points() == {"ann": 60}
        [row] = await store.read_text(
            "MATCH (l:LedgerEntry {account: 'bonus'})-[:FOR]->(t) RETURN l {.*} AS entry, t.at AS at", operation="test"
        )
        said = {name: row["entry"][name] for name in ("kind", "rule", "version", "points", "reason", "brand")}
        assert said == {
            "kind": "bonus", "rule": "welcome", "version": 0, "points": 50, "reason": "bonus.welcome", "brand": "grill",
        }  # fmt: skip
        assert row["entry"]["at"] == row["at"]


async def test_a_late_order_moves_a_bonus_and_a_refund_takes_it(store: Database) -> None:
    async with shop(store, WELCOME) as at:
        await at.tell(at.order(5, brand="cafe"))
        assert await at.points() == {"ann": 60}
        await at.tell(at.order(2, brand="grill"))
        assert await at.points() == {"ann": 70}
        rows = await store.read_text(
            "MATCH (l:LedgerEntry {account: 'bonus'}) RETURN l.brand AS brand, sum(l.points) AS points",
            operation="test",
        )
        assert {row["brand"]: row["points"] for row in rows} == {"cafe": 0, "grill": 50}
        await at.tell(at.teller.refund("till", "R1", "O2", "10.00"), at.teller.refund("till", "R2", "O5", "10.00"))
        assert await at.points() == {"ann": 0}


async def test_a_merge_counts_all_orders_of_the_guest_and_undone_leaves_nothing(store: Database) -> None:
    async with shop(store, WELCOME, THIRD) as at:
        await at.tell(at.order(1), at.order(2, ANNE), at.order(3, ANNE))
        apart = await at.points()
        assert apart == {"ann": 60, "anne": 70}
        keys = sorted(READER.record_key("till", name) for name in ("ann", "anne"))
        done = await at.agent.plan(
            DecisionKind.MUST_MATCH, by(), lambda people: plans.must_match(people, keys), records=keys
        )
        assert await at.points() == {"ann anne": 30 + 50 + 30}
        assert done.id is not None
        await at.agent.undo(done.id, by())
        assert await at.points() == apart


async def test_a_mark_on_a_number_that_a_merge_retired_keeps_nobody_busy(store: Database) -> None:
    async with shop(store, WELCOME) as at:
        await at.tell(at.order(1), at.order(2, ANNE))
        keys = sorted(READER.record_key("till", name) for name in ("ann", "anne"))
        await at.agent.plan(DecisionKind.MUST_MATCH, by(), lambda people: plans.must_match(people, keys), records=keys)
        await store.run_schema("MATCH (c:Customer {status: 'retired'}) SET c.bonusesPending = true")
        async with asyncio.timeout(60):
            assert await at.points() == {"ann anne": 20 + 50}
        assert await at.booking.book_some() == (0, 0, 0)


async def test_the_last_event_may_come_first(store: Database) -> None:
    async with shop(store, WELCOME, THIRD) as at:
        events = [at.order(number) for number in range(7)]
        events.append(at.teller.refund("till", "R", "O3", "10.00"))
        for event in reversed(events):
            await at.tell(event)
            await at.booking.book_all()
        assert await at.points() == {"ann": 60 + 50 + 2 * 30}


async def test_two_processes_book_the_same_guests_at_once(store: Database) -> None:
    async with shop(store, WELCOME, THIRD) as at:
        await at.tell(*(at.order(number) for number in range(6)))
        [row] = await store.read("bonuses/pending", start="", size=10)
        done = await asyncio.gather(*(at.booking.book(row["numbers"]) for _ in range(6)))
        assert Counter(done) == {(1, 3, 0): 1, (0, 0, 0): 5}
        assert await at.points() == {"ann": 60 + 50 + 2 * 30}


async def test_items_are_counted_over_orders(store: Database) -> None:
    coffee = {
        "id": "coffee", "name": "Tenth coffee", "points": 40, "every": {"items": 10}, "orders": {"products": ["latte"]},
    }  # fmt: skip
    async with shop(store, coffee) as at:
        for number, cups in enumerate((4, 5, 3)):
            event = at.order(number)
            event["order"]["lines"] = [{"product": "latte", "quantity": cups, "amount": "10.00"}]
            await at.tell(event)
        assert await at.points() == {"ann": 70}


async def test_a_version_holds_for_orders_from_its_start_on_and_reaches_processes_that_did_not_hear_of_it(
    store: Database,
) -> None:
    async with shop(store) as at:
        await at.tell(at.order(1))
        assert await at.points() == {"ann": 10}
        # Another process publishes.
        editing = ProgrammeEditing(store)
        text = """
            points_per_unit: {default: 2}
            points_expire_after_months: 12
            tiers: [{name: member, from: 0}, {name: gold, from: 15}]
            bonuses: [{id: thanks, name: Thanks, points: 7}]
        """
        start = datetime(2026, 1, 5, 12, tzinfo=UTC) + timedelta(minutes=90)
        published = datetime.now(UTC).isoformat()
        await editing.put_back([PublishedVersion(1, start.isoformat(), text, "ann@staff", published)])
        await at.tell(at.order(2))
        assert await at.points() == {"ann": 10 + 20 + 7}
        assert await at.booking.start_versions() == 0, "commits may be under way that do not know it"
        await store.run_schema("MATCH (v:ProgrammeVersion) SET v.publishedAt = datetime() - duration('PT2M')")
        assert await at.booking.start_versions() == 1
        assert await at.booking.start_versions() == 0
        assert await at.points() == {"ann": 37}
        [row] = await store.read_text("MATCH (c:Customer) RETURN c.tier AS tier", operation="test")
        assert row["tier"] == "gold"
        await at.tell(at.teller.refund("till", "R", "O1", "10.00"))
        assert await at.points() == {"ann": 27}, "an order goes on under the version of its time"
