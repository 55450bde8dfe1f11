"""The tier of a guest: since when, until when, and what is missing for the next one and to keep this one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import strawberry

from graph.customers import ProfilePart
from loyalty.programme.tier_rules import Qualifier, TierRules
from loyalty.tiers.tier_walk import TierStanding, standing
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.facets import facet
from resolvers.kit.scalars import DateTime, Money

TIER_ORDERS = ProfilePart.of("tier_orders")
_COST = 20


@dataclass(frozen=True, slots=True)
class TierOrder:
    """An order of `profile/tier_orders`."""

    key: str
    at: datetime
    currency: str
    minor: int
    points: int

    @classmethod
    def of_row(cls, key: str, at: str, currency: str, minor: int, points: int) -> TierOrder:
        return cls(key, datetime.fromisoformat(at), currency, minor, points)


def tier_of(rows: Iterable[Any], rules: TierRules, currency: str, now: datetime) -> TierStanding:
    """The tier by the orders of `profile/tier_orders`. `currency`: the group's main one."""
    return standing(rules, (TierOrder.of_row(*row) for row in rows), currency, now)


@strawberry.type(description="What is missing: one of these, by what the programme counts.")
class TierMissing:
    spend: Money | None = strawberry.field(description="Spend in the group's main currency.")
    visits: int | None = strawberry.field(description="Visits.")
    points: int | None = strawberry.field(description="Points that orders earn by themselves, without bonuses.")

    @classmethod
    def of(cls, by: Qualifier, missing: int, currency: str) -> TierMissing:
        return cls(
            spend=Money.of(missing, currency) if by is Qualifier.SPEND else None,
            visits=missing if by is Qualifier.VISITS else None,
            points=missing if by is Qualifier.POINTS else None,
        )


@strawberry.type(description="The next higher tier.")
class NextTier:
    name: str = strawberry.field(description="Its name.")
    missing: TierMissing = strawberry.field(description="What is missing in this period to reach it.")


@strawberry.type(description="The tier that a guest has now, by all orders that you may see.")
class LoyaltyTier:
    name: str = strawberry.field(description="Its name.")
    since: DateTime | None = strawberry.field(
        description="Since when the guest has it; null: the guest never had another one."
    )
    until: DateTime | None = strawberry.field(
        description="When the guest loses it if no order comes; null: it is kept for ever."
    )
    next: NextTier | None = strawberry.field(description="The next higher one; null: this is the highest.")
    missing_to_keep: TierMissing | None = strawberry.field(
        description="What is missing in this period to keep it beyond `until`; null: it is kept for ever."
    )

    @classmethod
    def of(cls, found: TierStanding, by: Qualifier, currency: str) -> LoyaltyTier:
        missing = found.to_next is not None and TierMissing.of(by, found.to_next, currency)
        return cls(
            name=found.tier,
            since=found.since and DateTime(found.since.isoformat()),
            until=found.until and DateTime(found.until.isoformat()),
            next=NextTier(name=found.next, missing=missing) if found.next and missing else None,
            missing_to_keep=None if found.to_keep is None else TierMissing.of(by, found.to_keep, currency),
        )


@strawberry.type
class TierFacet(ProfileFacet):
    @facet(
        parts=(TIER_ORDERS,),
        cost=_COST,
        description="The tier at this moment: since when, until when, and what is missing for the next one.",
    )
    def loyalty_tier(self) -> LoyaltyTier:
        rules, currency = self.context.programme.tier_rules, self.context.settings.currency
        found = tier_of(self.profile.parts[TIER_ORDERS], rules, currency, self.context.now)
        return LoyaltyTier.of(found, rules.qualifying.by, currency)
