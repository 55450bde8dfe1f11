"""Tills: they see a card, a phone number, a typed name, a payment token, or nothing; never a subject id."""

from __future__ import annotations

from typing import Any

from world.guest import Guest
from world.orders import complete, make_order
from world.slips import phone_format


def visit_till(guest: Guest) -> None:
    """A purchase at a till: one completed order with whatever the till learned."""
    order, total = make_order(guest, guest.rng.choice(guest.brand.kind.till))
    order["terminal"] = f"T{guest.rng.randrange(guest.visit.store.terminals) + 1}"
    complete(guest, f"pos-{guest.brand.id}", 0, _subject(guest), order, total)


def _subject(guest: Guest) -> dict[str, Any]:
    config, rng = guest.config, guest.rng
    identifiers: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    if guest.enrolled and guest.chance(config.card_shown):
        identifiers["loyalty_card"] = rng.choice(guest.enrolled)
    else:
        luck = rng.random()
        if luck < config.phone_given:
            identifiers["phone"] = guest.phone()
        elif luck < config.phone_given + config.phone_declined:
            identifiers["phone"] = _dummy(guest)
    if guest.chance(config.payment_tokens):
        identifiers["payment_token"] = guest.token
    if guest.chance(config.name_typed if identifiers else config.name_only):
        traits["givenName"] = guest.given(0.8)
    if not identifiers and not traits:
        return {}
    subject: dict[str, Any] = {"identifiers": identifiers, "region": "US"}
    if traits:
        subject["traits"] = traits
    return subject


def _dummy(guest: Guest) -> str:
    """What this till types: most cashiers of a store have the same habit."""
    dummies = guest.brand.dummies
    store = int(guest.visit.store.id[1:])
    number = dummies[store % len(dummies)] if guest.chance(0.8) else guest.rng.choice(dummies)
    return phone_format(guest.rng, number) if guest.chance(0.2) else number
