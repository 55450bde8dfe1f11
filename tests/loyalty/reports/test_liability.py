"""The report adds up to the unit, whatever was earned, used, held and given."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stats import Stats
from graph.booked_points import BookedPoints
from graph.store.database import Database
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import PointsCommands
from loyalty.ledger.ledger import Account
from loyalty.ledger.lots import Lot
from loyalty.reports.liability import GUESTS, Liability, PointsReport, report
from tests.kit.building import READER, committer_of, intake_of, read
from tests.kit.hard_cases import Teller, hard_events, phone, subject
from tests.kit.spending import use_points

NOW = datetime(2026, 6, 15, tzinfo=UTC)
EVER = "1970-01-01T00:00:00Z", "9999-01-01T00:00:00Z"
lots = st.dictionaries(
    st.sampled_from(("cafe|", "cafe|2026-05-31", "grill|2026-12-31")), st.integers(-20, 50).filter(bool)
)


@given(st.lists(lots, max_size=5))
def test_the_sum_over_customers_is_that_of_their_lots(customers: list[dict[str, int]]) -> None:
    liability = Liability(NOW)
    for one in customers:
        liability.add(Stats(lots=one))
    total = sum(sum(one.values()) for one in customers)
    assert liability.points == total
    found = PointsReport.of(liability, {Account.PROGRAMME: total + 7, Account.REDEEMED: -7, Account.HELD: -3}, ())
    assert found.adds_up
    assert found.accounts[GUESTS] == total
    assert sum(in_hand for *_, in_hand, _ in found.by_month) == found.in_hand
    assert sum(expired for *_, expired in found.by_month) == found.expired


def test_what_one_guest_gave_another_one_got() -> None:
    nobody_gave = {Account.TRANSFERRED: 5, Account.PROGRAMME: -5}
    assert not PointsReport.of(Liability(NOW), nobody_gave, ()).adds_up


def test_it_adds_up_only_if_the_ledger_has_what_offline_tills_used() -> None:
    row = {"store": "s-1", "flag": "points_gone", "redemptions": 2, "points": 30, "booked": 30, "missing": 10}
    found = PointsReport.of(Liability(NOW), {}, (), [row, row | {"flag": None, "missing": 0}])
    assert [(one.owner, one.missing) for one in found.offline] == [("programme", 10), (None, 0)]
    assert found.adds_up
    assert not PointsReport.of(Liability(NOW), {}, (), [row | {"booked": 29}]).adds_up


@pytest.mark.neo4j
async def test_it_says_what_one_brand_gave_and_another_took(store: Database) -> None:
    teller = Teller("report")
    ann = subject("ann", given="Ann", phone=phone(1))
    teller.order("completed", "till", "O1", ann, "30.00")
    teller.order("completed", "till", "O2", ann, "20.00", brand="cafe")
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
    points, record = PointsCommands(store), READER.record_key("till", "ann")
    for key, kind, more in (
        ("r-1", CommandKind.REDEEM, {"points": 35, "record": record, "brand": "grill"}),
        ("v-1", CommandKind.REVERSE, {"points": 5, "of": "r-1"}),
        ("h-1", CommandKind.HOLD, {"points": 4, "record": record, "seconds": 60}),
    ):
        await points.carry_out(Command(key, key, kind, "test", **more), NOW)
    found = await report(BookedPoints(store), NOW, EVER, lambda _: None)
    assert (found.in_hand, found.held, found.expired, found.owed) == (16, 4, 0, 0)
    assert found.accounts == {GUESTS: 20, "programme": -50, "redeemed": 30}
    assert found.settlement == [("cafe", "grill", 20), ("grill", "grill", 10)]
    assert [row[:2] for row in found.by_month] == [(Lot("grill", "2027-01-31").expires[:7], "grill")]
    assert (await report(BookedPoints(store), NOW, (EVER[0], EVER[0]), lambda _: None)).settlement == []


@pytest.mark.neo4j
async def test_whatever_happened_it_adds_up(store: Database) -> None:
    await committer_of(store).commit([READER.claims(event) for event in read(hard_events())])
    await use_points(PointsCommands(store), store, random.Random(11), times=40)
    for at in (datetime.now(UTC), datetime.now(UTC) + timedelta(days=4_000)):
        found = await report(BookedPoints(store), at, EVER, lambda _: None)
        assert found.adds_up
        assert found.in_hand + found.expired + found.held - found.owed == found.accounts[GUESTS]
