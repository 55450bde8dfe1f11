"""Transactions, visits and their pages."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

import orjson
import strawberry

from graph.customers import Finder, Profile, ProfilePart
from graph.store.database import Row
from resolvers.access.caller import PROFILE_READ
from resolvers.context import Context
from resolvers.customer.profile_facet import ProfileFacet
from resolvers.kit.enums import Channel, Payment, described
from resolvers.kit.facets import Wanted, facet
from resolvers.kit.findable import Find, findable
from resolvers.kit.global_ids import Node, global_id
from resolvers.kit.look_ahead import taken
from resolvers.kit.pages import CURSORS, After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import protected
from resolvers.kit.row_fields import column, reads
from resolvers.kit.scalars import Amount, DateTime, Money
from resolvers.kit.selection import Selected
from resolvers.places import Brand, Store

SORT_KEY = (int, str)


class TransactionStatus(StrEnum):
    PLACED = "placed"
    COMPLETED = "completed"
    REFUNDED = "refunded"
    CANCELLED = "cancelled"


described(
    TransactionStatus,
    "How far an order has come.",
    PLACED="Taken, and not yet completed: no visit.",
    COMPLETED="Paid and handed over.",
    REFUNDED="Completed, and refunded in full.",
    CANCELLED="Not paid, or not handed over: no visit.",
)


@strawberry.type(description="A line of an order.")
class LineItem:
    position: int = strawberry.field(description="Place in the order, from 1.")
    product_code: str = strawberry.field(description="The group's own id of the product.")
    name: str | None = strawberry.field(description="Name of the product, if known.")
    category: str | None = strawberry.field(description="Category of the product, if known.")
    quantity: Amount = strawberry.field(description="How many or how much.")
    amount: Money = strawberry.field(description="Total of the line, discounts taken off.")


def _refunded(minor: int | None, currency: str) -> Money:
    return Money.of(minor or 0, currency)


def _part(minor: int | None, currency: str) -> Money | None:
    return None if minor is None else Money.of(minor, currency)


def _payment(kind: str | None) -> Payment | None:
    return None if kind is None else Payment(kind)


def _net(minor: int, refunded: int | None, currency: str) -> Money:
    return Money.of(minor - (refunded or 0), currency)


def _held(refunds: str | None, currency: str) -> list[Money]:
    held = Counter[str]()
    for minor, other, _ in orjson.loads(refunds or "{}").values():
        if other != currency:
            held[other] += minor
    return [Money.of(minor, other) for other, minor in sorted(held.items())]


def _points(points: int | None) -> int:
    return points or 0


def _id(key: str) -> strawberry.ID:
    return global_id("Transaction", key)


@protected(PROFILE_READ, whole=False, own=True)
@strawberry.type(description="An order, from being placed to being paid or refunded.")
class Transaction(Node):
    """`row` is one of `profile/transactions`."""

    row: strawberry.Private[Row]
    id: strawberry.ID = column("key", by=_id, description="Global id; opaque and lasting.")

    order_id: str = column("orderId", description="Order number in the system that sent it.")
    source: str = column("source", description="The system that sent it.")
    status: TransactionStatus = column("status", by=TransactionStatus, description="REFUNDED: refunded in full.")
    at: DateTime = column("at", description="When the order was made, with the till's offset.")
    channel: Channel = column("channel", by=Channel, description="Where it took place.")
    terminal: str | None = column("terminal", description="Till or terminal, if known.")
    brand: Brand | None = column("brand", of=Brand, description="The brand it was made with.")
    store: Store | None = column("store", of=Store, description="The store it was made at.")
    total: Money = column("totalMinor", "currency", by=Money.of, description="What the guest paid.")
    tax: Money | None = column("taxMinor", "currency", by=_part, description="Tax in the total, if known.")
    tip: Money | None = column("tipMinor", "currency", by=_part, description="Tip in the total, if known.")
    service_charge: Money | None = column(
        "serviceChargeMinor", "currency", by=_part, description="Service charge in the total, if known."
    )
    discount: Money | None = column(
        "discountMinor", "currency", by=_part, description="What was taken off the total, if known."
    )
    payment: Payment | None = column("payment", by=_payment, description="How it was paid, if known.")
    covers: int | None = column("covers", description="Guests at the table, if known.")
    table: str | None = column("table", description="The table, if known.")
    refunded: Money = column("refundedMinor", "currency", by=_refunded, description="What was given back.")
    points: int = column("points", by=_points, description="Points that it stands for now.")

    @reads(
        *("refunds", "currency"),
        description="Refunds in another currency than the order, by currency. They take nothing back until one of the "
        "currencies is corrected.",
    )
    def held_refunds(self) -> list[Money]:
        return _held(self.row["refunds"], self.row["currency"])

    @reads("lines", "currency", description="What was bought; at most 500 lines.")
    def lines(self) -> list[LineItem]:
        return [
            LineItem(
                position=position,
                product_code=product,
                name=name,
                category=category,
                quantity=quantity,
                amount=Money.of(minor, self.row["currency"]),
            )
            for position, product, name, category, quantity, minor in self.row["lines"]
        ]


@strawberry.type(description="A completed order seen as a visit.")
class Visit:
    """`row` is one of `profile/transactions`."""

    row: strawberry.Private[Row]

    at: DateTime = column("at", description="When, with the till's offset.")
    brand: Brand | None = column("brand", of=Brand, description="The brand visited.")
    store: Store | None = column("store", of=Store, description="The store visited.")
    channel: Channel = column("channel", by=Channel, description="Where it took place.")
    amount: Money = column(
        *("totalMinor", "refundedMinor", "currency"), by=_net, description="What it came to, refunds taken off."
    )

    @reads("*", description="The order behind it.")
    def transaction(self) -> Transaction:
        return Transaction(row=self.row)


def part(page: PageRequest, *, newest_first: bool, visits: bool, lines: bool, only: str | None = None) -> ProfilePart:
    """The part of a profile that holds this page."""
    at, key = page.edge or (None, None)
    return ProfilePart.of(
        "transactions",
        at=at,
        key=key,
        size=page.fetch,
        descending=newest_first != page.back,
        visits=visits,
        lines=lines,
        only=only,
    )


def columns(page: Selected, type_: type[Transaction | Visit]) -> set[str]:
    """The columns of `profile/transactions` that a page of orders or visits takes: those of its rows, and those of
    cursors where it tells any."""
    found = {"key", "sort"} if any(page.mentions(name) for name in CURSORS) else set[str]()
    return found.union(*(taken(one, type_) for one in page.below("edges", "node")))


def rows(profile: Profile, page: PageRequest, *, newest_first: bool, visits: bool) -> list[Row]:
    """The rows of a page that look-ahead fetched, with lines where any selection of this page wants them."""
    with_lines, without = (part(page, newest_first=newest_first, visits=visits, lines=lines) for lines in (True, False))
    return profile.parts[with_lines if with_lines in profile.parts else without]


def sort_key(row: Row) -> tuple[int, str]:
    return row["sort"], row["key"]


def _parts(field: Selected) -> Wanted:
    page = part(field.page(SORT_KEY), newest_first=True, visits=False, lines=field.mentions("lines"))
    return {page: columns(field, Transaction)}


@strawberry.type
class TransactionsFacet(ProfileFacet):
    @facet(parts=_parts, description="Orders, newest first, in pages of 1 to 100.")
    def transactions(
        self, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Transaction]:
        page = PageRequest.of(SORT_KEY, first=first, after=after, last=last, before=before)
        found = rows(self.profile, page, newest_first=True, visits=False)
        return page.cut(found, sort_key, lambda row: Transaction(row=row))


@findable(Transaction)
def _transactions(context: Context, _: Selected) -> Find:
    async def find(key: str) -> Transaction | None:
        only = part(PageRequest(1), newest_first=True, visits=False, lines=True, only=key)
        profiles = await context.customers.find(Finder.named("by_transaction", key=key), [only])
        found = profiles[0].parts[only] if profiles else []
        return Transaction(row=found[0]) if found else None

    return find
