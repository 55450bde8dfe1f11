"""Grants in a real store: a day's allowance holds from many sides at once, and a proposal is answered once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.errors import Conflict, DayLimitReached, InvalidInput, NotFound
from graph.booked_points import BookedPoints
from graph.store.database import Database
from loyalty.commands.command import Allowance, Command, CommandKind
from loyalty.commands.points_commands import CarriedOut, PointsCommands
from loyalty.reports.verification import verify
from tests.kit.building import READER, intake_of, read
from tests.kit.hard_cases import Teller, phone, subject

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PROPOSE, APPROVE, DECLINE = CommandKind.PROPOSE, CommandKind.APPROVE, CommandKind.DECLINE


def grant(key: str, guest: str, points: int, kind: CommandKind = CommandKind.GRANT, **more: Any) -> Command:
    record = READER.record_key("till", guest)
    return Command(key, key, kind, "uma", points, record=record, brand="grill", reason="goodwill", **more)


def answer(key: str, kind: CommandKind, actor: str = "vic", of: str = "p-1") -> Command:
    return Command(key, key, kind, actor, of=of)


async def guests(store: Database, *names: str) -> PointsCommands:
    teller = Teller("grants")
    for number, name in enumerate(names):
        teller.order("completed", "till", f"O-{name}", subject(name, given=name, phone=phone(number)), "5.00")
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    return PointsCommands(store)


async def test_grants_to_many_guests_at_once_stay_within_the_day(store: Database, second_store: Database) -> None:
    names = [f"guest-{n}" for n in range(3)]
    sides = await guests(store, *names), PointsCommands(second_store)
    day = Allowance("grants|day|uma", 46)
    asked = [grant(f"{turn}-{name}", name, 9, allowance=day) for turn in range(3) for name in names]
    outcomes = await asyncio.gather(
        *(sides[n % 2].carry_out(one, NOW) for n, one in enumerate(asked)), return_exceptions=True
    )
    assert sum(isinstance(one, CarriedOut) for one in outcomes) == 5
    assert sum(isinstance(one, DayLimitReached) for one in outcomes) == len(asked) - 5
    given = next(one for one, outcome in zip(asked, outcomes, strict=True) if isinstance(outcome, CarriedOut))
    assert not (await sides[1].carry_out(given, NOW)).new
    with pytest.raises(DayLimitReached, match="1 more"):
        await sides[0].carry_out(grant("more", names[0], -2, allowance=day), NOW)
    assert (await verify(BookedPoints(store), lambda _: None)).balanced


async def test_of_two_answers_at_once_one_counts(store: Database, second_store: Database) -> None:
    sides = await guests(store, "ann"), PointsCommands(second_store)
    proposed = await sides[0].carry_out(grant("p-1", "ann", 500, PROPOSE, expires="2026-04-30"), NOW)
    assert (proposed.left, proposed.new) == (5, True)
    with pytest.raises(InvalidInput, match="proposed this yourself"):
        await sides[0].carry_out(answer("own", APPROVE, "uma"), NOW)
    with pytest.raises(InvalidInput, match="last day"):
        await sides[0].carry_out(answer("late", APPROVE), datetime(2026, 5, 1, tzinfo=UTC))
    asked = [answer("a-1", APPROVE), answer("a-2", APPROVE, "wim"), answer("a-3", APPROVE)]
    outcomes = await asyncio.gather(
        *(sides[n % 2].carry_out(one, NOW) for n, one in enumerate(asked)), return_exceptions=True
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["CarriedOut", "Conflict", "Conflict"]
    with pytest.raises(Conflict, match="answered already"):
        await sides[0].carry_out(answer("d-1", DECLINE), NOW)
    await sides[0].carry_out(grant("g-1", "ann", 1), NOW)
    with pytest.raises(NotFound, match="no such proposal"):
        await sides[0].carry_out(answer("d-2", DECLINE, of="g-1"), NOW)
    assert (await sides[1].carry_out(grant("g-2", "ann", 1), NOW)).left == 507
    assert (await verify(BookedPoints(store), lambda _: None)).balanced
