"""Enums of the domain as the schema shows them, each value described."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from domain.events import Channel

__all__ = ["Channel", "described"]


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
    IN_STORE="In a shop.",
    WEB="In a web shop.",
    APP="In an app.",
)
