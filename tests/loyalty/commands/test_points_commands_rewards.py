"""Rewards, coupons and limits in a real store: in one unit with the points, given back whole, and never given twice.

Tests named after a bug are about one that the field repeats.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import chain, cycle, islice, product
from typing import Any

import pytest

from bench.kit.wipe import wipe
from domain.errors import (
    BudgetSpent,
    Conflict,
    CouponNotValid,
    CouponUsed,
    GuestLimitReached,
    HoldIsOver,
    InvalidInput,
    NotEnoughPoints,
    OutOfStock,
    RewardNotAvailable,
    TooManyHolds,
)
from graph.booked_points import BookedPoints
from graph.history import History
from graph.local import Running
from graph.store.database import Database
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from identity.decisions.signed_decision import Signed
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import CarriedOut, PointsCommands
from loyalty.commands.points_guest import MAX_CODES
from loyalty.commands.redemption import MAX_HOLDS
from loyalty.ledger.lots import Lot
from loyalty.programme.programme import Programme
from loyalty.reports.verification import TAKEN, Difference, verify
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import Wanted
from tests.kit.building import PROGRAMME, READER, VAULT, intake_of, parts_of, read
from tests.kit.hard_cases import Teller, phone, subject
from tests.kit.invariants import invariants
from tests.kit.redeeming_process import Asked, redeeming_process

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = Programme.model_validate(
    PROGRAMME.model_dump(by_alias=True, exclude={"rewards", "budgets", "coupons"})
    | {
        "budgets": [
            {"id": "spring", "points": 25, "uses": 100, "amount": "500 USD"},
            {"id": "one", "uses": 1},
        ],
        "rewards": [
            {"id": "coffee", "name": "Coffee", "kind": "product", "price": 10, "stock": 2},
            {"id": "last", "name": "The last one", "kind": "prize", "price": 10, "stock": 1},
            {"id": "paid", "name": "Paid", "kind": "product", "price": 10, "value": "3.50 USD", "budget": "spring"},
            {"id": "once", "name": "Once", "kind": "product", "price": 0, "per_guest": {"most": 1, "every": "month"}},
            {"id": "single", "name": "Single", "kind": "discount", "price": 0, "budget": "one"},
            {"id": "all", "name": "All points", "kind": "amount", "price": 10, "value": "1 USD"},
            {"id": "hi", "name": "Hello", "kind": "discount", "price": 0},
            {"id": "cake", "name": "Cake", "kind": "product", "price": 5, "stock": 5},
        ],
        "coupons": [
            {"id": "hello", "reward": "hi", "kind": "mass", "code": "HELLO", "uses": 2, "per_guest": 1},
            {"id": "birthday", "reward": "cake", "kind": "personal"},
        ],
    }
)
GUESTS = ("ann", "eve", "joe")
GRILL = Lot("grill", "2027-01-31")
_REDEEM, _HOLD, _CAPTURE = CommandKind.REDEEM, CommandKind.HOLD, CommandKind.CAPTURE
_RELEASE, _REVERSE, _ISSUE = CommandKind.RELEASE, CommandKind.REVERSE, CommandKind.ISSUE


def record(guest: str) -> str:
    return READER.record_key("till", guest)


def want(key: str, guest: str = "ann", kind: CommandKind = _REDEEM, *, seconds: int = 600, **wanted: Any) -> Command:
    lasts = seconds if kind is CommandKind.HOLD else 0
    return Command(key, key, kind, "test", record=record(guest), wanted=Wanted(RULES, **wanted), seconds=lasts)


def follow(key: str, kind: CommandKind, of: str, **more: Any) -> Command:
    return Command(key, key, kind, "test", of=of, **more)


def issue(key: str, guest: str = "ann", coupon: str = "birthday") -> Command:
    wanted = Wanted(RULES, coupon=coupon, code=f"hash-{key}")
    return Command(key, key, _ISSUE, "test", record=record(guest), wanted=wanted, sealed="sealed")


@asynccontextmanager
async def three_guests(store: Database, spent: str = "50.00") -> AsyncGenerator[PointsCommands]:
    """Three guests with 50 points each."""
    teller = Teller("rewards")
    for number, guest in enumerate(GUESTS):
        who = subject(guest, given=guest.title(), family=f"{guest}son", phone=phone(number))
        teller.order("completed", "till", f"O-{guest}", who, spent)
    async with intake_of(store) as intake:
        await intake.submit(read(teller.events))
        yield PointsCommands(store)


async def proven(store: Database) -> None:
    await invariants(store, VAULT)
    books = await verify(BookedPoints(store), lambda _: None)
    assert books.balanced, books.differences


async def gone(store: Database, key: str, now: datetime = NOW) -> int:
    rows = await store.read_text("MATCH (l:Limit {key: $key}) RETURN l.used, l.holds", operation="test", key=key)
    return LimitCounter.of_row(key, *rows[0].values()).gone(now) if rows else 0


async def merged(store: Database, *guests: str) -> str:
    """Guests turn out to be one; gives the decision."""
    keys = [record(guest) for guest in guests]
    done = await AgentDecisions(parts_of(store)).plan(
        DecisionKind.MUST_MATCH,
        Signed("agent", "one guest"),
        lambda people: plans.must_match(people, keys),
        records=keys,
    )
    assert done.id is not None
    return done.id


async def test_points_and_stock_go_in_one_unit_and_in_three_round_trips(store: Database) -> None:
    async with three_guests(store) as points:
        before = store.round_trips
        done = await points.carry_out(want("r-1", reward="coffee"), NOW)
        assert store.round_trips - before == 3
        assert (done.left, done.redemption.used, done.new) == (40, {GRILL: 10}, True)
        assert done.redemption.reward is not None
        assert (done.redemption.reward.reward, done.redemption.reward.takes) == ("coffee", {"stock|coffee": 1})
        again = await points.carry_out(want("r-1", reward="coffee"), NOW)
        assert (again.new, again.left, await gone(store, "stock|coffee")) == (False, 40, 1)
        await points.carry_out(want("r-2", "eve", reward="coffee"), NOW)
        with pytest.raises(OutOfStock):
            await points.carry_out(want("r-3", "joe", reward="coffee"), NOW)
        with pytest.raises(RewardNotAvailable, match="no such reward"):
            await points.carry_out(want("r-4", reward="tea"), NOW)
        await proven(store)


async def test_a_request_that_was_carried_out_is_answered_though_its_reward_is_gone_by_now(store: Database) -> None:
    async with three_guests(store) as points:
        first = want("r-1", reward="coffee")
        await points.carry_out(first, NOW)
        later = Command("r-1", "r-1", _REDEEM, "test", record=record("ann"), wanted=Wanted(PROGRAMME, "coffee"))
        assert (await points.carry_out(later, NOW)).new is False


async def test_only_who_uses_a_limit_makes_or_locks_one(store: Database) -> None:
    async with three_guests(store) as points:
        await points.carry_out(want("r-1", reward="all"), NOW)
        await points.carry_out(want("r-2", reward="once"), NOW)
        with pytest.raises(CouponNotValid):
            await points.carry_out(want("r-3", code="guessed"), NOW)
        [row] = await store.read_text("RETURN COUNT { (:Limit) } AS limits", operation="test")
        assert row["limits"] == 0


async def test_bug_cancel_gives_coupon_stock_and_budget_back(store: Database) -> None:
    """magento2#19545, OpenMage#1031, Sylius#10125, woocommerce#27179."""
    async with three_guests(store) as points:
        keys = ("budget|spring|points", "budget|spring|uses", "budget|spring|amount")
        await points.carry_out(want("r-1", reward="paid"), NOW)
        assert [await gone(store, key) for key in keys] == [10, 1, 350]
        await points.carry_out(follow("v-1", _REVERSE, "r-1"), NOW)
        assert [await gone(store, key) for key in keys] == [0, 0, 0]
        await points.carry_out(want("r-2", coupon="hello"), NOW)
        with pytest.raises(CouponUsed):
            await points.carry_out(want("r-3", coupon="hello"), NOW)
        await points.carry_out(follow("v-2", _REVERSE, "r-2"), NOW)
        await points.carry_out(want("r-4", coupon="hello"), NOW)
        await proven(store)


async def test_bug_a_cancelled_redemption_gives_back_once(store: Database) -> None:
    """odoo#212922 deducted twice; odoo#257854 unlimited points."""
    async with three_guests(store) as points:
        await points.carry_out(want("r-1", reward="last"), NOW)
        back = follow("v-1", _REVERSE, "r-1")
        one, other = await points.carry_out_all([back, follow("v-2", _REVERSE, "r-1")], NOW)
        assert isinstance(one, CarriedOut)
        assert isinstance(other, InvalidInput)
        assert (await points.carry_out(back, NOW)).left == 50
        assert await gone(store, "stock|last") == 0
        await proven(store)


@pytest.mark.parametrize("ends", ["released", "over"])
async def test_a_hold_reserves_and_gives_back(store: Database, ends: str) -> None:
    async with three_guests(store) as points:
        held = await points.carry_out(want("h-1", kind=_HOLD, reward="last"), NOW)
        assert (held.left, await gone(store, "stock|last")) == (40, 1)
        with pytest.raises(OutOfStock):
            await points.carry_out(want("r-1", "eve", reward="last"), NOW)
        later = NOW
        if ends == "released":
            await points.carry_out(follow("l-1", _RELEASE, "h-1"), NOW)
        else:
            later = NOW + timedelta(seconds=600)
            with pytest.raises(HoldIsOver):
                await points.carry_out(follow("c-0", _CAPTURE, "h-1"), later)
        assert await gone(store, "stock|last", later) == 0
        await points.carry_out(want("r-2", "eve", reward="last"), later)
        with pytest.raises((InvalidInput, HoldIsOver)):
            await points.carry_out(follow("c-1", _CAPTURE, "h-1"), later)
        assert (await points.carry_out(want("r-3", reward="all"), later)).left == 40
        await proven(store)


async def test_bug_the_end_of_a_hold_frees_nothing_that_was_captured(store: Database) -> None:
    """ygwyg/merchant#2: a clean-up freed used ones."""
    async with three_guests(store) as points:
        await points.carry_out(want("h-1", kind=_HOLD, reward="last"), NOW)
        captured = await points.carry_out(follow("c-1", _CAPTURE, "h-1"), NOW)
        assert (captured.left, +captured.redemption.held, captured.redemption.used) == (40, {}, {GRILL: 10})
        later = NOW + timedelta(days=2)
        with pytest.raises(OutOfStock):
            await points.carry_out(want("r-1", "eve", reward="last"), later)
        await points.carry_out(follow("v-1", _REVERSE, "h-1"), later)
        await points.carry_out(want("r-2", "eve", reward="last"), later)
        await proven(store)


async def test_what_another_process_gave_away_after_a_hold_is_not_captured(store: Database) -> None:
    """Its clock is ahead by a minute."""
    async with three_guests(store) as points:
        await points.carry_out(want("h-1", kind=_HOLD, reward="last"), NOW)
        await points.carry_out(want("r-1", "eve", reward="last"), NOW + timedelta(seconds=630))
        with pytest.raises(HoldIsOver, match="free again"):
            await points.carry_out(follow("c-1", _CAPTURE, "h-1"), NOW + timedelta(seconds=570))
        await proven(store)


async def test_a_reward_is_whole_and_a_free_one_counts_as_a_hold(store: Database) -> None:
    async with three_guests(store) as points:
        holds = [want(f"h-{n}", kind=_HOLD, reward="single" if n else "all") for n in range(2)]
        await points.carry_out_all(holds, NOW)
        with pytest.raises(InvalidInput, match="whole"):
            await points.carry_out(follow("c-1", _CAPTURE, "h-0", points=1), NOW)
        free = [want(f"f-{n}", "eve", _HOLD, reward="once") for n in range(2)]
        one, other = await points.carry_out_all(free, NOW)
        assert isinstance(one, CarriedOut)
        assert isinstance(other, GuestLimitReached)
        many = [Command(f"m-{n}", "m", _HOLD, "t", 1, record=record("eve"), seconds=600) for n in range(MAX_HOLDS)]
        assert isinstance((await points.carry_out_all(many, NOW))[-1], TooManyHolds)
        later = NOW + timedelta(seconds=600)
        await points.carry_out(want("f-3", "eve", reward="once"), later)
        [row] = await store.read_text(
            "RETURN COUNT { ()-[:HOLDS]->({key: 'f-0'}) } AS free, COUNT { ()-[:HOLDS]->() } AS open", operation="test"
        )
        assert (row["free"], row["open"]) == (0, 2)
        await proven(store)


async def test_a_limit_of_one_guest_is_by_period(store: Database) -> None:
    async with three_guests(store) as points:
        today = datetime.now(UTC)  # what is written bears the real time
        await points.carry_out(want("r-1", reward="once"), today)
        with pytest.raises(GuestLimitReached, match="once a month"):
            await points.carry_out(want("r-2", reward="once"), today)
        await points.carry_out(want("r-3", "eve", reward="once"), today)
        await points.carry_out(want("r-4", reward="once"), today + timedelta(days=32))
        await proven(store)


async def test_bug_merging_carries_limits_of_a_guest_and_coupons_and_unmerging_undoes_it(store: Database) -> None:
    """LOYALTY.md 3.9: counters of per-customer limits."""
    async with three_guests(store) as points:
        now = datetime.now(UTC)
        await points.carry_out(issue("code-1", "eve"), now)
        await points.carry_out(want("r-1", "eve", reward="once"), now)
        with pytest.raises(CouponNotValid):
            await points.carry_out(want("r-2", code="hash-code-1"), now)
        decision = await merged(store, "ann", "eve")
        with pytest.raises(GuestLimitReached):
            await points.carry_out(want("r-3", "ann", reward="once"), now)
        used = await points.carry_out(want("r-4", "ann", code="hash-code-1"), now)
        assert used.redemption.record == record("ann")
        await AgentDecisions(parts_of(store)).undo(decision, Signed("agent", "two guests"))
        await points.carry_out(want("r-5", "ann", reward="once"), now)
        with pytest.raises(GuestLimitReached):
            await points.carry_out(want("r-6", "eve", reward="once"), now)
        with pytest.raises(CouponUsed):  # Eve's, though Ann's record used it
            await points.carry_out(want("r-7", "eve", code="hash-code-1"), now)
        await points.carry_out(follow("v-4", _REVERSE, "r-4"), now)
        await points.carry_out(want("r-8", "eve", code="hash-code-1"), now)
        await proven(store)


async def test_coupons_are_issued_to_one_guest(store: Database) -> None:
    async with three_guests(store) as points:
        first = await points.carry_out(issue("code-1"), NOW)
        assert (first.new, (await points.carry_out(issue("code-1"), NOW)).new, first.left) == (True, False, 50)
        for coupon in ("hello", "nothing"):
            with pytest.raises(InvalidInput, match="no such personal coupon"):
                await points.carry_out(issue("code-2", coupon=coupon), NOW)
        more = await points.carry_out_all([issue(f"more-{n}") for n in range(MAX_CODES)], NOW)
        assert isinstance(more[-1], InvalidInput)
        assert all(isinstance(one, CarriedOut) for one in more[:-1])
        await points.carry_out(want("r-1", code="hash-code-1"), NOW)
        with pytest.raises(CouponUsed):
            await points.carry_out(want("r-2", code="hash-code-1"), NOW)
        await points.carry_out(want("r-3", code="hash-more-1"), NOW)
        assert await gone(store, "stock|cake") == 2
        await proven(store)


async def test_a_mass_coupon_is_used_so_many_times_in_all(store: Database) -> None:
    async with three_guests(store) as points:
        for guest in ("ann", "eve"):
            await points.carry_out(want(f"r-{guest}", guest, coupon="hello"), NOW)
        with pytest.raises(CouponUsed):
            await points.carry_out(want("r-joe", "joe", coupon="hello"), NOW)


async def test_bug_a_refunded_order_pays_for_no_further_reward(store: Database) -> None:
    """Earn, use, refund, keep: erpnext#32951, nopCommerce#5595."""
    async with three_guests(store, "10.00") as points:
        await points.carry_out(want("r-1", reward="all"), NOW)
        teller = Teller("back")
        teller.refund("till", "R", "O-ann", None)
        async with intake_of(store) as intake:
            await intake.submit(read(teller.events))
        with pytest.raises(NotEnoughPoints):
            await points.carry_out(want("r-2", reward="all"), NOW)
        assert (await points.carry_out(follow("v-1", _REVERSE, "r-1"), NOW)).left == 0
        await proven(store)


async def test_a_batch_carries_out_each_as_if_alone(store: Database) -> None:
    async with three_guests(store) as points:
        asked = [want(f"r-{guest}", guest, reward="last") for guest in GUESTS]
        one, two, three, tea, back = await points.carry_out_all(
            [*asked, want("r-tea", reward="tea"), follow("v-1", _REVERSE, "r-ann")], NOW
        )
        assert isinstance(one, CarriedOut)
        assert {type(two), type(three)} == {OutOfStock}
        assert isinstance(tea, RewardNotAvailable)
        assert not isinstance(back, CarriedOut)  # what it names is not there yet
        await proven(store)


async def test_budgets_are_hard(store: Database) -> None:
    async with three_guests(store) as points:
        outcomes = await points.carry_out_all([want(f"r-{n}", GUESTS[n], reward="paid") for n in range(3)], NOW)
        assert [type(one) for one in outcomes] == [CarriedOut, CarriedOut, BudgetSpent]
        await proven(store)


async def test_a_history_repeats_rewards_coupons_and_limits_as_facts(store: Database) -> None:
    async with three_guests(store) as points:
        now = datetime.now(UTC)
        await points.carry_out_all([issue("code-1"), want("h-1", kind=_HOLD, seconds=86_400, reward="last")], now)
        await points.carry_out_all([want("r-1", reward="coffee"), want("r-2", "eve", code=None, reward="paid")], now)
        await points.carry_out(want("h-2", "eve", _HOLD, seconds=86_400, reward="coffee"), now)
        part = [rows async for rows in History(store).redemptions()]
        await points.carry_out_all([want("r-3", code="hash-code-1"), follow("c-2", _CAPTURE, "h-2")], now)
        await points.carry_out(follow("v-1", _REVERSE, "r-1"), now)
        whole = [rows async for rows in History(store).redemptions()]
        said = await state(store)
        await wipe(store)
        async with three_guests(store):
            # The part is older: it was overtaken by what followed, and says nothing more.
            for rows in (*part, *whole, *part, *whole):
                assert await points.repeat(rows) == 0
            assert await state(store) == said
            await proven(store)
            with pytest.raises(CouponUsed):
                await points.carry_out(want("r-9", code="hash-code-1"), now)


async def state(store: Database) -> list[Any]:
    rows = await store.read_text(
        """
        MATCH (l:Limit) RETURN l.key AS key, [toString(l.used), l.holds] AS has
        UNION ALL
        MATCH (k:PointsCommand)
        RETURN k.key AS key,
          [k.reward, k.coupon, k.code, k.sealed, toString(k.worth), k.currency, toString(EXISTS { (k)<-[:HOLDS]-() })]
          + COLLECT { MATCH (k)-[t:TAKES]->(l) RETURN l.key + ' ' + t.amount ORDER BY l.key } AS has
        """,
        operation="test",
    )
    return sorted((row["key"], row["has"]) for row in rows if row["has"][0] != "0" or row["has"][1] != "{}")


async def test_a_counter_that_is_wrong_is_reported(store: Database) -> None:
    async with three_guests(store) as points:
        await points.carry_out(want("r-1", reward="coffee"), NOW)
        await store.run_schema("MATCH (l:Limit) SET l.used = 2")
        books = await verify(BookedPoints(store), lambda _: None)
        assert (books.limits, books.differences) == (1, [Difference("stock|coffee", TAKEN, 2, 1)])
        await store.run_schema("MATCH (l:Limit) SET l.used = 1, l.holds = 'x'")
        assert (await verify(BookedPoints(store), lambda _: None)).differences[0].stored is None


RACES: dict[str, tuple[Asked, Sequence[str], str]] = {
    "the last unit": ({"reward": "last"}, GUESTS, OutOfStock.code),
    "the last points": ({"reward": "all"}, GUESTS[:1], NotEnoughPoints.code),
    "the last budget": ({"reward": "single"}, GUESTS, BudgetSpent.code),
}


@pytest.mark.parametrize("rounds", [int(os.environ.get("RACE_ROUNDS", "1"))])
async def test_of_200_from_two_processes_one_gets_it(store: Database, neo4j_server: Running, rounds: int) -> None:
    """saleor#544, django-oscar#2101, vendure#4660: checked, then used."""
    async with (
        three_guests(store, "10.00") as points,
        redeeming_process(neo4j_server, RULES) as one,
        redeeming_process(neo4j_server, RULES) as other,
    ):
        for turn, (race, (asked, guests, code)) in product(range(rounds), RACES.items()):
            commands: list[Asked] = [
                {"key": f"{race}-{turn}-{n}", "kind": "redeem", "record": record(guest), "now": NOW.isoformat()} | asked
                for n, guest in enumerate(islice(cycle(guests), 200))
            ]
            outcomes = await asyncio.gather(one.carry_out(commands[::2]), other.carry_out(commands[1::2]))
            by_key = dict(zip((one["key"] for one in commands[::2] + commands[1::2]), chain(*outcomes), strict=True))
            assert Counter(by_key.values()) == {"won": 1, code: 199}, race
            [won] = (key for key, outcome in by_key.items() if outcome == "won")
            await points.carry_out(follow(f"{won}-back", _REVERSE, won), NOW)
        await proven(store)


def test_every_refusal_is_a_conflict() -> None:
    assert all(issubclass(kind, Conflict) for kind in (OutOfStock, BudgetSpent, CouponUsed, CouponNotValid))
