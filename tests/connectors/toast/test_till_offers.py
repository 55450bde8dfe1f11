"""What a guest could have for a check: one after the other, never more than there is, and nothing changes by it."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.toast.till_offers import MAX_OFFERS, OfferDesk, choices
from connectors.toast.till_request import TillRedemption
from domain.order_words import Channel
from loyalty.rewards.limit_counters import LimitCounter
from loyalty.rewards.reward_choice import RewardPlace
from loyalty.rewards.rewards import Rewards

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RULES = Rewards.model_validate(
    {
        "rewards": [
            {"id": "coffee", "name": "Coffee", "kind": "product", "price": 10, "value": "3.50 USD"},
            {"id": "mug", "name": "Mug", "kind": "prize", "price": 20, "stock": 2},
            {"id": "daily", "name": "Cookie", "kind": "product", "price": 0, "per_guest": {"most": 1, "every": "day"}},
            {"id": "vip", "name": "Tour", "kind": "experience", "price": {"vip": 1}},
            {"id": "north", "name": "North", "kind": "product", "price": 1, "stores": ["s-9"]},
            {"id": "coded", "name": "Coded", "kind": "discount", "price": 0, "value": "5 USD"},
        ],
        "coupons": [{"id": "spring", "reward": "coded", "kind": "mass", "code": "SPRING"}],
    }
)


def desk(points: int, used: int = 0) -> OfferDesk:
    counters = {"stock|mug": LimitCounter("stock|mug", used)}
    return OfferDesk(RULES, RewardPlace("pasta", "s-1", Channel.IN_STORE), points, NOW, "member", counters=counters)


def applied(identifier: str, quantity: int = 1) -> TillRedemption:
    return TillRedemption(identifier=identifier, quantity=quantity)


def offered(one: OfferDesk) -> list[str]:
    return [reward.id for reward in one.offers()]


def test_offers_are_what_could_be_had_here_and_now() -> None:
    assert offered(desk(20)) == ["coffee", "mug", "daily"]
    assert offered(desk(19)) == ["coffee", "daily"]
    assert offered(desk(0)) == ["daily"]
    assert offered(desk(20, used=2)) == ["coffee", "daily"]


@pytest.mark.parametrize(
    ("identifier", "reason"),
    [
        ("nothing", "no such reward"),
        ("coded", "coupon only"),
        ("vip", "another tier"),
        ("north", "some stores only"),
        ("mug", "points more"),
    ],
)
def test_what_is_not_valid_says_why(identifier: str, reason: str) -> None:
    one = desk(10)
    assert reason in one.judge([applied(identifier)])[0]
    assert offered(one) == ["coffee", "daily"]


def test_what_is_applied_counts_for_what_follows() -> None:
    one = desk(30)
    first, second, third, again = one.judge([applied("mug"), applied("coffee"), applied("coffee"), applied("daily")])
    assert (first, second, again) == ("", "", "")
    assert "10 points more" in third
    assert offered(one) == []
    assert one.judge([applied("daily")]) == ["A guest gets it once a day."]


def test_a_quantity_is_had_whole_or_not_at_all() -> None:
    one = desk(100, used=1)
    assert one.judge([applied("mug", 2), applied("mug")]) == ["None is left.", ""]
    assert one.points == 80


def test_offers_are_bounded() -> None:
    many = [{"id": f"r-{n}", "name": "R", "kind": "product", "price": 0} for n in range(MAX_OFFERS + 1)]
    rules = Rewards.model_validate({"rewards": many})
    assert len(OfferDesk(rules, RewardPlace(), 0, NOW).offers()) == MAX_OFFERS
    assert [choice.reward.id for choice in choices(RULES)][-1] == "north"


REDEMPTIONS = st.lists(
    st.builds(applied, st.sampled_from(["coffee", "mug", "daily", "vip"]), st.integers(1, 3)), max_size=5
)


@given(st.integers(0, 80), st.integers(0, 3), REDEMPTIONS)
def test_valid_ones_together_cost_no_more_than_there_is(points: int, used: int, asked: list[TillRedemption]) -> None:
    one, before = desk(points, used), deepcopy(desk(points, used))
    reasons = one.judge(asked)
    valid = [redemption for redemption, reason in zip(asked, reasons, strict=True) if not reason]
    prices = {"coffee": 10, "mug": 20, "daily": 0}
    assert one.points == points - sum(prices[each.identifier] * each.quantity for each in valid)
    assert one.points >= 0
    assert used + sum(each.quantity for each in valid if each.identifier == "mug") <= max(2, used)
    assert before.judge(valid) == [""] * len(valid)
