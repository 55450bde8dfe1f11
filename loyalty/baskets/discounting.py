"""What one discount takes off the units of a basket, to the minor unit.

The units are in one fixed order, by product, category and price, whatever the order of the lines. So are all choices
among units that cost the same.

Rounding: a percentage of single units is rounded down by line, and one of the whole basket once. What comes off
several units is shared in proportion to what they cost, rounded down; of what remains, one minor unit each goes to the
dearest units, in turn. Nothing costs less than zero, and what comes off is what the units cost less, exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from loyalty.baskets.basket import Basket
from loyalty.rewards.discount_rules import Discount, Undiscounted

_WHOLE = 10_000  # a percentage has two decimals


@dataclass(frozen=True, slots=True)
class BasketUnits:
    """The units of a basket: their lines (places in the basket) and prices. `open`: those that may be discounted."""

    basket: Basket
    line_of: tuple[int, ...]
    prices: tuple[int, ...]
    open: tuple[int, ...]

    @classmethod
    def of(cls, basket: Basket, undiscounted: Undiscounted) -> BasketUnits:
        lines = sorted(
            enumerate(basket.lines),
            key=lambda one: (one[1].product, one[1].category or "", one[1].minor, one[1].quantity, one[0]),
        )
        line_of, prices, open_ = list[int](), list[int](), list[int]()
        for place, line in lines:
            each, rest = divmod(line.minor, line.units)
            for unit in range(line.units):
                if not undiscounted.names(line.product, line.category):
                    open_.append(len(prices))
                line_of.append(place)
                prices.append(each + (unit < rest))
        return cls(basket, tuple(line_of), tuple(prices), tuple(open_))

    def named(self, discount: Discount) -> tuple[int, ...]:
        """The units that a discount is about."""
        lines = self.basket.lines
        return tuple(
            unit for unit in self.open if discount.names((line := lines[self.line_of[unit]]).product, line.category)
        )

    def by_line(self, off: Iterable[tuple[int, int]]) -> tuple[int, ...]:
        """What comes off each line where `off` comes off units."""
        sums = [0] * len(self.basket.lines)
        for unit, amount in off:
            sums[self.line_of[unit]] += amount
        return tuple(sums)

    def taken_off(
        self, discount: Discount, named: Sequence[int], left: Sequence[int], counted: int
    ) -> tuple[list[tuple[int, int]], int]:
        """What a discount takes off units that cost `left` by now. `counted`: units (bits) that a discount which counts
        units has counted before: none is counted twice. Gives `counted` as it is then, too."""
        if not discount.of_units:
            return _shared(_worth(discount, sum(left[unit] for unit in named)), named, left), counted
        units = [unit for unit in named if left[unit]]
        if discount.most or discount.buy:
            units = sorted((unit for unit in units if not counted >> unit & 1), key=lambda unit: left[unit])
            buy, get = discount.buy or 0, discount.get or 1
            times = min(len(units) // (buy + get), discount.most or len(units))
            for unit in units[: times * (buy + get)]:
                counted |= 1 << unit
            units = sorted(units[: times * get])
        if discount.amount is not None:
            return [(unit, min(discount.amount.minor, left[unit])) for unit in units], counted
        off = list[tuple[int, int]]()
        for _, same in groupby(units, key=lambda unit: self.line_of[unit]):
            line = list(same)
            off += _shared(_worth(discount, sum(left[unit] for unit in line)), line, left)
        return off, counted

    def most_off(self, discount: Discount, named: Sequence[int]) -> int:
        """No less than what a discount takes off these units, whatever other ones take off before."""
        prices = sorted((self.prices[unit] for unit in named), reverse=True)
        if discount.of_units and (discount.most or discount.buy):
            buy, get = discount.buy or 0, discount.get or 1
            times = min(len(prices) // (buy + get), discount.most or len(prices))
            prices = prices[: times * get]
        if discount.percent is not None:
            return -(-sum(prices) * _hundredths(discount) // _WHOLE)
        assert discount.amount is not None
        each = discount.amount.minor
        return sum(min(each, price) for price in prices) if discount.of_units else min(each, sum(prices))


def _worth(discount: Discount, cost: int) -> int:
    if discount.amount is not None:
        return min(discount.amount.minor, cost)
    return cost * _hundredths(discount) // _WHOLE


def _hundredths(discount: Discount) -> int:
    return int((discount.percent or 0) * 100)


def _shared(amount: int, units: Sequence[int], left: Sequence[int]) -> list[tuple[int, int]]:
    cost = sum(left[unit] for unit in units)
    if not amount or not cost:
        return []
    shares = {unit: amount * left[unit] // cost for unit in units}
    rest = amount - sum(shares.values())
    for unit in sorted(units, key=lambda unit: -left[unit])[:rest]:
        shares[unit] += 1
    return [(unit, share) for unit, share in shares.items() if share]
