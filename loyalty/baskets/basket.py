"""A basket, and what came of the rewards that a guest wants for it. All amounts are whole minor units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal

from domain.errors import InvalidInput
from loyalty.rewards.reward_choice import Choice, RewardPlace, RewardRefusal

MAX_LINES = 100
"""Lines of a basket."""
MAX_UNITS = 200
"""Units in a basket; a line of weighed goods is one."""
MAX_BASKET = 10**12
"""Minor units that a basket costs."""
MAX_WANTED = 20
"""Rewards that are wanted for one basket; one that is used twice counts as two."""


@dataclass(frozen=True, slots=True)
class BasketLine:
    """A product, how much of it, and what that costs before discounts."""

    product: str
    minor: int
    quantity: Decimal = Decimal(1)
    category: str | None = None

    @classmethod
    def at_price(cls, product: str, price: int, quantity: Decimal, category: str | None = None) -> BasketLine:
        """`price`: of one. A fraction of a minor unit is rounded to the nearest, a half to the even one."""
        minor = int((price * quantity).to_integral_value(ROUND_HALF_EVEN))
        return cls(product, minor, quantity, category)

    @property
    def units(self) -> int:
        """How many units discounts count: those of a whole number; else it is weighed, and one."""
        return int(self.quantity) if self.quantity == self.quantity.to_integral_value() else 1


@dataclass(frozen=True, slots=True)
class Basket:
    """What a guest is about to buy, and where."""

    place: RewardPlace
    currency: str
    lines: tuple[BasketLine, ...]

    def __post_init__(self) -> None:
        """Raises InvalidInput."""
        if len(self.lines) > MAX_LINES:
            raise InvalidInput(f"A basket has {MAX_LINES} lines at most.")
        if any(line.minor < 0 or line.quantity <= 0 for line in self.lines):
            raise InvalidInput("A line has a quantity above zero, and a price of zero or more.")
        if sum(line.units for line in self.lines) > MAX_UNITS:
            raise InvalidInput(f"A basket has {MAX_UNITS} units at most.")
        if self.subtotal > MAX_BASKET:
            raise InvalidInput(f"A basket costs {MAX_BASKET:,} minor units at most.")

    @property
    def subtotal(self) -> int:
        """What its lines cost before discounts."""
        return sum(line.minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class AppliedReward:
    """A reward that is had. `at`: which one of those that were wanted. `off`: what it takes off each line, in the
    order of the basket."""

    at: int
    choice: Choice
    points: int
    off: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RefusedReward:
    """A reward that is not had, and why. `at`: which one of those that were wanted."""

    at: int
    refusals: Sequence[RewardRefusal]


@dataclass(frozen=True, slots=True)
class BasketResult:
    """What rewards take off a basket. Each reward that is wanted is in one of both lists. `left`: what each line still
    costs, in the order of the basket. `paid_with_points`: the part of each line's `off` that points to cash paid."""

    applied: tuple[AppliedReward, ...]
    refused: tuple[RefusedReward, ...]
    left: tuple[int, ...]
    paid_with_points: tuple[int, ...]

    @property
    def total(self) -> int:
        """What is left to be paid."""
        return sum(self.left)

    @property
    def points(self) -> int:
        """Points that all of it costs."""
        return sum(one.points for one in self.applied)
