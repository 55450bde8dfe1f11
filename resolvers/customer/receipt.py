"""An order by the number on its receipt, also one that is nobody's yet."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.access.caller import PROFILE_FIND
from resolvers.context import Info
from resolvers.customer.customer_by import ExternalId
from resolvers.customer.find_customer import looked_up
from resolvers.customer.transactions import Transaction
from resolvers.kit.requirements import requires


@strawberry.type(description="An order as its receipt names it.")
class OrderReceipt:
    transaction: Transaction = strawberry.field(description="The order.")
    customer_number: str | None = strawberry.field(
        description="The customer who made it. Null if nobody is known: an event of the order with a subject claims it."
    )


@strawberry.type
class ReceiptQueries:
    @strawberry.field(
        description="An order by the number on its receipt, also one that is nobody's yet; null if there is none.",
        metadata=requires(PROFILE_FIND, cost=5),
    )
    async def receipt(
        self,
        info: Info,
        by: Annotated[ExternalId, strawberry.argument(description="The system that sent it, and its number there.")],
    ) -> OrderReceipt | None:
        context = info.context
        finding = context.customers.order(context.reader.transaction_key(by.source.strip(), by.id.strip()))
        row = await looked_up(context, finding)
        if row is None:
            return None
        return OrderReceipt(transaction=Transaction(row=row["transaction"]), customer_number=row["number"])
