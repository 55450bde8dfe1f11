"""A check as a basket: what has a price, before discounts, and nothing that a basket cannot hold."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from connectors.toast.check_basket import basket_of
from connectors.toast.till_request import Check
from loyalty.baskets.basket import MAX_LINES, BasketLine
from loyalty.rewards.reward_choice import RewardPlace

PLACE = RewardPlace("pasta", "s-1")


def line(**fields: Any) -> dict[str, Any]:
    return {"item": {"guid": "latte"}, "displayName": "Latte", "quantity": 1, "price": 3.5} | fields


def lines(*selections: dict[str, Any]) -> tuple[BasketLine, ...] | None:
    basket = basket_of(Check.model_validate({"guid": "c", "selections": selections}), PLACE, "USD")
    assert basket is None or (basket.place, basket.currency) == (PLACE, "USD")
    return basket and basket.lines


def test_what_has_a_price_is_a_line_before_discounts() -> None:
    assert lines(
        line(),
        line(item=None, quantity=2, price=6.0, preDiscountPrice=9.0, salesCategory={"guid": "bakery"}),
        line(price=0.1 + 0.2, quantity=0.25, salesCategory="?", preDiscountPrice="?"),
    ) == (
        BasketLine("latte", 350),
        BasketLine("Latte", 900, Decimal(2), "bakery"),
        BasketLine("latte", 30, Decimal("0.25")),
    )


@pytest.mark.parametrize(
    "fields",
    [{"voided": True}, {"price": None}, {"price": -1}, {"quantity": 0}, {"item": None, "displayName": None}],
)
def test_what_cannot_be_a_line_is_left_out(fields: dict[str, Any]) -> None:
    assert lines(line(**fields)) is None
    assert lines(line(**fields), line()) == (BasketLine("latte", 350),)


def test_a_check_that_is_too_large_has_no_basket() -> None:
    assert len(lines(*[line()] * MAX_LINES) or ()) == MAX_LINES
    assert lines(*[line()] * (MAX_LINES + 1)) is None
    assert lines(line(quantity=201)) is None
    assert lines() is None
