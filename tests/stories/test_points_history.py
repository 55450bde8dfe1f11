"""Whatever happens to points, in any order: no sum is ever wrong, nothing is used twice, and what is undone is gone.

Hypothesis makes histories of orders, refunds, moved orders, merges and their undoing, commands about points, broken
connections and repetitions, on a real store. Its programme has bonuses that look at all orders of a guest, and a reward
with few units. A model in plain Python says after each step what every record has, and how many units are gone.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from bench.kit.random_agent import by
from bench.kit.wipe import wipe
from domain.errors import Conflict, InvalidInput, NotEnoughPoints, OutOfStock, RegularsError
from domain.stats import Stats
from graph.booked_points import BookedPoints
from graph.history import History
from graph.local import Running
from graph.store.database import connect
from graph.store.migrations import migrate
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind
from ingest.commit import Committer
from loyalty.commands.command import Command, CommandKind, Recipient
from loyalty.commands.points_commands import CarriedOut, PointsCommands
from loyalty.earning.bonus_booking import BonusBooking
from loyalty.ledger.lots import Lot, points_balance
from loyalty.programme.programmes import Programmes
from loyalty.reports.verification import verify
from loyalty.rewards.limit_counters import LimitCounter, Stage
from loyalty.rewards.reward_choice import Wanted
from tests.kit.building import READER, VAULT, has_bonuses, parts_of, read, settings_of
from tests.kit.hard_cases import Raw, Teller
from tests.kit.invariants import invariants
from tests.kit.points_model import GUESTS, PRICE, RULES, START, STOCK, Model, Sold, record, who

pytestmark = pytest.mark.neo4j

T = TypeVar("T")


class PointsHistory(RuleBasedStateMachine):
    server: Running

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.model, self.teller = Model(), Teller("history")
        self.commands: list[Command] = []
        self.decisions: list[str] = []
        self.counted = 0
        self.run(self.open())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def connect(self) -> None:
        self.connecting = connect(
            settings_of(), uri=self.server.bolt_uri, user=self.server.user, password=self.server.password
        )
        self.store = await self.connecting.__aenter__()

    def start(self) -> None:
        """All that a process keeps in its memory, made anew."""
        parts = parts_of(self.store, programmes=Programmes(RULES))
        self.committer, self.points = Committer(parts), PointsCommands(self.store)
        self.agent, self.booking = AgentDecisions(parts), BonusBooking(parts)

    async def open(self) -> None:
        await self.connect()
        await migrate(self.store)
        await wipe(self.store)
        await has_bonuses(self.store)
        self.start()
        for guest in GUESTS:
            self.teller.tell("identify", "till", subject=who(guest))
        await self.commit(self.teller.events)

    async def commit(self, events: list[Raw]) -> None:
        await self.committer.commit([READER.claims(event) for event in read(events)])

    def tell(self, *events: Raw) -> None:
        self.run(self.commit(list(events)))

    def send(self, number: int, sold: Sold) -> None:
        minutes = int((sold.at - datetime(2026, 1, 5, 12, tzinfo=UTC)).total_seconds() // 60)
        self.tell(
            self.teller.order(
                "completed", "till", f"O{number}", who(sold.guest), f"{sold.total}.00",
                brand=sold.brand, at=minutes, revision=sold.revision,
            )
        )  # fmt: skip

    @rule(
        guest=st.sampled_from(GUESTS),
        brand=st.sampled_from(("grill", "cafe")),
        total=st.sampled_from((5, 12, 30)),
        days=st.integers(0, 400),
    )
    def order(self, guest: str, brand: str, total: int, days: int) -> None:
        """An order of now, or one that comes late."""
        sold = Sold(guest, brand, total, max(START, self.model.now - timedelta(days=days)))
        self.model.orders.append(sold)
        self.send(len(self.model.orders) - 1, sold)

    @precondition(lambda self: self.model.orders)
    @rule(data=st.data(), guest=st.sampled_from(GUESTS))
    def move_order(self, data: st.DataObject, guest: str) -> None:
        number = data.draw(st.integers(0, len(self.model.orders) - 1))
        sold = self.model.orders[number]
        sold.guest, sold.revision = guest, sold.revision + 1
        self.send(number, sold)

    @precondition(lambda self: self.model.orders)
    @rule(data=st.data(), amount=st.sampled_from((1, 4, 30)))
    def refund(self, data: st.DataObject, amount: int) -> None:
        number = data.draw(st.integers(0, len(self.model.orders) - 1))
        sold = self.model.orders[number]
        sold.refunded = min(sold.total, sold.refunded + amount)
        self.counted += 1
        self.tell(self.teller.refund("till", f"R{self.counted}", f"O{number}", f"{amount}.00"))

    @rule(data=st.data())
    def send_an_event_again(self, data: st.DataObject) -> None:
        self.tell(data.draw(st.sampled_from(self.teller.events)))

    @rule(hours=st.sampled_from((1, 30, 5_000)))
    def time_passes(self, hours: int) -> None:
        self.model.now += timedelta(hours=hours)

    @rule()
    def the_process_ends_and_another_begins(self) -> None:
        async def again() -> None:
            await self.connecting.__aexit__(None, None, None)
            await self.connect()
            self.start()

        self.run(again())

    @rule(one=st.sampled_from(GUESTS), other=st.sampled_from(GUESTS))
    def merge(self, one: str, other: str) -> None:
        keys = sorted({record(one), record(other)})
        try:
            done = self.run(
                self.agent.plan(
                    DecisionKind.MUST_MATCH, by(), lambda people: plans.must_match(people, keys), records=keys
                )
            )
        except InvalidInput:
            return
        if done.id is not None:
            self.decisions.append(done.id)

    @precondition(lambda self: self.decisions)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        decision = self.decisions.pop(data.draw(st.integers(0, len(self.decisions) - 1)))
        self.run(self.agent.undo(decision, by()))

    @rule(
        guest=st.sampled_from(GUESTS),
        kind=st.sampled_from((CommandKind.REDEEM, CommandKind.HOLD)),
        points=st.sampled_from((1, 6, 25)),
        broken=st.booleans(),
    )
    def use(self, guest: str, kind: CommandKind, points: int, broken: bool) -> None:
        key = record(guest)
        mine = next(records for records in self.run(self.people()) if key in records)
        usable = self.model.guest(mine).usable()
        outcome = self.command(kind, points, broken, record=key, seconds=7_200)
        assert isinstance(outcome, CarriedOut) == (points <= usable), "what is in hand can be used, and no more"
        if isinstance(outcome, CarriedOut):
            assert outcome.left == usable - points
        else:
            assert isinstance(outcome, NotEnoughPoints)

    @rule(
        guest=st.sampled_from(GUESTS),
        to=st.sampled_from(GUESTS),
        points=st.sampled_from((1, 6, 25)),
        broken=st.booleans(),
    )
    def give(self, guest: str, to: str, points: int, broken: bool) -> None:
        giver, receiver = record(guest), record(to)
        mine = next(records for records in self.run(self.people()) if giver in records)
        usable = self.model.guest(mine).usable()
        outcome = self.command(CommandKind.TRANSFER, points, broken, record=giver, to=Recipient(record=receiver))
        assert isinstance(outcome, CarriedOut) == (points <= usable and receiver not in mine)
        if isinstance(outcome, CarriedOut):
            assert outcome.left == usable - points
            self.model.given[outcome.redemption.key] = receiver

    @precondition(lambda self: any(sold.brand == "cafe" for sold in self.model.orders))
    @rule(
        guest=st.sampled_from(GUESTS),
        points=st.sampled_from((9, -4)),
        months=st.sampled_from((None, 1)),
        broken=st.booleans(),
    )
    def grant(self, guest: str, points: int, months: int | None, broken: bool) -> None:
        key, day = record(guest), self.model.now + timedelta(days=31 * (months or 0))
        lot = Lot("cafe", day.date().isoformat() if months and points > 0 else "")
        mine = next(records for records in self.run(self.people()) if key in records)
        there = self.model.granted(mine, key, lot, points)
        outcome = self.command(
            CommandKind.GRANT, points, broken, record=key, brand=lot.brand, expires=lot.expires, reason="goodwill"
        )
        assert isinstance(outcome, CarriedOut if there else NotEnoughPoints)

    @rule(
        guest=st.sampled_from(GUESTS),
        kind=st.sampled_from((CommandKind.REDEEM, CommandKind.HOLD)),
        broken=st.booleans(),
    )
    def get_a_reward(self, guest: str, kind: CommandKind, broken: bool) -> None:
        key = record(guest)
        mine = next(records for records in self.run(self.people()) if key in records)
        usable, left = self.model.guest(mine).usable(), STOCK - self.model.gone
        outcome = self.command(kind, None, broken, record=key, seconds=7_200, wanted=Wanted(RULES, "mug"))
        if not left:
            assert isinstance(outcome, OutOfStock)
        elif usable < PRICE:
            assert isinstance(outcome, NotEnoughPoints)
        else:
            assert isinstance(outcome, CarriedOut)
            assert (outcome.left, self.model.gone) == (usable - PRICE, STOCK - left + 1)

    @precondition(lambda self: self.model.redemptions)
    @rule(
        data=st.data(),
        kind=st.sampled_from((CommandKind.CAPTURE, CommandKind.RELEASE, CommandKind.REVERSE)),
        points=st.sampled_from((None, 1, 6)),
        broken=st.booleans(),
    )
    def follow(self, data: st.DataObject, kind: CommandKind, points: int | None, broken: bool) -> None:
        of = data.draw(st.sampled_from(sorted(self.model.redemptions)))
        before = self.model.redemptions[of]
        there = before.used if kind is CommandKind.REVERSE else before.held if before.holds(self.model.now) else {}
        held, used = +before.held, +before.used
        whole = before.reward is None or points is None
        enough = bool(+Counter(there)) and (points or 1) <= sum(there.values())
        unused = not enough or kind is not CommandKind.REVERSE or self.model.comes_back(before, points)
        outcome = self.command(kind, points, broken, of=of)
        assert isinstance(outcome, CarriedOut) == (whole and enough and unused)
        if isinstance(outcome, CarriedOut):
            moved = points or sum(there.values())
            after = outcome.redemption
            sign = -1 if kind is CommandKind.REVERSE else int(kind is CommandKind.CAPTURE)
            assert (+after.used).total() == used.total() + sign * moved
            left = held.total() - moved if kind is CommandKind.RELEASE else 0
            assert (+after.held).total() == (held.total() if kind is CommandKind.REVERSE else left)
            assert all((+after.used)[lot] <= used[lot] + held[lot] for lot in +after.used), "from its own lots"

    @precondition(lambda self: self.commands)
    @rule(data=st.data())
    def send_a_command_again(self, data: st.DataObject) -> None:
        again = data.draw(st.sampled_from(self.commands))
        assert self.run(self.points.carry_out(again, self.model.now)).new is False

    def command(self, kind: CommandKind, points: int | None, broken: bool, **more: Any) -> CarriedOut | RegularsError:
        self.counted += 1
        key = f"c-{self.counted:04}"
        asked = Command(key, key, kind, "test", points, **({"seconds": 0} | more if kind is CommandKind.HOLD else more))
        outcome = self.run(self.sent(asked, broken))
        if isinstance(outcome, CarriedOut):
            self.commands.append(asked)
            self.model.redemptions[outcome.redemption.key] = outcome.redemption
        return outcome

    async def sent(self, asked: Command, broken: bool) -> CarriedOut | RegularsError:
        """The outcome. Where the connection breaks nobody knows it, so the same is sent once more."""
        if broken:
            sending = asyncio.create_task(self.points.carry_out(asked, self.model.now))
            await asyncio.sleep(0.004)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
        try:
            return await self.points.carry_out(asked, self.model.now)
        except (Conflict, InvalidInput) as error:
            return error

    async def people(self) -> list[list[str]]:
        return [row["records"] for row in await self.store.read("bench/people") if row["records"]]

    @invariant()
    def every_record_and_customer_has_what_the_model_says(self) -> None:
        self.run(self.check())

    async def check(self) -> None:
        await self.booking.book_all()
        self.model.people = await self.people()
        rows = await self.store.read_text(
            """
            MATCH (c:Customer)<-[:RESOLVED_TO]-(r:SourceRecord)
            RETURN c.number AS number, c.stats AS customer, collect([r.key, r.stats]) AS records
            """,
            operation="test",
        )
        now = self.model.now
        for row in rows:
            for key, text in row["records"]:
                stats = Stats.from_json(text)
                expected = {lot.key: points for lot, points in self.model.lots(key).items() if points}
                held = {k: v for k, v in stats.holds.items() if datetime.fromisoformat(k.partition("|")[0]) > now}
                over = {k: v for k, v in stats.holds.items() if k not in held}
                found = Counter(stats.lots)
                for one, points in over.items():
                    found[one.partition("|")[2]] += points
                assert {lot: points for lot, points in found.items() if points} == expected
            total, said = Stats.from_json(row["customer"]), self.model.guest([key for key, _ in row["records"]])
            mine = points_balance(total.lots, total.holds, now)
            assert (mine.in_hand, mine.expired, mine.debt) == (said.in_hand, said.expired, said.debt)
            assert all(points > 0 for points in mine.in_hand.values())
        assert sum(counter.gone(now) for counter in await self.counters()) == self.model.gone

    async def counters(self) -> list[LimitCounter]:
        rows = await self.store.read_text("MATCH (l:Limit) RETURN l.key, l.used, l.holds", operation="test")
        return [LimitCounter.of_row(*row.values()) for row in rows]

    def teardown(self) -> None:
        try:
            self.run(self.close())
        finally:
            self.runner.close()

    async def close(self) -> None:
        """At last everything is undone, and told once more in another order: the same points."""
        try:
            for decision in self.decisions:
                await self.agent.undo(decision, by())
            assert sorted(await self.people()) == sorted([record(guest)] for guest in GUESTS)
            await self.check()
            await invariants(self.store, VAULT)
            assert (await verify(BookedPoints(self.store), lambda _: None)).balanced
            said = await self.stats()
            redemptions = [rows async for rows in History(self.store).redemptions()]
            await wipe(self.store)
            await has_bonuses(self.store)
            for event in reversed(self.teller.events):
                await self.commit([event])
            await self.booking.book_all()
            for rows in (*redemptions, *redemptions):
                await self.points.repeat(rows)
            assert await self.stats() == said
            # Holds of the model's time are long over: what is used remains.
            used = [one.reward for one in self.model.redemptions.values() if one.reward]
            assert sum(one.used for one in await self.counters()) == sum(one.stage is Stage.USED for one in used)
            await invariants(self.store, VAULT)
        finally:
            await self.connecting.__aexit__(None, None, None)

    async def stats(self) -> dict[str, str]:
        rows = await self.store.read_text("MATCH (r:SourceRecord) RETURN r.key AS key, r.stats AS stats", operation="t")
        return {row["key"]: row["stats"] for row in rows}


def test_no_history_makes_or_loses_points(neo4j_server: Running) -> None:
    machine = type("OnServer", (PointsHistory,), {"server": neo4j_server})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=8,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],  # to shrink a history takes minutes; the steps that failed are shown anyway
            suppress_health_check=list(HealthCheck),
        ),
    )
