"""The counters of a customer (`stats` in docs/graph.md), and what follows from them alone."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import TypedDict

import orjson
import strawberry

from domain.events import Channel
from resolvers.context import Context
from resolvers.scalars import DateTime, Money

_DAYS_PER_MONTH = 30.4375


class Tally(TypedDict):
    """Spend is by currency, in minor units; times are RFC 3339 in UTC."""

    visits: int
    points: int
    spend: dict[str, int]
    first: str | None
    last: str | None


class Stats(Tally):
    channels: dict[str, int]
    brands: dict[str, Tally]


def read_stats(text: str | None) -> Stats:
    """The stats of a customer; zeros where none are stored."""
    empty = Stats(visits=0, points=0, spend={}, first=None, last=None, channels={}, brands={})
    return empty if text is None else orjson.loads(text)


@strawberry.type(description="Recency, frequency and monetary value: how a guest has been using the group's brands.")
class Rfm:
    last_visit_at: DateTime | None = strawberry.field(description="Latest completed order; null without one.")
    days_since_last_visit: int | None = strawberry.field(description="Whole days since then.")
    visits: int = strawberry.field(description="Completed orders.")
    visits_per_month: float = strawberry.field(
        description="Visits by months since the first one (at least one month), to two decimals."
    )
    average_ticket: Money | None = strawberry.field(
        description="Net spend by visit; null without a visit or where several currencies were used."
    )
    preferred_channel: Channel | None = strawberry.field(description="Channel of most visits.")

    @classmethod
    def of(cls, stats: Stats, preferred_channel: str | None, context: Context) -> Rfm:
        visits = stats["visits"]
        months = max(1.0, (_days(stats["first"], context.now) or 0) / _DAYS_PER_MONTH)
        days = _days(stats["last"], context.now)
        return cls(
            last_visit_at=DateTime(stats["last"]) if stats["last"] else None,
            days_since_last_visit=None if days is None else int(days),
            visits=visits,
            visits_per_month=round(visits / months, 2),
            average_ticket=_average(stats["spend"], visits),
            preferred_channel=Channel(preferred_channel) if preferred_channel else None,
        )


def _average(spend: dict[str, int], visits: int) -> Money | None:
    if len(spend) != 1 or visits <= 0:
        return None
    [(currency, minor)] = spend.items()
    return Money.of(int((Decimal(minor) / visits).to_integral_value(ROUND_HALF_EVEN)), currency)


def _days(at: str | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - datetime.fromisoformat(at)).total_seconds() / 86_400)
