"""Rewards of one basket in a real store: decided together, in one unit, by the function that a dry run uses
(loyalty.commands.wanted_rewards)."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.errors import BudgetSpent, NotEnoughPoints, RegularsError, RewardNotAvailable
from graph.store.database import Database
from loyalty.baskets.basket import Basket, BasketLine
from loyalty.commands.command import Command, CommandKind
from loyalty.commands.points_commands import CarriedOut, PointsCommands
from loyalty.programme.programme import Programme
from loyalty.rewards.reward_choice import RewardPlace, Wanted
from tests.kit.building import PROGRAMME
from tests.loyalty.commands.test_points_commands_rewards import follow, gone, proven, record, three_guests

pytestmark = pytest.mark.neo4j

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = Programme.model_validate(
    PROGRAMME.model_dump(by_alias=True, exclude={"rewards", "budgets", "coupons"})
    | {
        "stacking_groups": ["one"],
        "budgets": [{"id": "spring", "amount": "6 USD"}],
        "rewards": [
            {"id": "cakes", "name": "Half", "kind": "discount", "price": 10, "budget": "spring",
             "discount": {"percent": 50, "products": ["cake"]}},
            {"id": "tenth", "name": "A tenth", "kind": "discount", "price": 0, "group": "one",
             "discount": {"percent": 10}},
            {"id": "fifth", "name": "A fifth", "kind": "discount", "price": 0, "group": "one",
             "discount": {"percent": 20}},
            {"id": "cash", "name": "2.00", "kind": "amount", "price": 20, "value": "2 USD"},
        ],
    }
)  # fmt: skip
BASKET = Basket(
    RewardPlace(),
    "USD",
    (BasketLine.at_price("cake", 499, Decimal(2)), BasketLine.at_price("latte", 350, Decimal(1))),
)
SPRING = "budget|spring|amount"


def basket(request: str, *rewards: str, guest: str = "ann", kind: CommandKind = CommandKind.REDEEM) -> list[Command]:
    return [
        Command(
            f"{request}-{at}",
            f"asked-{request}",
            kind,
            "test",
            record=record(guest),
            wanted=Wanted(RULES, reward),
            basket=BASKET,
            seconds=600 if kind is CommandKind.HOLD else 0,
        )
        for at, reward in enumerate(rewards)
    ]


async def test_rewards_of_a_basket_are_had_in_one_unit_and_in_three_round_trips(store: Database) -> None:
    async with three_guests(store) as points:
        before = store.round_trips
        done = await points.carry_out_all(basket("b-1", "tenth", "cakes", "cash"), NOW, whole=True)
        assert store.round_trips - before == 3
        assert [off(one) for one in done] == [(49, 35), (499, 0), (117, 83)]
        assert await gone(store, SPRING) == 499  # what came off, not what a rule says
        again = await points.carry_out_all(basket("b-1", "tenth", "cakes", "cash"), NOW, whole=True)
        assert [off(one) for one in again] == [off(one) for one in done]
        assert [left(one) for one in again] == [20, 20, 20]
        await points.carry_out(follow("v-1", CommandKind.REVERSE, "b-1-1"), NOW)
        assert await gone(store, SPRING) == 0
        await proven(store)


async def test_where_one_is_refused_none_is_had_and_each_has_its_reason(store: Database) -> None:
    async with three_guests(store, "25.00") as points:
        wanted = basket("b-1", "tenth", "fifth", "cash", "cash", "no-such")
        done = await points.carry_out_all(wanted, NOW, whole=True)
        assert [type(one) for one in done] == [
            RewardNotAvailable,
            CarriedOut,
            CarriedOut,
            NotEnoughPoints,
            RewardNotAvailable,
        ]
        assert str(done[0]) == "It is not had together with fifth."
        [row] = await store.read_text("RETURN COUNT { (:PointsCommand) } AS commands", operation="test")
        assert row["commands"] == 0


async def test_a_hold_sets_the_budget_aside_and_two_baskets_never_share_it(store: Database) -> None:
    async with three_guests(store) as points:
        pairs = await asyncio.gather(
            *(
                PointsCommands(store).carry_out_all(
                    basket(f"b-{guest}", "cakes", guest=guest, kind=CommandKind.HOLD), NOW, whole=True
                )
                for guest in ("ann", "eve", "joe")
            )
        )
        outcomes = [outcome for pair in pairs for outcome in pair]
        assert sorted(type(one).__name__ for one in outcomes) == ["BudgetSpent", "BudgetSpent", "CarriedOut"]
        assert any(isinstance(one, BudgetSpent) for one in outcomes)
        [held] = [one.redemption.key for one in outcomes if isinstance(one, CarriedOut)]
        await points.carry_out(follow("r-1", CommandKind.RELEASE, held), NOW)
        assert await gone(store, SPRING) == 0
        await proven(store)


async def test_a_discount_is_had_with_a_basket_only(store: Database) -> None:
    async with three_guests(store) as points:
        alone = Command("r-1", "r-1", CommandKind.REDEEM, "test", record=record("ann"), wanted=Wanted(RULES, "tenth"))
        with pytest.raises(RewardNotAvailable, match="basket"):
            await points.carry_out(alone, NOW)


def off(outcome: CarriedOut | RegularsError) -> tuple[int, ...] | None:
    assert isinstance(outcome, CarriedOut), outcome
    assert outcome.redemption.reward is not None
    return outcome.redemption.reward.off


def left(outcome: CarriedOut | RegularsError) -> int:
    assert isinstance(outcome, CarriedOut), outcome
    return outcome.left
