"""Transactions, visits and their pages."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import strawberry

from domain.events import Channel
from graph.customers import Part, Profile
from resolvers.enums import described
from resolvers.ids import Node, global_id
from resolvers.pages import Page
from resolvers.places import Brand, Store
from resolvers.scalars import Amount, DateTime, Money

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
SORT_KEY = (int, str)


class TransactionStatus(StrEnum):
    PLACED = "placed"
    COMPLETED = "completed"
    REFUNDED = "refunded"


described(
    TransactionStatus,
    "How far an order has come.",
    PLACED="Taken, and not yet completed: no visit.",
    COMPLETED="Paid and handed over.",
    REFUNDED="Completed, and refunded in full.",
)


@strawberry.type(description="A line of an order.")
class LineItem:
    position: int = strawberry.field(description="Place in the order, from 1.")
    product_code: str = strawberry.field(description="The group's own id of the product.")
    name: str | None = strawberry.field(description="Name of the product, where told.")
    category: str | None = strawberry.field(description="Category of the product, where told.")
    quantity: Amount = strawberry.field(description="How many or how much.")
    amount: Money = strawberry.field(description="Total of the line, discounts taken off.")


@strawberry.type(description="An order, from being placed to being paid or refunded.")
class Transaction(Node):
    order_id: str = strawberry.field(description="Order number in the system that sent it.")
    source: str = strawberry.field(description="The system that sent it.")
    status: TransactionStatus = strawberry.field(description="REFUNDED: refunded in full.")
    at: DateTime = strawberry.field(description="When the order was made, with the till's offset.")
    channel: Channel = strawberry.field(description="Where it took place.")
    terminal: str | None = strawberry.field(description="Till or terminal, where told.")
    brand: Brand | None = strawberry.field(description="The brand it was made with.")
    store: Store | None = strawberry.field(description="The store it was made at.")
    total: Money = strawberry.field(description="What the guest paid.")
    refunded: Money = strawberry.field(description="What was given back.")
    points: int = strawberry.field(description="Points that it stands for now.")
    lines: list[LineItem] = strawberry.field(description="What was bought; at most 500 lines.")

    @classmethod
    def of(cls, row: dict[str, Any]) -> Transaction:
        """From a row of `profile/transactions`."""
        currency: str = row["currency"]
        return cls(
            id=global_id("Transaction", row["key"]),
            order_id=row["orderId"],
            source=row["source"],
            status=TransactionStatus(row["status"]),
            at=row["at"],
            channel=Channel(row["channel"]),
            terminal=row["terminal"],
            brand=Brand.of(row["brand"]) if row["brand"] else None,
            store=Store.of(row["store"]) if row["store"] else None,
            total=Money.of(row["totalMinor"], currency),
            refunded=Money.of(row["refundedMinor"] or 0, currency),
            points=row["points"] or 0,
            lines=[
                LineItem(
                    position=position,
                    product_code=product,
                    name=name,
                    category=category,
                    quantity=quantity,
                    amount=Money.of(minor, currency),
                )
                for position, product, name, category, quantity, minor in row["lines"]
            ],
        )


@strawberry.type(description="A completed order seen as a visit.")
class Visit:
    at: DateTime = strawberry.field(description="When, with the till's offset.")
    brand: Brand | None = strawberry.field(description="The brand visited.")
    store: Store | None = strawberry.field(description="The store visited.")
    channel: Channel = strawberry.field(description="Where it took place.")
    amount: Money = strawberry.field(description="What it came to, refunds taken off.")
    transaction: Transaction = strawberry.field(description="The order behind it.")

    @classmethod
    def of(cls, row: dict[str, Any]) -> Visit:
        order = Transaction.of(row)
        net = Money.of(row["totalMinor"] - (row["refundedMinor"] or 0), row["currency"])
        return cls(
            at=order.at, brand=order.brand, store=order.store, channel=order.channel, amount=net, transaction=order
        )


def part(page: Page, *, newest_first: bool, visits: bool, lines: bool, only: str | None = None) -> Part:
    """The part of a profile that holds this page."""
    at, key = page.edge or (None, None)
    return Part.of(
        "transactions",
        at=at,
        key=key,
        size=page.fetch,
        descending=newest_first != page.back,
        visits=visits,
        lines=lines,
        only=only,
    )


def rows(profile: Profile, page: Page, *, newest_first: bool, visits: bool) -> list[dict[str, Any]]:
    """The rows of a page that look-ahead fetched, with lines where any selection of this page wants them."""
    with_lines, without = (part(page, newest_first=newest_first, visits=visits, lines=lines) for lines in (True, False))
    return profile.parts[with_lines if with_lines in profile.parts else without]


def sort_key(row: dict[str, Any]) -> tuple[int, str]:
    return row["sort"], row["key"]
