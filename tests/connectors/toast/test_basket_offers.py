"""Offers for the basket of a check: decided as for any basket, and never more than there is."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toast.basket_offers import BasketDesk
from connectors.toast.till_request import TillRedemption
from loyalty.baskets.basket import Basket, BasketLine
from loyalty.baskets.stacking import BasketChoice
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import Guest, RewardPlace
from loyalty.rewards.rewards import Rewards

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = Rewards.model_validate(
    {
        "stacking_groups": ["season"],
        "rewards": [
            {"id": "cakes", "name": "x", "kind": "discount", "price": 10,
             "discount": {"percent": 50, "categories": ["bakery"]}},
            {"id": "tenth", "name": "x", "kind": "discount", "price": 0, "group": "season",
             "discount": {"percent": 10}},
            {"id": "five", "name": "x", "kind": "discount", "price": 0, "group": "season",
             "discount": {"amount": "5 USD", "minimum": "20 USD"}},
            {"id": "cash", "name": "x", "kind": "amount", "price": 20, "value": "2 USD"},
            {"id": "mug", "name": "x", "kind": "prize", "price": 20, "stock": 1},
            {"id": "coded", "name": "x", "kind": "discount", "price": 0, "discount": {"percent": 90}},
        ],
        "coupons": [{"id": "spring", "reward": "coded", "kind": "mass", "code": "SPRING"}],
    }
)  # fmt: skip
LINES = (BasketLine("cake", 998, category="bakery"), BasketLine("latte", 350))


def desk(points: int = 100, lines: tuple[BasketLine, ...] = LINES, *, mugs: int = 0) -> BasketDesk:
    basket = Basket(RewardPlace("cafe", "s-1"), "USD", lines)
    counters = {"stock|mug": LimitCounter("stock|mug", mugs)}
    return BasketDesk(BasketChoice(basket, RULES, Guest("member", points), counters, NOW))


def applied(identifier: str, quantity: int = 1) -> TillRedemption:
    return TillRedemption(identifier=identifier, quantity=quantity)


def offered(one: BasketDesk) -> list[tuple[str, int]]:
    return [(reward.id, off) for reward, off in one.offers()]


def test_offers_say_what_they_take_off() -> None:
    assert offered(desk()) == [("cakes", 499), ("tenth", 134), ("cash", 200), ("mug", 0)]
    assert offered(desk(mugs=1, points=10)) == [("cakes", 499), ("tenth", 134)]
    lattes = (BasketLine("latte", 2500),)
    assert offered(desk(lines=lattes)) == [("tenth", 250), ("five", 500), ("cash", 200), ("mug", 0)]


def test_offers_are_beside_what_is_applied() -> None:
    one = desk(40)
    assert one.judge([applied("tenth"), applied("cakes")]) == (["", ""], [84, 499])
    assert offered(one) == [("cakes", 249), ("tenth", 76), ("cash", 200), ("mug", 0)]
    one = desk(40)
    assert one.judge([applied("cash", 2)]) == ([""], [400])
    assert offered(one) == [("tenth", 134)]


@pytest.mark.parametrize(
    ("asked", "reasons"),
    [
        (["nothing"], ["no such reward"]),
        (["coded"], ["coupon only"]),
        (["five"], ["must cost 20.00 USD"]),
        (["mug", "mug", "cakes"], ["", "None is left", ""]),
    ],
)
def test_what_is_not_valid_says_why(asked: list[str], reasons: list[str]) -> None:
    found = desk().judge([applied(one) for one in asked]).reasons
    assert [bool(one) for one in found] == [bool(one) for one in reasons]
    assert all(reason in one for one, reason in zip(found, reasons, strict=True))


def test_a_quantity_is_had_whole_or_not_at_all() -> None:
    one = desk(45)
    reasons, off = one.judge([applied("cash", 3), applied("cakes")])
    assert [bool(reason) for reason in reasons] == [True, False]
    assert off[1] == 499
    assert [choice.reward.id for choice in one.had] == ["cakes"]


@given(
    st.lists(st.sampled_from([reward.id for reward in RULES.rewards]), max_size=5),
    st.integers(0, 100),
    st.integers(0, 1),
)
def test_each_offer_can_be_applied_and_takes_off_what_it_says(asked: list[str], points: int, mugs: int) -> None:
    one = desk(points, mugs=mugs)
    reasons, _ = one.judge([applied(name) for name in asked])
    valid = [name for name, why in zip(asked, reasons, strict=True) if not why]
    for name, off in offered(one):
        again = desk(points, mugs=mugs)
        reasons, taken = again.judge([applied(name) for name in (*valid, name)])
        if not any(reasons):  # else another combination is better for the guest
            assert taken[-1] == off or valid.count(name)
