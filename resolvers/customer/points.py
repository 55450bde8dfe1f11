"""The points of a customer: balance, by brand, and the ledger that makes it up."""

from __future__ import annotations

from typing import Any

import strawberry

from domain.stored_stats import StoredStats, read_stats
from graph.customers import Profile, ProfilePart
from loyalty.ledger import LedgerKind
from resolvers.access.caller import PROFILE_READ
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.customer.transactions import SORT_KEY, sort_key
from resolvers.kit.enums import described
from resolvers.kit.facets import Wanted, facet
from resolvers.kit.global_ids import global_id
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import protected
from resolvers.kit.scalars import DateTime
from resolvers.kit.selection import Selected
from resolvers.places import Brand

BRANDS = ProfilePart.of("brands")


described(
    LedgerKind,
    "Why points changed.",
    EARN="A completed order earned them.",
    REFUND="A refund took its part back.",
    ADJUST="An order's total or brand was corrected.",
    REASSIGN="An order turned out to be of another source record: its points left the former one for the new one.",
)


@strawberry.type(description="Points that one brand's orders stand for.")
class BrandPoints:
    brand: Brand = strawberry.field(description="The brand.")
    points: int = strawberry.field(description="Points of its orders.")


@strawberry.type(description="One change of a balance; it is never altered afterwards.")
class LedgerEntry:
    at: DateTime = strawberry.field(description="When what caused it took place.")
    points: int = strawberry.field(description="Points added, or taken where negative.")
    kind: LedgerKind = strawberry.field(description="Why points changed.")
    reason: str = strawberry.field(description="The event that caused it, such as order.completed.")
    brand: Brand | None = strawberry.field(description="The brand whose order caused it.")
    transaction_id: strawberry.ID | None = strawberry.field(
        description="Global id of the order that caused it. Null if no order did, or if you may not see that order."
    )

    @classmethod
    def of(cls, row: dict[str, Any]) -> LedgerEntry:
        """From a row of `profile/entries`."""
        return cls(
            at=row["at"],
            points=row["points"],
            kind=LedgerKind(row["kind"]),
            reason=row["reason"],
            brand=Brand(row=row["brand"]) if row["brand"] else None,
            transaction_id=global_id("Transaction", row["transaction"]) if row["transaction"] else None,
        )


@protected(PROFILE_READ, whole=False, own=True)
@strawberry.type(description="The points of a customer over all brands.")
class LoyaltyBalance:
    profile: strawberry.Private[Profile]
    stats: strawberry.Private[StoredStats]
    points: int = strawberry.field(description="Points in hand.")

    @classmethod
    def of(cls, profile: Profile) -> LoyaltyBalance:
        stats = read_stats(profile.base["stats"])
        return cls(profile=profile, stats=stats, points=stats["points"])

    @strawberry.field(description="Points by the brand that gave them, by the brand's code.")
    def by_brand(self) -> list[BrandPoints]:
        names = dict(self.profile.parts[BRANDS])
        return [
            BrandPoints(brand=Brand(row=[code, names.get(code)]), points=tally["points"])
            for code, tally in sorted(self.stats["brands"].items())
        ]

    @strawberry.field(description="The ledger, newest first; pages of 1 to 100.")
    def entries(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[LedgerEntry]:
        page = PageRequest.of(SORT_KEY, first=first, after=after, last=last, before=before)
        return page.cut(self.profile.parts[_entries(page)], sort_key, LedgerEntry.of)


def balance_parts(field: Selected) -> Wanted:
    """The parts that a selection of a `LoyaltyBalance` needs."""
    entries = {_entries(entries.page(SORT_KEY)) for entries in field.below("entries")}
    return dict.fromkeys(entries | {BRANDS for _ in field.below("byBrand")})


@strawberry.type
class PointsFacet(ProfileFacet):
    @facet(parts=balance_parts, columns=("stats",), description="Points: balance, by brand, and the ledger.")
    def loyalty_balance(self) -> LoyaltyBalance:
        return LoyaltyBalance.of(self.profile)


def _entries(page: PageRequest) -> ProfilePart:
    at, key = page.edge or (None, None)
    return ProfilePart.of("entries", at=at, key=key, size=page.fetch, descending=not page.back)
