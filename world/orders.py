"""Orders, refunds and their sums: the lines of an order always add up to its total."""

from __future__ import annotations

from typing import Any

from world.guest import Guest


def money(cents: int) -> str:
    """Cents as a decimal text with two places."""
    return f"{cents // 100}.{cents % 100:02d}"


def make_order(guest: Guest, channel: str) -> tuple[dict[str, Any], int]:
    """An order of the guest's present visit and its total in cents."""
    rng, brand, store, config = guest.rng, guest.brand, guest.visit.store, guest.config
    count = 1 + min(20, int(rng.expovariate(1 / (brand.kind.lines - 0.6))))
    favourite = guest.favourites.get(guest.visit.brand)
    if favourite is None:
        favourite = guest.favourites[guest.visit.brand] = rng.choices(
            range(len(brand.products)), cum_weights=brand.popular
        )[0]
    chosen = dict.fromkeys(rng.choices(range(len(brand.products)), cum_weights=brand.popular, k=count))
    if rng.random() < 0.4:
        chosen[favourite] = None
    lines: list[dict[str, Any]] = []
    total = 0
    for number in chosen:
        product = brand.products[number]
        luck = rng.random()
        quantity = 1 if luck < 0.82 else 2 if luck < 0.96 else 3
        cents = product.cents * quantity
        if rng.random() < config.discounts:
            cents -= cents // 5
        total += cents
        lines.append({"product": product.id, "name": product.name, "quantity": quantity, "amount": money(cents)})
    order: dict[str, Any] = {
        "id": guest.key(),
        "store": store.id,
        "channel": channel,
        "currency": config.currency,
        "total": money(total),
        "lines": lines,
    }
    return order, total


def complete(
    guest: Guest, source: str, after: int, subject: dict[str, Any] | None, order: dict[str, Any], total: int
) -> None:
    """Send the completed order and, with the configured chance, its refund, which may overtake it."""
    rng, config = guest.rng, guest.config
    if not guest.chance(config.refunds):
        guest.send("order.completed", source, after, subject, order=order)
        return
    later = after + rng.choice((900, 3_600, 86_400, 3 * 86_400)) + rng.randrange(600)
    first = guest.chance(config.refund_first)
    guest.send("order.completed", source, after, subject, order=order, hold=later - after + 1_800 if first else 0)
    cents = total if rng.random() < 0.5 else max(1, total * rng.randrange(10, 90) // 100)
    refund = {
        "id": guest.key(),
        "order": order["id"],
        "currency": config.currency,
        "amount": money(cents),
        "reason": rng.choice(("quality", "wrong item", "late", "goodwill")),
    }
    guest.send("order.refunded", source, later, None, refund=refund)
