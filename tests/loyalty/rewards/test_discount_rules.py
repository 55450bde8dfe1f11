"""Rules of discounts: what a file may say, and the sentence where it may not."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from loyalty.rewards.discount_rules import Discount, DiscountStage, Undiscounted
from loyalty.rewards.rewards import Reward, Rewards


def reward(**more: Any) -> dict[str, Any]:
    return {"id": "r", "name": "R", "kind": "discount", "price": 0, **more}


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"discount": {}}, "say one of `percent` and `amount`"),
        ({"discount": {"percent": 5, "amount": "1 USD"}}, "say one of `percent` and `amount`"),
        ({"discount": {"percent": 5, "buy": 2}}, "say both of `buy` and `get`"),
        ({"discount": {"amount": "1 USD", "minimum": "5 EUR"}}, "are in one currency"),
        ({"discount": {"percent": "5.123"}}, "2 decimal places"),
        ({"discount": {"percent": 101}}, "less than or equal to 100"),
        ({"discount": {"percent": 5}, "value": "1 USD"}, "leave `value` out"),
        ({"discount": {"percent": 5, "most": 1}, "kind": "amount"}, "not off single units"),
        ({"group": "none"}, "list it in stacking_groups"),
        ({"discount": {"amount": "1 EUR"}, "budget": "b"}, "needs a value in USD"),
    ],
)
def test_a_wrong_rule_says_how_to_mend_it(named: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Rewards.model_validate({"rewards": [reward(**named)], "budgets": [{"id": "b", "amount": "5 USD"}]})


@pytest.mark.parametrize(
    ("named", "stage", "currency"),
    [
        ({"discount": {"percent": 5}}, DiscountStage.CART, None),
        ({"discount": {"percent": 5, "minimum": "9 USD"}}, DiscountStage.CART, "USD"),
        ({"discount": {"percent": 5, "most": 1}}, DiscountStage.LINE, None),
        ({"discount": {"amount": "1 EUR", "products": ["p"]}}, DiscountStage.LINE, "EUR"),
        ({"value": "2 USD"}, DiscountStage.CART, "USD"),
        ({"value": "2 USD", "kind": "amount"}, DiscountStage.POINTS, "USD"),
    ],
)
def test_a_reward_knows_when_it_is_taken_off(named: dict[str, Any], stage: DiscountStage, currency: str | None) -> None:
    found = Reward.model_validate(reward(**named))
    assert found.off is not None
    assert (found.stage, found.off.currency) == (stage, currency)


def test_a_product_is_money_off_only_if_it_says_so() -> None:
    assert Reward.model_validate(reward(kind="product", value="2 USD")).off is None


def test_what_a_discount_is_about() -> None:
    cakes = Discount.model_validate({"percent": 5, "categories": ["bakery"], "products": ["pie"]})
    assert [cakes.names(*one) for one in (("cake", "bakery"), ("pie", None), ("latte", "coffee"))] == [
        True,
        True,
        False,
    ]
    assert Discount.model_validate({"percent": 5}).names("latte", None)
    gifts = Undiscounted.model_validate({"categories": ["gift"]})
    assert [gifts.names("card", "gift"), gifts.names("latte", None)] == [True, False]
