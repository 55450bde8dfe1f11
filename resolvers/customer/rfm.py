"""What a guest spent, how often and how lately, from the counters of a customer alone."""

from __future__ import annotations

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal

import strawberry

from domain.stored_stats import StoredStats, read_stats
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import Channel
from resolvers.kit.facets import facet
from resolvers.kit.scalars import DateTime, Money

_DAYS_PER_MONTH = 30.4375


@strawberry.type(description="Recency, frequency and monetary value: how a guest has been using the group's brands.")
class Rfm:
    stats: strawberry.Private[StoredStats]
    preferred: strawberry.Private[str | None]
    now: strawberry.Private[datetime]

    @strawberry.field(description="Latest completed order; null without one.")
    def last_visit_at(self) -> DateTime | None:
        return DateTime(self.stats["last"]) if self.stats["last"] else None

    @strawberry.field(description="Whole days since then.")
    def days_since_last_visit(self) -> int | None:
        days = _days(self.stats["last"], self.now)
        return None if days is None else int(days)

    @strawberry.field(description="Completed orders.")
    def visits(self) -> int:
        return self.stats["visits"]

    @strawberry.field(description="Visits by months since the first one (at least one month), to two decimals.")
    def visits_per_month(self) -> float:
        months = max(1.0, (_days(self.stats["first"], self.now) or 0) / _DAYS_PER_MONTH)
        return round(self.stats["visits"] / months, 2)

    @strawberry.field(description="Net spend by visit; null without a visit or where several currencies were used.")
    def average_ticket(self) -> Money | None:
        return _average(self.stats["spend"], self.stats["visits"])

    @strawberry.field(description="Channel of most visits.")
    def preferred_channel(self) -> Channel | None:
        return Channel(self.preferred) if self.preferred else None


@strawberry.type
class SpendFacet(ProfileFacet):
    @facet(columns=("stats",), description="What all completed orders came to, refunds taken off, by currency.")
    def lifetime_spend(self) -> list[Money]:
        spend = read_stats(self.row["stats"])["spend"]
        return [Money.of(minor, currency) for currency, minor in sorted(spend.items())]

    @facet(columns=("stats", "preferredChannel"), description="Recency, frequency and monetary value.")
    def rfm(self) -> Rfm:
        stats = read_stats(self.row["stats"])
        return Rfm(stats=stats, preferred=self.row["preferredChannel"], now=self.context.now)


def _average(spend: dict[str, int], visits: int) -> Money | None:
    if len(spend) != 1 or visits <= 0:
        return None
    [(currency, minor)] = spend.items()
    return Money.of(int((Decimal(minor) / visits).to_integral_value(ROUND_HALF_EVEN)), currency)


def _days(at: str | None, now: datetime) -> float | None:
    return None if at is None else max(0.0, (now - datetime.fromisoformat(at)).total_seconds() / 86_400)
