"""Discounts as data: what a reward takes off a basket."""

from __future__ import annotations

from decimal import Decimal
from enum import IntEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from loyalty.rewards.reward_amount import WrittenAmount

MAX_DISCOUNTED = 1_000
"""Products, and categories, that a discount names."""

Ids = Annotated[frozenset[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=MAX_DISCOUNTED)]
_Count = Annotated[int, Field(strict=True, ge=1, le=1_000)]


class DiscountStage(IntEnum):
    """When a discount comes off, from the first to the last."""

    LINE = 1
    CART = 2
    POINTS = 3


class Undiscounted(BaseModel):
    """What no reward takes anything off, such as gift cards: these products (ids), and those of these categories."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    products: Ids = frozenset()
    categories: Ids = frozenset()

    def names(self, product: str, category: str | None) -> bool:
        return product in self.products or category in self.categories


class Discount(BaseModel):
    """Takes `percent` or an `amount` off.

    Of the whole basket; or, where it names any of `products`, `categories`, `most` or `buy`, of single units: an
    `amount` is then that of each unit. `most`: so many units, the cheapest first. `buy` and `get`: of each so many
    units that are bought, so many more are discounted, the cheapest; `most` is then how often. `minimum`: what the
    basket must cost before discounts.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    percent: Annotated[Decimal, Field(gt=0, le=100, decimal_places=2)] | None = None
    amount: WrittenAmount | None = None
    products: Ids = frozenset()
    categories: Ids = frozenset()
    buy: _Count | None = None
    get: _Count | None = None
    most: _Count | None = None
    minimum: WrittenAmount | None = None

    @model_validator(mode="after")
    def _clear(self) -> Self:
        if (self.percent is None) == (self.amount is None):
            raise ValueError("say one of `percent` and `amount`")
        if (self.buy is None) != (self.get is None):
            raise ValueError("say both of `buy` and `get`, or none")
        if self.amount and self.minimum and self.amount.currency != self.minimum.currency:
            raise ValueError("`amount` and `minimum` are in one currency")
        return self

    @property
    def of_units(self) -> bool:
        """Whether it comes off single units, and not off the whole basket."""
        return bool(self.products or self.categories or self.most or self.buy)

    @property
    def currency(self) -> str | None:
        """The only currency in which it is had; None: any."""
        named = self.amount or self.minimum
        return named and named.currency

    def names(self, product: str, category: str | None) -> bool:
        """Whether it comes off this product."""
        if not self.products and not self.categories:
            return True
        return product in self.products or category in self.categories
