"""Scalars of the schema, and money. Times and dates travel as the text that Neo4j wrote: nothing parses them again."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from domain.money import as_text

DateTime = NewType("DateTime", str)
Date = NewType("Date", str)
Amount = NewType("Amount", str)
Json = NewType("Json", object)


def _as_is(value: Any) -> Any:
    return value


SCALARS: dict[object, ScalarDefinition] = {
    DateTime: strawberry.scalar(
        name="DateTime",
        description="Moment with its offset (RFC 3339), such as 2026-03-01T19:30:00+01:00.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=_as_is,
    ),
    Date: strawberry.scalar(name="Date", description="Day (ISO 8601), such as 2026-03-01.", serialize=_as_is),
    Amount: strawberry.scalar(
        name="Decimal", description='Exact decimal number as text, such as "12.30".', serialize=_as_is
    ),
    Json: strawberry.scalar(name="JSON", description="Any JSON value.", serialize=_as_is),
}


@strawberry.type(description="An amount in a currency.")
class Money:
    amount: Amount = strawberry.field(description="Amount with the currency's own number of decimals.")
    currency: str = strawberry.field(description="ISO 4217 code.")

    @classmethod
    def of(cls, minor: int, currency: str) -> Money:
        """Whole minor units as money."""
        return _money(minor, currency)


# Prices recur: the same few thousand amounts stand in nearly all answers.
@lru_cache(16_384, typed=True)
def _money(minor: int, currency: str) -> Money:
    return Money(amount=Amount(as_text(minor, currency)), currency=currency)
