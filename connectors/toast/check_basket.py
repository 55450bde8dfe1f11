"""A till's check as a basket, for rewards that take something off what is in it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN

from connectors.toast.check_order import sold_lines
from connectors.toast.till_request import Check
from domain.errors import InvalidInput
from domain.money import exponent
from loyalty.baskets.basket import Basket, BasketLine
from loyalty.rewards.reward_choice import RewardPlace


def basket_of(check: Check, place: RewardPlace, currency: str) -> Basket | None:
    """What is on the check, at prices before discounts: those of offers that are applied already would come off twice.
    None: nothing that has a price, or more than a basket holds."""
    lines = tuple(_lines(check, currency))
    try:
        return Basket(place, currency, lines) if lines else None
    except InvalidInput:
        return None


def _lines(check: Check, currency: str) -> Iterator[BasketLine]:
    for product, quantity, line in sold_lines(check.selections):
        price = line.price if line.pre_discount_price is None else line.pre_discount_price
        if price is not None and price >= 0:
            minor = int(price.scaleb(exponent(currency)).to_integral_value(ROUND_HALF_EVEN))
            yield BasketLine(product, minor, quantity, line.sales_category and line.sales_category.guid)
