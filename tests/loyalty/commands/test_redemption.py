"""What a command moves follows from what is there: pure, and it neither makes nor loses points.

It tests loyalty.commands.command, too.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import Conflict, DayLimitReached, HoldIsOver, InvalidInput, NotEnoughPoints, NotFound
from domain.stats import Stats
from loyalty.commands.command import MAX_POINTS, Allowance, Command, CommandKind
from loyalty.commands.redemption import (
    MAX_LOTS,
    Movement,
    Proposal,
    Redemption,
    allow,
    apply,
    decide,
    entries,
    received,
    utc,
)
from loyalty.ledger.ledger import Account, LedgerKind
from loyalty.ledger.lots import Lot, PointsBalance, points_balance, take
from loyalty.rewards.limit_counters import LimitCounter, Stage
from loyalty.rewards.reward_choice import RewardUse

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
LATER = utc(NOW + timedelta(minutes=5))
SOON, LATE = Lot("cafe", "2026-06-30"), Lot("grill", "")
GUEST = PointsBalance(in_hand={SOON: 10, LATE: 40})


def command(kind: CommandKind, points: int | None = None, **more: Any) -> Command:
    if kind is CommandKind.HOLD:
        more.setdefault("seconds", 300)
    return Command("c", "asked", kind, "test", points, **more)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_a_hold_that_is_captured_and_reversed_leaves_what_there_was(hold: int, capture: int, back: int) -> None:
    stats = Stats(lots={SOON.key: 10, LATE.key: 40})
    before, redemption = stats.to_json(), Redemption("h", "r", until=LATER)

    def done(asked: Command) -> bool:
        try:
            moved = decide(asked, points_balance(stats.lots, stats.holds, NOW), redemption, NOW)
        except (NotEnoughPoints, InvalidInput):
            return False
        apply([stats], redemption, moved)
        return True

    assert done(command(CommandKind.HOLD, hold)) == (hold <= 50)
    assert done(command(CommandKind.CAPTURE, capture)) == (capture <= hold <= 50)
    captured = sum(redemption.used.values())
    assert captured in (0, capture)
    found = points_balance(stats.lots, stats.holds, NOW)
    assert found.points + found.held + captured == 50
    assert done(command(CommandKind.REVERSE, back)) == (back <= captured)
    done(command(CommandKind.REVERSE))
    done(command(CommandKind.RELEASE))
    assert stats.to_json() == before


@given(st.integers(1, 60) | st.none(), st.integers(1, 60) | st.none(), st.integers(0, 50))
def test_what_one_guest_gives_the_other_gets_and_it_comes_back_while_it_is_there(
    points: int | None, back: int | None, used: int
) -> None:
    giver, receiver = Stats(lots={SOON.key: 10, LATE.key: 40}), Stats(lots={LATE.key: 5})
    redemption, other = Redemption("t", "giver", kinds={"transfer"}), Redemption("t:to", "receiver")

    def sums() -> int:
        return sum(giver.lots.values()) + sum(receiver.lots.values())

    def done(asked: Command) -> bool:
        try:
            moved = decide(asked, points_balance(giver.lots, {}, NOW), redemption, NOW)
            its = received(moved, points_balance(receiver.lots, {}, NOW))
        except (NotEnoughPoints, InvalidInput):
            return False
        apply([giver], redemption, moved)
        apply([receiver], other, its)
        return True

    assert done(command(CommandKind.TRANSFER, points)) == (points is None or points <= 50)
    assert +redemption.used == -other.used
    given_ = redemption.used.total()
    soon = min(10, given_)
    use = min(used, receiver.unspent)
    for lot, left in take(points_balance(receiver.lots, {}, NOW), use).items() if use else ():
        receiver.move(lot.key, -left)
    assert sums() == 55 - use
    late_left, wanted = given_ - soon + 5 - max(use - soon, 0), given_ if back is None else back
    late = min(wanted, given_ - soon)
    there = late <= late_left and wanted - late <= max(soon - use, 0)
    assert done(command(CommandKind.REVERSE, back)) == (0 < wanted <= given_ and there)
    assert sums() == 55 - use
    assert +redemption.used == -other.used


def test_somebody_else_answers_a_proposal_and_once() -> None:
    proposed = Redemption("p", "r", "cafe", proposal=Proposal("uma", 7, "2026-06-30", None))
    with pytest.raises(InvalidInput, match="yourself"):
        decide(replace(command(CommandKind.APPROVE), actor="uma"), GUEST, proposed, NOW)
    assert decide(command(CommandKind.APPROVE), GUEST, proposed, NOW) == [
        Movement(SOON, 7, Account.GRANTED, LedgerKind.GRANT)
    ]
    assert decide(command(CommandKind.DECLINE), GUEST, proposed, NOW) == []
    with pytest.raises(InvalidInput, match="last day"):
        decide(command(CommandKind.APPROVE), GUEST, proposed, NOW + timedelta(days=30))
    proposed.kinds.add(CommandKind.DECLINE)
    with pytest.raises(Conflict, match="answered"):
        decide(command(CommandKind.APPROVE), GUEST, proposed, NOW)


def test_a_hold_of_a_reward_is_no_proposal() -> None:
    held = Redemption("h", "r", "cafe", reward=RewardUse("coffee", stage=Stage.HELD), held=Counter({SOON: 5}))
    for kind in (CommandKind.APPROVE, CommandKind.DECLINE):
        with pytest.raises(NotFound):
            decide(command(kind), GUEST, held, NOW)


def test_an_allowance_is_used_up_to_its_last_point() -> None:
    counter = LimitCounter("grants|day|uma", 7)
    limits = {counter.key: counter}
    asked = command(CommandKind.GRANT, -4, brand="cafe", allowance=Allowance(counter.key, 10))
    with pytest.raises(DayLimitReached, match="3 more"):
        allow(asked, LimitCounter(""), limits)
    allow(replace(asked, points=3), LimitCounter(""), limits)
    assert counter.used == 10


def test_what_expires_first_is_used_first_and_what_is_not_captured_is_what_expires_last() -> None:
    assert decide(command(CommandKind.REDEEM, 12), GUEST, Redemption("c", "r"), NOW) == [
        Movement(SOON, -10, Account.REDEEMED, LedgerKind.REDEEM),
        Movement(LATE, -2, Account.REDEEMED, LedgerKind.REDEEM),
    ]
    held = Redemption("h", "r", until=LATER)
    held.held.update({SOON: 10, LATE: 2})
    moved = decide(command(CommandKind.CAPTURE, 11), GUEST, held, NOW)
    assert [(move.lot, move.points) for move in moved] == [(SOON, 10), (LATE, 2), (SOON, -10), (LATE, -1)]


def test_a_hold_that_is_over_is_not_captured_and_can_be_released() -> None:
    held = Redemption("h", "r", until=utc(NOW))
    held.held.update({LATE: 5})
    with pytest.raises(HoldIsOver):
        decide(command(CommandKind.CAPTURE), GUEST, held, NOW)
    assert decide(command(CommandKind.RELEASE), GUEST, held, NOW) == [
        Movement(LATE, 5, Account.HELD, LedgerKind.RELEASE)
    ]


def test_a_balance_is_carried_over_as_it_was_also_a_debt_and_nothing() -> None:
    for points in (7, -7):
        asked = command(CommandKind.CARRY_OVER, points, brand="cafe", expires="2026-06-30")
        moved = decide(asked, GUEST, Redemption("c", "r"), NOW)
        assert moved == [Movement(SOON, points, Account.CARRIED_OVER, LedgerKind.CARRY_OVER)]
    assert decide(command(CommandKind.CARRY_OVER, 0, brand="cafe"), GUEST, Redemption("c", "r"), NOW) == []


def test_a_guest_has_no_lots_without_end() -> None:
    many = PointsBalance(in_hand={Lot("grill", f"2{number:03}-01-31"): 1 for number in range(MAX_LOTS)})
    known = command(CommandKind.CARRY_OVER, 5, brand="grill", expires="2001-01-31")
    assert decide(known, many, Redemption("c", "r"), NOW)
    with pytest.raises(InvalidInput, match="has 500 lots"):
        decide(command(CommandKind.CARRY_OVER, 5, brand="cafe"), many, Redemption("c", "r"), NOW)


def test_points_are_given_to_a_lot_and_taken_from_those_of_the_brand() -> None:
    new = Redemption("c", "r")
    given_ = decide(command(CommandKind.GRANT, 5, brand="cafe", expires="2026-07-31"), GUEST, new, NOW)
    assert given_ == [Movement(Lot("cafe", "2026-07-31"), 5, Account.GRANTED, LedgerKind.GRANT)]
    assert decide(command(CommandKind.GRANT, -5, brand="cafe"), GUEST, new, NOW) == [
        Movement(SOON, -5, Account.GRANTED, LedgerKind.GRANT)
    ]
    with pytest.raises(NotEnoughPoints):
        decide(command(CommandKind.GRANT, -11, brand="cafe"), GUEST, new, NOW)


@pytest.mark.parametrize(
    ("kind", "points", "more"),
    [
        (CommandKind.REDEEM, None, {}),
        (CommandKind.REDEEM, 0, {}),
        (CommandKind.REDEEM, -1, {}),
        (CommandKind.REDEEM, MAX_POINTS + 1, {}),
        (CommandKind.HOLD, 1, {"seconds": 0}),
        (CommandKind.HOLD, 1, {"seconds": 604_801}),
        (CommandKind.GRANT, 0, {"brand": "cafe"}),
        (CommandKind.GRANT, 1, {}),
        (CommandKind.CARRY_OVER, 1, {}),
        (CommandKind.CARRY_OVER, -MAX_POINTS - 1, {"brand": "cafe"}),
    ],
)
def test_a_command_that_can_never_be_is_refused(kind: CommandKind, points: int | None, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        command(kind, points, **more)


def test_entries_say_what_was_moved_and_have_keys_of_their_own() -> None:
    held = Redemption("h", "r", until=LATER)
    held.held.update({SOON: 10, LATE: 2})
    moved = decide(command(CommandKind.CAPTURE, 11), GUEST, held, NOW)
    found = list(entries("c", "r", moved, NOW.isoformat(), "points.capture"))
    assert len({entry.key for entry in found}) == len(found) == 4
    assert sum(entry.points for entry in found) == 1
    assert {(entry.record, entry.cause) for entry in found} == {("r", "c")}
