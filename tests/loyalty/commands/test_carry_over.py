"""Balances of the system before in a real store: to the unit, each row once, whatever is in the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

from domain.errors import NotEnoughPoints, Unavailable
from graph.booked_points import BookedPoints
from graph.history import History
from graph.store.database import Database
from loyalty.commands import carry_over as module
from loyalty.commands.balance_rows import BalanceReader
from loyalty.commands.carry_over import CarriedOver, carry_over
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import PointsCommands
from loyalty.ledger.lots import Lot
from loyalty.reports.verification import verify
from tests.kit.building import READER, VAULT, intake_of, read
from tests.kit.hard_cases import Teller
from tests.kit.invariants import invariants

pytestmark = pytest.mark.neo4j

BALANCES = BalanceReader(READER, "old")
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HEADER = "reference,source,id,card,customer_number,brand,points,last_day"
MEMBERS = 6
FILE = (
    "B1,crm,m0,,,grill,40,2027-01-15",
    "B2,crm,m0,,,grill,7,",
    "B3,,,C-1,,cafe,1200,2027-02-28",
    "B4,crm,m2,,,cafe,-30,2027-02-28",
    "B5,crm,m3,,,grill,0,",
)


@pytest_asyncio.fixture(loop_scope="session")
async def members(store: Database) -> AsyncGenerator[Database]:
    teller = Teller("members")
    for number in range(MEMBERS):
        teller.identify("crm", f"m{number}", given=f"Name{number}", loyalty_card=f"C-{number}")
    for brand in ("grill", "cafe"):
        teller.store(f"s-{brand}", brand, brand)
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    yield store


def written(folder: Path, *lines: str) -> Path:
    file = folder / "balances.csv"
    file.write_text("\n".join((HEADER, *lines)) + "\n", "utf-8")
    return file


async def imported(store: Database, file: Path, *, dry: bool = False) -> CarriedOver:
    return await carry_over(store, BALANCES.read(file), BALANCES.reason, lambda _: None, dry=dry)


async def proven(store: Database) -> None:
    await invariants(store, VAULT)
    assert (await verify(BookedPoints(store), lambda _: None)).balanced


async def entries(store: Database) -> int:
    [row] = await store.read_text("RETURN COUNT { (:LedgerEntry) } AS entries", operation="test")
    return row["entries"]


async def test_balances_come_over_to_the_unit_and_a_second_run_changes_nothing(
    members: Database, tmp_path: Path
) -> None:
    file = written(tmp_path, *FILE)
    dry = await imported(members, file, dry=True)
    assert (dry.rows, dry.carried, dry.found, dry.faulty, dry.ledger) == (5, 5, 5, 0, None)
    assert await entries(members) == 0
    done = await imported(members, file)
    assert (done.carried, done.before, done.whole) == (5, 0, True)
    assert done.ledger == {
        Lot("grill", "2027-01-15"): 40,
        Lot("grill", ""): 7,
        Lot("cafe", "2027-02-28"): 1170,
    }
    await proven(members)
    again = await imported(members, file)
    assert (again.carried, again.before, again.whole, await entries(members)) == (0, 5, True, 4)
    assert (await imported(members, file, dry=True)).before == 5


async def test_carried_points_are_used_and_a_carried_debt_is_paid_first(members: Database, tmp_path: Path) -> None:
    await imported(members, written(tmp_path, *FILE, "B6,crm,m2,,,grill,35,"))
    points = PointsCommands(members)

    def redeem(key: str, member: str, number: int) -> Command:
        record = READER.record_key("crm", member)
        return Command(key, key, CommandKind.REDEEM, "test", number, record=record, brand="grill")

    used = await points.carry_out(redeem("r-1", "m0", 45), NOW)
    assert used.redemption.used == {Lot("grill", "2027-01-15"): 40, Lot("grill", ""): 5}
    with pytest.raises(NotEnoughPoints, match="Only 5 points"):
        await points.carry_out(redeem("r-2", "m2", 6), NOW)
    await proven(members)


async def test_a_wrong_row_stops_no_other_and_shows_as_a_difference(members: Database, tmp_path: Path) -> None:
    file = written(
        tmp_path,
        "W1,crm,ghost,,,grill,40,",
        "W2,,,C-99,,grill,41,",
        "W3,,,,CUST-0000-0000-0000,grill,42,",
        "W4,crm,m0,,,nowhere,43,",
        "W5,crm,m0,,,grill,some,",
        "W6,crm,m0,,,grill,7,",
        "W6,crm,m0,,,grill,8,",
        "W6,crm,m0,,,grill,7,",
    )
    expected = [
        (6, "points"),
        (2, "id"),
        (3, "card"),
        (4, "customer_number"),
        (5, "brand"),
        (8, "reference"),
    ]
    for dry in (True, False):
        done = await imported(members, file, dry=dry)
        assert [(fault.line, fault.column) for fault in done.faults] == expected
        assert (done.rows, done.carried, done.repeated, done.not_found, done.whole) == (8, 1, 1, 3, False)
    assert done.differences == [Lot("grill", ""), Lot("nowhere", "")]
    assert done.ledger == {Lot("grill", ""): 7}
    again = await imported(members, written(tmp_path, "W6,crm,m0,,,grill,9,"))
    assert [(fault.line, fault.column) for fault in again.faults] == [(2, "reference")]
    assert (again.file, again.ledger) == ({Lot("grill", ""): 9}, {Lot("grill", ""): 7})
    await proven(members)


async def test_a_second_row_of_a_reference_makes_no_difference_that_nobody_can_mend(
    members: Database, tmp_path: Path
) -> None:
    done = await imported(members, written(tmp_path, "R1,crm,m0,,,grill,7,", "R1,crm,m0,,,grill,8,"))
    assert [(fault.line, fault.column) for fault in done.faults] == [(3, "reference")]
    assert (done.file, done.differences, done.whole) == ({Lot("grill", ""): 7}, [], False)


async def test_a_row_that_the_file_has_no_longer_is_a_difference(members: Database, tmp_path: Path) -> None:
    await imported(members, written(tmp_path, *FILE))
    done = await imported(members, written(tmp_path, *FILE[1:]))
    assert (done.faulty, done.differences) == (0, [Lot("grill", "2027-01-15")])


async def test_a_run_that_was_killed_is_started_again(
    members: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, *(f"K{n},crm,m{n % MEMBERS},,,grill,{n + 1},2027-01-31" for n in range(20)))
    monkeypatch.setattr(module, "BATCH", 3)

    def killed(done: CarriedOver) -> None:
        if done.rows == 12:
            raise Unavailable("Killed.")

    with pytest.raises(Unavailable, match="Killed"):
        await carry_over(members, BALANCES.read(file), BALANCES.reason, killed)
    assert await entries(members) == 12
    done = await imported(members, file)
    assert (done.before, done.carried, done.whole) == (12, 8, True)
    await proven(members)


async def test_two_runs_at_the_same_time_carry_each_row_over_once(
    members: Database, second_store: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = written(tmp_path, *(f"K{n},crm,m{n % MEMBERS},,,grill,{n + 1},2027-01-31" for n in range(60)))
    monkeypatch.setattr(module, "BATCH", 7)
    both = await asyncio.gather(imported(members, file), imported(second_store, file))
    assert [done.faulty for done in both] == [0, 0]
    assert await entries(members) == 60
    assert (await imported(members, file)).whole
    await proven(members)


async def test_carried_balances_are_repeated_as_facts(members: Database, tmp_path: Path) -> None:
    await imported(members, written(tmp_path, *FILE))
    before = [row async for row in History(members).customers()]
    rows = [row async for page in History(members).redemptions() for row in page]
    assert len(rows) == len(FILE)
    await members.run_schema("MATCH (n) WHERE n:PointsCommand OR n:LedgerEntry DETACH DELETE n")
    await members.run_schema("MATCH (n) WHERE n:SourceRecord OR n:Customer SET n.stats = null")
    await members.run_schema("MATCH (n:Customer) SET n.points = 0")
    for _ in range(2):
        assert await PointsCommands(members).repeat(rows) == 0
    assert {row["number"]: row["values"]["points"] for row in before} == {
        row["number"]: row["values"]["points"] async for row in History(members).customers()
    }
    assert (await verify(BookedPoints(members), lambda _: None)).balanced
    done = await imported(members, written(tmp_path, *FILE))
    assert (done.before, done.whole) == (len(FILE), True)


async def test_a_batch_costs_four_round_trips_and_one_where_it_is_known(members: Database, tmp_path: Path) -> None:
    file, trips = written(tmp_path, *FILE), list[int]()
    for _ in range(2):
        before = members.round_trips
        await imported(members, file)
        trips.append(members.round_trips - before - 1)  # one for the sums of the ledger
    assert trips == [4, 1]
