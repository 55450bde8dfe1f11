"""The points of a customer: balance, by brand, by lot with its last day, and the ledger that makes it up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

import strawberry

from domain.errors import InvalidInput
from domain.stored_stats import StoredStats, read_stats, stored_lots
from graph.customers import Profile, ProfilePart
from loyalty.ledger.ledger import Account, LedgerKind
from loyalty.ledger.lots import PointsBalance, points_balance
from loyalty.reports.statement import StatedEntry, Statement, period, statement, statement_part
from resolvers.access.caller import LOYALTY_GRANT, PROFILE_READ
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.customer.transactions import SORT_KEY, sort_key
from resolvers.kit.enums import described
from resolvers.kit.facets import Wanted, facet
from resolvers.kit.global_ids import global_id
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import protected, requires
from resolvers.kit.scalars import Date, DateTime
from resolvers.kit.selection import Selected
from resolvers.places import Brand

BRANDS = ProfilePart.of("brands")
_STATEMENT_COST = 100


described(
    LedgerKind,
    "Why points changed.",
    EARN="A completed order earned them.",
    REFUND="A refund took its part back.",
    ADJUST="An order's total or brand was corrected.",
    REASSIGN="An order turned out to be of another source record: its points left the former one for the new one.",
    REDEEM="The guest used them.",
    HOLD="They were set aside for the guest to use.",
    RELEASE="They were set aside and came back.",
    REVERSE="They were used and came back.",
    GRANT="An agent gave them, or took them back.",
    BONUS="A rule of the programme gave them beyond the order's own points, or took them back.",
    CARRY_OVER="They were brought in from another system; a debt is below zero.",
    TRANSFER="A guest gave them to another guest, or got them back.",
)
described(
    Account,
    "The other side of an entry: where points came from, or went to. All accounts together are always zero.",
    called="PointsAccount",
    PROGRAMME="What orders earn.",
    HELD="Points that are set aside.",
    REDEEMED="Points that were used.",
    GRANTED="Points that agents give.",
    BONUS="Points that rules give beyond those of an order.",
    CARRIED_OVER="Points that guests had in another system.",
    TRANSFERRED="Points on their way from one guest to another: always zero over all guests.",
)


@strawberry.type(description="Points that one brand's orders earned.")
class BrandPoints:
    brand: Brand = strawberry.field(description="The brand.")
    points: int = strawberry.field(description="Points of its orders.")


@strawberry.type(description="Points of one brand with one last day.")
class PointsLot:
    brand: Brand = strawberry.field(description="The brand that gave them.")
    last_day: Date | None = strawberry.field(description="The last day on which they can be used; null: no end.")
    points: int = strawberry.field(description="Points in hand.")


@strawberry.type(description="One change of a balance; it is never altered afterwards.")
class LedgerEntry:
    at: DateTime = strawberry.field(description="When what caused it took place.")
    points: int = strawberry.field(description="Points added, or taken where negative.")
    kind: LedgerKind = strawberry.field(description="Why points changed.")
    reason: str = strawberry.field(
        description="The event or command that caused it, such as order.completed or points.redeem."
    )
    account: Account = strawberry.field(description="Where they came from, or went to.")
    brand: Brand | None = strawberry.field(description="The brand that gave these points.")
    last_day: Date | None = strawberry.field(description="The last day on which they can be used; null: no end.")
    rule: str | None = strawberry.field(description="Id of the bonus that gave them, or `cap`; null for no bonus.")
    programme_version: int | None = strawberry.field(
        description="The version of the programme by which the bonus was given; null for no bonus."
    )
    actors: list[str] = strawberry.field(
        description="Who asked for it, the first one first: of a proposed grant, who proposed it and who approved.",
        metadata=requires(LOYALTY_GRANT),
    )
    redemption_id: strawberry.ID | None = strawberry.field(description="The redemption or grant that it is of.")
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
            account=Account(row["account"] or Account.PROGRAMME),
            brand=Brand(row=row["brand"]) if row["brand"] else None,
            last_day=row["expires"],
            rule=row["rule"],
            programme_version=row["version"],
            actors=row["actors"],
            redemption_id=global_id("Redemption", row["redemption"]) if row["redemption"] else None,
            transaction_id=global_id("Transaction", row["transaction"]) if row["transaction"] else None,
        )


@strawberry.type(description="The points of one brand before a period and after it.")
class BrandStatement:
    brand: Brand = strawberry.field(description="The brand that gave them.")
    opening: int = strawberry.field(description="Points in hand before; below zero where more was used than is left.")
    closing: int = strawberry.field(description="Points in hand after it.")


@strawberry.type(description="Points that came into hand, or left it where negative.")
class PointsStatementLine:
    at: DateTime = strawberry.field(description="When what caused it took place.")
    points: int = strawberry.field(description="Points added, or taken where negative.")
    kind: LedgerKind | None = strawberry.field(
        description="Why points changed; null: their last day was over, or expired points paid for what was owed."
    )
    reason: str = strawberry.field(description="The event or command that caused it, or points.expired, points.over.")
    brand: Brand = strawberry.field(description="The brand that gave these points.")
    last_day: Date | None = strawberry.field(description="The last day on which they can be used; null: no end.")
    balance: int = strawberry.field(description="Points in hand of all brands after it.")


@strawberry.type(
    description="All that changed the points in hand in a period: opening and lines are the closing balance."
)
class PointsStatement:
    opening: int = strawberry.field(description="Points in hand before the first day.")
    closing: int = strawberry.field(description="Points in hand after the last day, or now.")
    brands: list[BrandStatement] = strawberry.field(description="The same by brand.")
    lines: list[PointsStatementLine] = strawberry.field(description="What changed them, the oldest first.")

    @classmethod
    def of(cls, found: Statement, names: Mapping[str, str]) -> PointsStatement:
        def brand(code: str) -> Brand:
            return Brand(row=[code, names.get(code)])

        return cls(
            opening=found.opening_points,
            closing=found.closing_points,
            brands=[
                BrandStatement(
                    brand=brand(code), opening=found.opening.get(code, 0), closing=found.closing.get(code, 0)
                )
                for code in found.brands
            ],
            lines=[
                PointsStatementLine(
                    at=DateTime(line.at.isoformat()),
                    points=line.points,
                    kind=line.kind,
                    reason=line.reason,
                    brand=brand(line.lot.brand),
                    last_day=Date(line.lot.expires) if line.lot.expires else None,
                    balance=line.balance,
                )
                for line in found.lines
            ],
        )


@protected(PROFILE_READ, whole=False, own=True)
@strawberry.type(description="The points of a customer over all brands.")
class LoyaltyBalance:
    profile: strawberry.Private[Profile]
    stats: strawberry.Private[StoredStats]
    in_lots: strawberry.Private[PointsBalance]
    now: strawberry.Private[datetime]
    points: int = strawberry.field(description="Points in hand; below zero where more was used than is left.")
    held: int = strawberry.field(description="Points that are set aside for now.")
    expired: int = strawberry.field(description="Points whose last day is over.")

    @classmethod
    def of(cls, profile: Profile, now: datetime) -> LoyaltyBalance:
        stats = read_stats(profile.base["stats"])
        found = points_balance(*stored_lots(stats), now)
        return cls(
            profile=profile,
            stats=stats,
            in_lots=found,
            now=now,
            points=found.points,
            held=found.held,
            expired=sum(found.expired.values()),
        )

    @strawberry.field(description="Points in hand by brand and last day, in the order in which they are used.")
    def lots(self) -> list[PointsLot]:
        names = dict(self.profile.parts[BRANDS])
        return [
            PointsLot(
                brand=Brand(row=[lot.brand, names.get(lot.brand)]),
                last_day=Date(lot.expires) if lot.expires else None,
                points=points,
            )
            for lot, points in self.in_lots.in_hand.items()
        ]

    @strawberry.field(description="Points that orders earned, used or not, by the brand that gave them, by its code.")
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

    @strawberry.field(
        description="All that changed the points in hand from the beginning of a day to the end of another, in UTC. "
        "Points that expired are lines, too.",
        metadata=requires(cost=_STATEMENT_COST),
    )
    def statement(
        self,
        first_day: Annotated[Date | None, strawberry.argument(description="None: from the beginning.")] = None,
        last_day: Annotated[Date | None, strawberry.argument(description="None: today.")] = None,
    ) -> PointsStatement:
        last = _day(last_day)
        rows = self.profile.parts[statement_part(last)]
        found = statement([StatedEntry.of_row(row) for row in rows], *period(_day(first_day), last, self.now))
        return PointsStatement.of(found, dict(self.profile.parts[BRANDS]))


def balance_parts(field: Selected) -> Wanted:
    """The parts that a selection of a `LoyaltyBalance` needs."""
    entries = {_entries(entries.page(SORT_KEY)) for entries in field.below("entries")}
    stated = {statement_part(_day(one.arguments.get("lastDay"))) for one in field.below("statement")}
    named = {BRANDS for name in ("byBrand", "lots", "statement") for _ in field.below(name)}
    return dict.fromkeys(entries | stated | named)


@strawberry.type
class PointsFacet(ProfileFacet):
    @facet(
        parts=balance_parts, columns=("stats",), description="Points: balance, by brand, by last day, and the ledger."
    )
    def loyalty_balance(self) -> LoyaltyBalance:
        return LoyaltyBalance.of(self.profile, self.context.now)


def _day(day: object) -> date | None:
    """Raises InvalidInput."""
    if day is None:
        return None
    try:
        return date.fromisoformat(day if isinstance(day, str) else "")
    except ValueError:
        raise InvalidInput("This is no day, such as 2027-01-31.") from None


def _entries(page: PageRequest) -> ProfilePart:
    at, key = page.edge or (None, None)
    return ProfilePart.of("entries", at=at, key=key, size=page.fetch, descending=not page.back)
