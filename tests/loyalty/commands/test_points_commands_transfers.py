"""Points go from one guest to another in a real store: whole, once, and back only while the other one has them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import Conflict, DayLimitReached, InvalidInput, NotEnoughPoints, NotFound
from graph.booked_points import BookedPoints
from graph.store.database import Database
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from identity.decisions.signed_decision import Signed
from loyalty.commands.command import Allowance, Command, CommandKind, Recipient
from loyalty.commands.points_commands import CarriedOut, PointsCommands
from loyalty.ledger.lots import Lot
from loyalty.reports.verification import TRANSFERRED, verify
from tests.kit.building import READER, VAULT, intake_of, parts_of, read
from tests.kit.hard_cases import Teller, phone, subject
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GRILL, CAFE = Lot("grill", "2027-01-31"), Lot("cafe", "2027-01-31")
ANN, EVE = (READER.record_key("till", id_) for id_ in ("ann", "eve"))


@dataclass
class Two:
    """Ann with 20 points of the grill and 10 of the cafe, and Eve with 50 of the grill."""

    store: Database
    points: PointsCommands

    def give(self, key: str, points: int | None, giver: str = ANN, to: str = EVE, **more: Any) -> Command:
        asked = more.pop("asked", key)
        return Command(key, asked, CommandKind.TRANSFER, "test", points, record=giver, to=Recipient(record=to), **more)

    async def done(self, command: Command) -> CarriedOut:
        return await self.points.carry_out(command, NOW)

    async def back(self, key: str, of: str, points: int | None = None) -> CarriedOut:
        return await self.done(Command(key, key, CommandKind.REVERSE, "test", points, of=of))

    async def use(self, key: str, record: str, points: int) -> CarriedOut:
        return await self.done(Command(key, key, CommandKind.REDEEM, "test", points, record=record))

    async def proven(self) -> None:
        """The sums of the store follow from its entries, and what is transferred is zero over all guests."""
        await invariants(self.store, VAULT)
        booked = BookedPoints(self.store)
        assert (await verify(booked, lambda _: None)).balanced
        accounts = {row["account"]: row["points"] for row in await booked.accounts()}
        assert accounts.get("transferred", 0) == 0


@asynccontextmanager
async def two(store: Database) -> AsyncGenerator[Two]:
    teller = Teller("two")
    ann, eve = subject("ann", given="Ann", phone=phone(1)), subject("eve", given="Eve", phone=phone(2))
    teller.order("completed", "till", "O1", ann, "20.00")
    teller.order("completed", "till", "O2", ann, "10.00", brand="cafe")
    teller.order("completed", "till", "O3", eve, "50.00")
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    yield Two(store, PointsCommands(store))


async def test_points_go_over_once_with_their_lots_and_come_back_to_them(store: Database) -> None:
    async with two(store) as story:
        before = store.round_trips
        first = await story.done(story.give("t-1", 15))
        assert store.round_trips - before == 3
        again = await story.done(story.give("t-1", 15, to="gone"))
        assert (first.new, again.new, first.left, again.left) == (True, False, 15, 15)
        assert first.redemption.used == again.redemption.used == {CAFE: 10, GRILL: 5}
        assert (await story.use("r-1", EVE, 56)).redemption.used == {CAFE: 10, GRILL: 46}
        with pytest.raises(NotEnoughPoints, match="has used some"):
            await story.back("v-0", "t-1")
        part = await story.back("v-1", "t-1", 5)
        assert (part.left, +part.redemption.used) == (20, {CAFE: 10})
        await story.back("v-2", "r-1")
        assert (await story.back("v-3", "t-1")).left == 30
        assert (await story.use("r-2", EVE, 50)).left == 0
        with pytest.raises(InvalidInput, match="Nothing of this"):
            await story.back("v-4", "t-1:to")
        await story.proven()


async def test_what_makes_no_sense_is_refused(store: Database) -> None:
    async with two(store) as story:
        for command, error, message in (
            (story.give("x-1", 31), NotEnoughPoints, "Only 30"),
            (story.give("x-2", 5, to=ANN), InvalidInput, "same guest"),
            (story.give("x-3", 5, to="nobody"), NotFound, "to get the points"),
            (story.give("x-4", 11, lots_of=frozenset(("cafe",))), NotEnoughPoints, "Only 10"),
        ):
            with pytest.raises(error, match=message):
                await story.done(command)
        assert (await story.done(story.give("t-1", None, lots_of=frozenset(("cafe",))))).redemption.used == {CAFE: 10}
        with pytest.raises(Conflict, match="something else"):
            await story.done(story.give("t-1", None, asked="other"))
        with pytest.raises(NotEnoughPoints, match="Only 0"):
            await story.done(story.give("x-5", None, lots_of=frozenset(("cafe",))))
        await story.proven()


async def test_a_pair_that_is_one_guest_for_a_while_cancels_out(store: Database) -> None:
    async with two(store) as story:
        await story.done(story.give("t-1", 30))
        agent, pair = AgentDecisions(parts_of(store)), [ANN, EVE]
        merged = await agent.plan(
            DecisionKind.MUST_MATCH,
            Signed("agent", "one guest"),
            lambda people: plans.must_match(people, pair),
            records=pair,
        )
        with pytest.raises(NotEnoughPoints, match="Only 80"):
            await story.use("r-1", ANN, 81)
        with pytest.raises(InvalidInput, match="same guest"):
            await story.done(story.give("t-2", 1))
        assert (await story.back("v-1", "t-1", 10)).left == 80
        assert merged.id is not None
        await agent.undo(merged.id, Signed("agent", "two guests"))
        assert (await story.use("r-2", ANN, 10)).left == 0
        assert (await story.use("r-3", EVE, 70)).left == 0
        await story.proven()


async def test_a_guests_day_follows_the_guest_through_a_merge_and_back(store: Database) -> None:
    own, key = Allowance(None, 20), Allowance("transfers|day|till", 20)
    async with two(store) as story:
        teller = Teller("third")
        teller.order("completed", "till", "O4", subject("zoe", given="Zoe", phone=phone(3)), "1.00")
        async with intake_of(store) as intake:
            await intake.submit(read(teller.events))
        zoe = READER.record_key("till", "zoe")
        both = await asyncio.gather(
            *(story.done(story.give(f"t-{n}", 12, to=zoe, allowance=own)) for n in (1, 2)), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in both) == ["CarriedOut", "DayLimitReached"]
        # A till has a limit of its own, which all points count against, and what it gives counts for the guest.
        await story.done(story.give("t-3", None, EVE, zoe, allowance=Allowance("transfers|day|big", 100)))
        with pytest.raises(DayLimitReached, match="20 more"):
            await story.done(story.give("t-4", None, zoe, ANN, allowance=key))
        await story.done(story.give("t-5", 20, zoe, EVE, allowance=key))
        with pytest.raises(DayLimitReached, match=" 0 more"):
            await story.done(story.give("t-6", 1, EVE, zoe, allowance=own))
        await story.done(story.give("t-7", 8, allowance=own))
        agent, pair = AgentDecisions(parts_of(store)), [ANN, zoe]
        merged = await agent.plan(
            DecisionKind.MUST_MATCH,
            Signed("agent", "one guest"),
            lambda people: plans.must_match(people, pair),
            records=pair,
        )
        with pytest.raises(DayLimitReached, match=" 0 more"):
            await story.done(story.give("t-8", 1, zoe, EVE, allowance=Allowance(None, 40)))
        assert merged.id is not None
        await agent.undo(merged.id, Signed("agent", "two guests"))
        assert (await story.done(story.give("t-9", 20, zoe, EVE, allowance=Allowance(None, 40)))).new
        await story.proven()


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("MATCH (:PointsCommand {key: 't-1:to'})<-[:FOR]-(l:LedgerEntry) SET l.points = 4", [("t-1", -5, -4)]),
        ("MATCH (k:PointsCommand {key: 't-1:to'})<-[:FOR]-(l:LedgerEntry) DETACH DELETE k, l", [("t-1", -5, 0)]),
        ("MATCH (k:PointsCommand {key: 't-1'})<-[:FOR]-(l:LedgerEntry) DETACH DELETE k, l", [("t-1:to", 5, 0)]),
        ("MATCH (k:PointsCommand {key: 'v-1:to'})<-[:FOR]-(l:LedgerEntry) DETACH DELETE k, l", [("v-1", 2, 0)]),
    ],
)
async def test_a_side_without_the_other_is_a_fault(
    store: Database, damage: str, found: list[tuple[str, int, int]]
) -> None:
    async with two(store) as story:
        await story.done(story.give("t-1", 5, lots_of=frozenset(("grill",))))
        await story.back("v-1", "t-1", 2)
        await story.proven()
        await store.run_schema(damage)
        books = await verify(BookedPoints(store), lambda _: None)
        named = [one for one in books.differences if one.points.startswith(TRANSFERRED)]
        assert [(one.holder, one.stored, one.sum) for one in named] == found


async def test_two_who_give_to_each_other_at_once_lose_nothing(store: Database, second_store: Database) -> None:
    async with two(store) as story:
        sides = story.points, PointsCommands(second_store)
        asked = [
            story.give(f"{turn}-{giver}", 5, giver, to) for turn in range(6) for giver, to in ((ANN, EVE), (EVE, ANN))
        ]
        outcomes = await asyncio.gather(*(sides[n % 3 % 2].carry_out(one, NOW) for n, one in enumerate(asked)))
        assert all(one.new for one in outcomes)
        assert (await story.use("r-1", ANN, 30)).left == 0
        assert (await story.use("r-2", EVE, 50)).left == 0
        await story.proven()
