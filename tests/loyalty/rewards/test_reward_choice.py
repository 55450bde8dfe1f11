"""Whether a guest gets a reward: every reason why not, and none where there is none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BudgetSpent, CouponNotValid, CouponUsed, GuestLimitReached, OutOfStock, RewardNotAvailable
from domain.order_words import Channel
from loyalty.rewards.limit_counters import LimitCounter, Stage
from loyalty.rewards.reward_choice import Choice, Guest, RewardPlace, RewardUse, Wanted, WhyNot, refusals
from loyalty.rewards.rewards import Rewards

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
RULES = Rewards.model_validate(
    {
        "budgets": [{"id": "spring", "points": 250, "uses": 3, "amount": "10 USD"}],
        "rewards": [
            {
                "id": "coffee",
                "name": "Coffee",
                "kind": "product",
                "price": {"default": 100, "gold": 80},
                "value": "3.50 USD",
                "brands": ["cafe"],
                "stores": ["s-1"],
                "channels": ["takeaway"],
                "first_day": "2026-03-01",
                "last_day": "2026-03-31",
                "stock": 2,
                "per_guest": {"most": 2, "every": "month"},
                "budget": "spring",
            },
            {"id": "gold_only", "name": "Dinner", "kind": "experience", "price": {"gold": 0}},
            {"id": "drink", "name": "Drink", "kind": "product", "price": 0},
            {"id": "cake", "name": "Cake", "kind": "product", "price": 0},
        ],
        "coupons": [
            {"id": "hello", "reward": "drink", "kind": "mass", "code": "HELLO", "uses": 2, "per_guest": 1},
            {
                "id": "birthday",
                "reward": "cake",
                "kind": "personal",
                "first_day": "2026-03-10",
                "last_day": "2026-03-20",
            },
        ],
    }
)
HERE = RewardPlace("cafe", "s-1", Channel.TAKEAWAY)
RICH = Guest("member", 100)


def whys(
    wanted: dict[str, Any],
    *,
    place: RewardPlace = HERE,
    guest: Guest = RICH,
    counters: dict[str, int] | None = None,
    now: datetime = NOW,
) -> list[WhyNot]:
    choice = Choice.of(Wanted(RULES, **wanted), {"hash": "birthday"})
    found = {key: LimitCounter(key, used) for key, used in (counters or {}).items()}
    return [one.why for one in refusals(choice, place, guest, found, now)]


def use(
    day: int,
    stage: Stage = Stage.USED,
    until: datetime | None = None,
    *,
    reward: str = "coffee",
    coupon: str | None = None,
) -> RewardUse:
    at = datetime(2026, 3, day, tzinfo=UTC)
    ends = until and until.isoformat()
    return RewardUse(reward, coupon, at=at.isoformat(), stage=stage, until=ends)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, []),
        ({"place": RewardPlace("grill", "s-1", Channel.TAKEAWAY)}, [WhyNot.WRONG_BRAND]),
        ({"place": RewardPlace("cafe", "s-2", Channel.TAKEAWAY)}, [WhyNot.WRONG_STORE]),
        ({"place": RewardPlace("cafe", "s-1", Channel.WEB)}, [WhyNot.WRONG_CHANNEL]),
        ({"place": RewardPlace()}, [WhyNot.WRONG_BRAND, WhyNot.WRONG_STORE, WhyNot.WRONG_CHANNEL]),
        ({"now": NOW - timedelta(days=15)}, [WhyNot.NOT_YET]),
        ({"now": NOW + timedelta(days=17)}, [WhyNot.OVER]),
        ({"now": datetime(2026, 3, 31, 23, 59, tzinfo=UTC)}, []),
        ({"guest": Guest("member", 99)}, [WhyNot.NOT_ENOUGH_POINTS]),
        ({"guest": Guest("gold", 80)}, []),
        ({"counters": {"stock|coffee": 1}}, []),
        ({"counters": {"stock|coffee": 2}}, [WhyNot.OUT_OF_STOCK]),
        ({"counters": {"budget|spring|uses": 3}}, [WhyNot.BUDGET_SPENT]),
        ({"counters": {"budget|spring|points": 150}}, []),
        ({"counters": {"budget|spring|points": 151}}, [WhyNot.BUDGET_SPENT]),
        ({"counters": {"budget|spring|amount": 650}}, []),
        ({"counters": {"budget|spring|amount": 651}}, [WhyNot.BUDGET_SPENT]),
        ({"guest": Guest("member", 100, [use(1), use(2)])}, [WhyNot.GUEST_LIMIT_REACHED]),
        ({"guest": Guest("member", 100, [use(1), use(2, Stage.BACK)])}, []),
        ({"guest": Guest("member", 100, [use(1), use(2, reward="cake")])}, []),
        ({"guest": Guest("member", 100, [use(1), use(2, Stage.HELD, NOW)])}, []),
        (
            {"guest": Guest("member", 100, [use(1), use(2, Stage.HELD, NOW + timedelta(seconds=1))])},
            [WhyNot.GUEST_LIMIT_REACHED],
        ),
        ({"guest": Guest("member", 100, [use(1), RewardUse("coffee", at="2026-02-28T23:59:59+00:00")])}, []),
    ],
)
def test_each_reason(more: dict[str, Any], expected: list[WhyNot]) -> None:
    assert whys({"reward": "coffee"}, **more) == expected


@pytest.mark.parametrize(
    ("wanted", "more", "expected"),
    [
        ({"reward": "gold_only"}, {}, [WhyNot.WRONG_TIER]),
        ({"reward": "gold_only"}, {"guest": Guest("gold", 0)}, []),
        ({"coupon": "hello"}, {}, []),
        ({"coupon": "hello"}, {"counters": {"coupon|hello": 2}}, [WhyNot.COUPON_USED]),
        ({"coupon": "hello"}, {"guest": Guest("member", 0, [use(1, coupon="hello")])}, [WhyNot.COUPON_USED]),
        ({"code": "hash"}, {}, []),
        ({"code": "hash"}, {"counters": {"code|hash": 1}}, [WhyNot.COUPON_USED]),
        ({"code": "hash"}, {"now": NOW - timedelta(days=6)}, [WhyNot.COUPON_NOT_VALID]),
        ({"code": "hash"}, {"now": NOW + timedelta(days=6)}, [WhyNot.COUPON_NOT_VALID]),
    ],
)
def test_tiers_and_coupons(wanted: dict[str, Any], more: dict[str, Any], expected: list[WhyNot]) -> None:
    assert whys(wanted, **more) == expected


@pytest.mark.parametrize(
    ("wanted", "error"),
    [
        ({"reward": "unknown"}, RewardNotAvailable),
        ({"reward": "drink"}, RewardNotAvailable),
        ({"coupon": "unknown"}, CouponNotValid),
        ({"code": "another"}, CouponNotValid),
        ({}, CouponNotValid),
    ],
)
def test_what_cannot_be_chosen(wanted: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        Choice.of(Wanted(RULES, **wanted), {"hash": "birthday"})


def test_a_refusal_is_an_error_with_a_code_and_says_what_is_missing() -> None:
    choice = Choice.of(Wanted(RULES, "coffee"), {})
    full = {key: LimitCounter(key, 10**6) for key in ("stock|coffee", "budget|spring|uses")}
    found = list(refusals(choice, HERE, Guest("member", 80, [use(1), use(2)]), full, NOW))
    assert [type(one.error()) for one in found[:3]] == [GuestLimitReached, OutOfStock, BudgetSpent]
    assert (found[-1].sentence, found[-1].missing) == ("20 points more are needed.", 20)
    spent = refusals(
        Choice.of(Wanted(RULES, coupon="hello"), {}), HERE, RICH, {"coupon|hello": LimitCounter("", 2)}, NOW
    )
    assert [type(one.error()) for one in spent] == [CouponUsed]


@given(st.integers(0, 400), st.integers(0, 4), st.integers(0, 300), st.integers(0, 1200))
def test_what_is_given_never_exceeds_a_limit(points: int, stock: int, spent: int, money: int) -> None:
    counters = {"stock|coffee": stock, "budget|spring|points": spent, "budget|spring|amount": money}
    choice = Choice.of(Wanted(RULES, "coffee"), {})
    if not whys({"reward": "coffee"}, guest=Guest("member", points), counters=counters):
        assert points >= 100
        for take in choice.takes(100):
            assert counters.get(take.key, 0) + take.amount <= take.most
