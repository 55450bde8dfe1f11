"""Enums of the domain as the schema shows them, each value described."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from domain.order_words import Channel, Payment

__all__ = ["Channel", "Payment", "described"]


def described(enum: type[StrEnum], description: str, *, called: str | None = None, **values: str) -> None:
    """Puts the enum into the schema, `called` otherwise there if need be; `values` describes each member by its name.
    Raises KeyError where one is missing.

    Strawberry's own way wraps the members' values, which a StrEnum of the domain must not know about.
    """
    definition = strawberry.enum(enum, name=called, description=description).__strawberry_definition__  # pyright: ignore
    for value in definition.values:
        value.description = values[value.name]


described(
    Channel,
    "Where a visit took place.",
    DINE_IN="At a table.",
    TAKEAWAY="Bought over the counter to take away.",
    DELIVERY="Brought to the guest.",
    PICKUP="Ordered ahead and fetched.",
    DRIVE_THROUGH="From a car, at a window.",
    CURBSIDE="Ordered ahead and brought to a car.",
    KIOSK="At a machine in the restaurant.",
    ROOM_SERVICE="Brought to a hotel room.",
    CATERING="For an event or a group.",
    MARKETPLACE="Through a delivery platform.",
    PHONE="By telephone.",
    IN_STORE="In a shop.",
    WEB="In a web shop.",
    APP="In an app.",
    OTHER="In a way that is not known.",
)
described(
    Payment,
    "How an order was paid.",
    CARD="By credit or debit card.",
    CASH="In cash.",
    WALLET="By a wallet on a phone or in the web.",
    GIFT_CARD="By a gift card.",
    VOUCHER="By a voucher.",
    POINTS="By points.",
    BANK_TRANSFER="By bank transfer.",
    INVOICE="By invoice, or on an account of the house.",
    ROOM_CHARGE="On the bill of a hotel room.",
    MIXED="In several ways.",
    OTHER="In a way that is not known.",
)
