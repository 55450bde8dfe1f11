"""What a basket would earn: of what is left, and not of what points paid for, if the programme says so."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from loyalty.baskets.basket import Basket, BasketLine
from loyalty.baskets.basket_points import points_earned
from loyalty.baskets.stacking import evaluate
from loyalty.programme.programme import Programme
from loyalty.rewards.reward_choice import Choice, Guest, RewardPlace, Wanted

BASKET = Basket(
    RewardPlace("cafe"),
    "USD",
    (BasketLine.at_price("latte", 350, Decimal(2)), BasketLine.at_price("gift-card", 1000, Decimal(1))),
)


@pytest.mark.parametrize(
    ("not_earning", "earned"),
    [
        (None, 16),  # 17.00 less 0.70
        ({"payments": ["points"]}, 14),  # and less 2.00 that points paid
        ({"payments": ["points"], "products": ["gift-card"]}, 5),  # 0.41 and 1.18 of 2.00 go to the two lines
        ({"channels": ["delivery"]}, 16),
    ],
)
def test_earn_and_burn_in_one_sale(not_earning: dict[str, Any] | None, earned: int) -> None:
    """Dynamics-365-Commerce docs#3026: what points paid for earns no points, if that is the rule."""
    programme = Programme.model_validate(
        {
            "points_per_unit": {"default": 1},
            "tiers": [{"name": "member", "from": 0}],
            "not_earning": not_earning,
            "rewards": [
                {
                    "id": "tenth",
                    "name": "A tenth",
                    "kind": "discount",
                    "price": 0,
                    "discount": {"percent": 10, "products": ["latte"]},
                },
                {"id": "cash", "name": "2.00 for points", "kind": "amount", "price": 40, "value": "2 USD"},
            ],
        }
    )
    wanted = [Choice.find(Wanted(programme, id_), {}) for id_ in ("tenth", "cash")]
    result = evaluate(BASKET, programme, Guest("member", 40), wanted, {}, datetime(2026, 3, 1, tzinfo=UTC))
    assert not result.refused
    assert points_earned(programme, BASKET, result) == earned
