"""The feed of identity changes as the schema shows it: merges and splits as such, never as deletions."""

from __future__ import annotations

import strawberry

from graph.store.database import Row
from identity.number_changes import ChangeKind
from resolvers.context import Context
from resolvers.kit.enums import described
from resolvers.kit.pages import Connection, PageRequest
from resolvers.kit.scalars import DateTime

PLACE = (int,)

described(
    ChangeKind,
    "What became of a customer number.",
    MERGED="Two customers turned out to be one: fromNumber is retired and answers with toNumber for ever.",
    REVIVED="A merge was undone: toNumber, once retired, is a customer again, with records that fromNumber had.",
    SPLIT="One customer turned out to be two: fromNumber goes on with the larger part, toNumber is new.",
    MOVED="Records went from one customer to another; both go on.",
    CREATED="A customer who is nobody that was known before.",
)


@strawberry.type(description="What a decision did to customer numbers. It is never changed or taken back.")
class IdentityChange:
    kind: ChangeKind = strawberry.field(description="What it was.")
    from_number: str | None = strawberry.field(description="The customer who had the records before; null: nobody.")
    to_number: str = strawberry.field(description="The customer who has them now.")
    records: int = strawberry.field(description="How many source records changed hands.")
    reason: str = strawberry.field(description="Why, such as same phone, or the agent's own words.")
    actor: str = strawberry.field(description="Who decided: intake, or the agent.")
    at: DateTime = strawberry.field(description="When it was decided.")


async def page_of_changes(context: Context, page: PageRequest) -> Connection[IdentityChange]:
    """The changes after or before a cursor, in the feed's order."""
    edge = page.edge[0] if page.edge else None
    changes = context.changes
    rows = await (changes.before(edge, page.fetch) if page.back else changes.after(edge or 0, page.fetch))
    return page.cut(rows, lambda row: (row["place"],), change)


def change(row: Row) -> IdentityChange:
    return IdentityChange(
        kind=ChangeKind(row["kind"]),
        from_number=row["fromNumber"],
        to_number=row["toNumber"],
        records=row["records"],
        reason=row["reason"],
        actor=row["actor"],
        at=row["at"],
    )
