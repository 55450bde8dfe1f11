"""Commands about points in a real store: each once, decided behind a lock, and undone without a trace in any sum.

It tests loyalty.commands.command_rows and loyalty.commands.points_guest, too.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.errors import Conflict, HoldIsOver, InvalidInput, NotEnoughPoints, NotFound, RegularsError, TooManyHolds
from graph.booked_points import BookedPoints
from graph.store.database import Database
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from identity.decisions.signed_decision import Signed
from ingest.intake import Intake
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import CarriedOut, PointsCommands
from loyalty.commands.redemption import MAX_HOLDS
from loyalty.ledger.lots import Lot
from loyalty.reports.verification import verify
from tests.kit.building import READER, VAULT, intake_of, parts_of, read
from tests.kit.hard_cases import Teller, phone, subject
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN = subject("ann", given="Ann", family="Quayle", phone=phone(1))
GRILL, CAFE = Lot("grill", "2027-01-31"), Lot("cafe", "2027-01-31")
_REDEEM, _HOLD, _CAPTURE = CommandKind.REDEEM, CommandKind.HOLD, CommandKind.CAPTURE
_RELEASE, _REVERSE, _GRANT = CommandKind.RELEASE, CommandKind.REVERSE, CommandKind.GRANT


def command(key: str, kind: CommandKind, points: int | None = None, **more: Any) -> Command:
    if kind is CommandKind.HOLD:
        more.setdefault("seconds", 600)
    return Command(key, more.pop("asked", key), kind, "test", points, **more)


@asynccontextmanager
async def ann(
    store: Database, *amounts: str, brand: str = "grill"
) -> AsyncGenerator[tuple[PointsCommands, str, Intake]]:
    """Ann with an order of each amount, her commands, and her number."""
    teller = Teller("ann")
    for number, amount in enumerate(amounts):
        teller.order("completed", "till", f"O{number}", ANN, amount, brand=brand)
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
        [row] = await store.read_text("MATCH (c:Customer) RETURN c.number AS number", operation="test")
        yield PointsCommands(store), row["number"], intake


async def proven(store: Database) -> None:
    """The sums of the store follow from its entries."""
    await invariants(store, VAULT)
    assert (await verify(BookedPoints(store), lambda _: None)).balanced


async def test_points_are_used_once_however_often_the_request_is_sent(store: Database) -> None:
    async with ann(store, "30.00", "20.00") as (points, number, _):
        ask = command("r-1", _REDEEM, 35, number=number, brand="grill")
        before = store.round_trips
        first = await points.carry_out(ask, NOW)
        assert store.round_trips - before == 3
        again = await points.carry_out(ask, NOW + timedelta(days=30))
        assert (first.new, again.new) == (True, False)
        assert (first.left, again.left) == (15, 15)
        assert first.redemption.used == again.redemption.used == {GRILL: 35}
        with pytest.raises(Conflict, match="used for something else"):
            await points.carry_out(command("r-1", _REDEEM, 36, number=number, asked="other"), NOW)
        with pytest.raises(NotEnoughPoints, match="Only 15 points"):
            await points.carry_out(command("r-2", _REDEEM, 16, number=number), NOW)
        await proven(store)


async def test_a_hold_is_captured_in_part_and_the_rest_comes_back(store: Database) -> None:
    async with ann(store, "50.00") as (points, number, _):
        held = await points.carry_out(command("h-1", _HOLD, 30, number=number), NOW)
        assert (held.left, dict(held.redemption.held)) == (20, {GRILL: 30})
        with pytest.raises(NotEnoughPoints):
            await points.carry_out(command("r-1", _REDEEM, 21, number=number), NOW)
        with pytest.raises(InvalidInput, match="Only 30 points are held"):
            await points.carry_out(command("c-0", _CAPTURE, 31, of="h-1"), NOW)
        captured = await points.carry_out(command("c-1", _CAPTURE, 12, of="h-1"), NOW)
        assert (captured.left, +captured.redemption.held, captured.redemption.used) == (38, {}, {GRILL: 12})
        with pytest.raises(InvalidInput, match="Nothing is held"):
            await points.carry_out(command("l-1", _RELEASE, of="h-1"), NOW)
        await proven(store)


async def test_a_hold_ends_by_itself_and_that_is_booked_when_somebody_looks(store: Database) -> None:
    async with ann(store, "50.00") as (points, number, _):
        await points.carry_out(command("h-1", _HOLD, 50, number=number, seconds=60), NOW)
        later = NOW + timedelta(seconds=60)
        with pytest.raises(HoldIsOver):
            await points.carry_out(command("c-1", _CAPTURE, of="h-1"), later)
        again = await points.carry_out(command("h-1", _HOLD, 50, number=number, seconds=60), later)
        assert (again.new, again.left, +again.redemption.held) == (False, 50, {})
        assert (await points.carry_out(command("r-1", _REDEEM, 50, number=number), later)).left == 0
        [row] = await store.read_text("RETURN COUNT { ()-[:HOLDS]->() } AS open", operation="test")
        assert row["open"] == 0
        await proven(store)


async def test_what_is_reversed_comes_back_to_its_lots_in_parts(store: Database) -> None:
    async with ann(store, "50.00") as (points, number, intake):
        teller = Teller("cafe")
        teller.order("completed", "till", "C", ANN, "10.00", brand="cafe")
        await intake.submit(read(teller.events))
        used = await points.carry_out(command("r-1", _REDEEM, 55, number=number), NOW)
        assert used.redemption.used == {CAFE: 10, GRILL: 45}
        part = await points.carry_out(command("v-1", _REVERSE, 46, of="r-1"), NOW)
        assert (+part.redemption.used, part.left) == ({CAFE: 9}, 51)
        whole = await points.carry_out(command("v-2", _REVERSE, of="r-1"), NOW)
        assert (+whole.redemption.used, whole.left) == ({}, 60)
        with pytest.raises(InvalidInput, match="Nothing of this is used"):
            await points.carry_out(command("v-3", _REVERSE, of="r-1"), NOW)
        await proven(store)


async def test_a_refund_of_used_points_is_a_debt_that_the_next_order_pays(store: Database) -> None:
    async with ann(store, "50.00") as (points, number, intake):
        await points.carry_out(command("r-1", _REDEEM, 40, number=number), NOW)
        teller = Teller("back")
        teller.refund("till", "R", "O0", None)
        await intake.submit(read(teller.events))
        with pytest.raises(NotEnoughPoints, match="Only 0 points"):
            await points.carry_out(command("r-2", _REDEEM, 1, number=number), NOW)
        teller.order("completed", "till", "O9", ANN, "45.00")
        await intake.submit(read(teller.events[-1:]))
        assert (await points.carry_out(command("r-3", _REDEEM, 5, number=number), NOW)).left == 0
        await proven(store)


async def test_points_are_given_and_taken_by_an_agent(store: Database) -> None:
    async with ann(store, "10.00") as (points, number, _):
        grant = command("g-1", _GRANT, 25, number=number, brand="grill", expires="2026-04-30")
        assert (await points.carry_out(grant, NOW)).left == 35
        used = await points.carry_out(command("r-1", _REDEEM, 30, number=number), NOW)
        assert used.redemption.used == {Lot("grill", "2026-04-30"): 25, GRILL: 5}
        assert (await points.carry_out(command("g-2", _GRANT, -5, number=number, brand="grill"), NOW)).left == 0
        with pytest.raises(InvalidInput, match="no such brand"):
            await points.carry_out(command("g-3", _GRANT, 5, number=number, brand="nowhere"), NOW)
        await proven(store)


async def test_only_the_brands_that_a_caller_may_see_are_used(store: Database) -> None:
    async with ann(store, "10.00") as (points, number, _):
        cafe = frozenset(("cafe",))
        with pytest.raises(NotEnoughPoints, match="Only 0 points"):
            await points.carry_out(command("r-1", _REDEEM, 1, number=number, lots_of=cafe), NOW)
        await points.carry_out(command("r-2", _REDEEM, 1, number=number, brand="grill"), NOW)
        with pytest.raises(NotFound):
            await points.carry_out(command("v-1", _REVERSE, of="r-2", lots_of=cafe), NOW)


async def test_nobody_and_nothing_is_found(store: Database) -> None:
    async with ann(store, "10.00") as (points, _, _):
        with pytest.raises(NotFound, match="no such customer"):
            await points.carry_out(command("r-1", _REDEEM, 1, number="CUST-0000-0000-0000"), NOW)
        with pytest.raises(NotFound, match="no such redemption"):
            await points.carry_out(command("v-1", _REVERSE, of="nothing"), NOW)


async def test_a_guest_has_a_number_of_holds_at_a_time(store: Database) -> None:
    async with ann(store, "100.00") as (points, number, _):
        holds = [command(f"h-{n}", _HOLD, 1, number=number) for n in range(MAX_HOLDS + 1)]
        *opened, refused = await points.carry_out_all(holds, NOW)
        assert all(isinstance(one, CarriedOut) for one in opened)
        assert isinstance(refused, TooManyHolds)
        await points.carry_out(command("l-1", _RELEASE, of="h-0"), NOW)
        await points.carry_out(command("h-more", _HOLD, 1, number=number), NOW)
        await proven(store)


async def test_a_batch_carries_out_each_as_if_alone(store: Database) -> None:
    async with ann(store, "50.00") as (points, number, _):
        asked = [command(f"r-{n}", _REDEEM, 20, number=number) for n in (1, 2, 3)]
        one, two, three, again, other = await points.carry_out_all(
            [*asked, asked[0], command("r-2", _REDEEM, 1, number=number, asked="other")], NOW
        )
        assert isinstance(one, CarriedOut)
        assert isinstance(two, CarriedOut)
        assert isinstance(three, NotEnoughPoints)
        assert isinstance(again, CarriedOut)
        assert (one.new, again.new, again.left) == (True, False, one.left)
        holds = [command(f"h-{n}", _HOLD, n + 1, number=number) for n in (1, 2)]
        await points.carry_out_all(holds, NOW)
        part, rest = await points.carry_out_all(
            [command("l-1", _RELEASE, 1, of="h-1"), command("l-2", _RELEASE, of="h-1")], NOW
        )
        assert isinstance(part, CarriedOut)
        assert isinstance(rest, CarriedOut)
        assert (part.redemption.held.total(), rest.redemption.held.total()) == (1, 0)
        assert isinstance(other, Conflict)
        await proven(store)


async def test_who_turn_out_to_be_two_people_keep_their_own_points_and_the_user_of_them_pays(store: Database) -> None:
    teller = Teller("two")
    teller.order("completed", "till", "O1", ANN, "30.00")
    teller.order("completed", "till", "O2", subject("eve", given="Eve", family="Stone", phone=phone(2)), "50.00")
    hers, eves = (READER.record_key("till", id_) for id_ in ("ann", "eve"))
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    agent, points = AgentDecisions(parts_of(store)), PointsCommands(store)
    merged = await agent.plan(
        DecisionKind.MUST_MATCH,
        Signed("agent", "one guest"),
        lambda people: plans.must_match(people, [hers, eves]),
        records=[hers, eves],
    )
    used = await points.carry_out(command("r-1", _REDEEM, 60, record=hers), NOW)
    assert used.left == 20
    assert merged.id is not None
    await agent.undo(merged.id, Signed("agent", "two guests"))
    with pytest.raises(NotEnoughPoints):  # she used 30 points that were Eve's, and owes them
        await points.carry_out(command("r-2", _REDEEM, 1, record=hers), NOW)
    assert (await points.carry_out(command("r-3", _REDEEM, 50, record=eves), NOW)).left == 0
    assert (await points.carry_out(command("v-1", _REVERSE, of="r-1"), NOW)).left == 30
    await proven(store)


async def test_a_request_that_arrives_twice_at_once_gets_one_answer(store: Database, second_store: Database) -> None:
    async with ann(store, "10.00") as (_, number, _):
        sides = PointsCommands(store), PointsCommands(second_store)
        for turn in range(10):
            ask = command(f"same-{turn}", _REDEEM, 10, number=number)
            outcomes = await asyncio.gather(*(side.carry_out(ask, NOW) for side in sides))
            assert sorted(one.new for one in outcomes) == [False, True]
            back = command(f"back-{turn}", _REVERSE, of=ask.key)
            outcomes = await asyncio.gather(*(side.carry_out(back, NOW) for side in sides))
            assert [one.left for one in outcomes] == [10, 10]
        await proven(store)


@pytest.mark.parametrize(("rounds", "parallel"), [(3, 60)])
async def test_of_many_at_once_from_two_processes_one_gets_the_last_points(
    store: Database, second_store: Database, rounds: int, parallel: int
) -> None:
    async with ann(store, "10.00") as (_, number, _):
        sides = PointsCommands(store), PointsCommands(second_store)
        for turn in range(rounds):
            asked = [command(f"{turn}-{n}", _REDEEM, 10, number=number) for n in range(parallel)]
            outcomes = await asyncio.gather(
                *(sides[n % 2].carry_out(one, NOW) for n, one in enumerate(asked)), return_exceptions=True
            )
            won = [one for one in outcomes if isinstance(one, CarriedOut)]
            assert len(won) == 1
            assert {type(one) for one in outcomes if isinstance(one, RegularsError)} == {NotEnoughPoints}
            await sides[0].carry_out(command(f"{turn}-back", _REVERSE, of=won[0].redemption.key), NOW)
        await proven(store)
