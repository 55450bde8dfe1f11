"""What a basket would earn, were it paid now."""

from __future__ import annotations

from loyalty.baskets.basket import Basket, BasketResult
from loyalty.programme.programme import Programme


def points_earned(programme: Programme, basket: Basket, result: BasketResult) -> int:
    """The points that the order itself would earn; bonuses come on top, as they look at all orders of the guest. What
    points paid for earns nothing, where the programme says so of orders that are paid with points."""
    place = basket.place
    rule = programme.not_earning
    left = result.left
    if rule is None or "points" not in rule.payments:
        left = tuple(map(sum, zip(left, result.paid_with_points, strict=True)))
    order = {
        "brand": place.brand,
        "channel": place.channel,
        "currency": basket.currency,
        "totalMinor": sum(left),
        "refundedMinor": 0,
        "source": None,
        "payment": None,
    }
    none_of_them = dict.fromkeys(("taxMinor", "tipMinor", "serviceChargeMinor"))
    lines = [(line.product, minor) for line, minor in zip(basket.lines, left, strict=True)]
    earning = programme.earning(order | none_of_them, lines)
    return programme.own_points(order, earning)
