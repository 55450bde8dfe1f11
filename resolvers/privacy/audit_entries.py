"""The audit log as the privacy officer reads it."""

from __future__ import annotations

from typing import Annotated

import strawberry

from privacy.audit_log import LoggedEntry
from resolvers.access.caller import AUDIT_READ
from resolvers.context import Context, Info
from resolvers.kit.findable import Find, findable
from resolvers.kit.global_ids import Node, global_id
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import protected, requires
from resolvers.kit.scalars import DateTime
from resolvers.kit.selection import Selected

_LOG = (int,)
_MOST_DIGITS = 18  # of a sequence number


@protected(AUDIT_READ)
@strawberry.type(
    description="An entry of the audit log. It names callers and customer numbers, never contact data. What cannot be "
    "read of an entry that somebody changed is null, with an error."
)
class AuditEntry(Node):
    id: strawberry.ID = strawberry.field(description="Global id; opaque and lasting.")
    sequence: int = strawberry.field(description="Its place in the chain, from 1.")
    hash: str = strawberry.field(description="Keyed hash over it and the entry before.")
    noted: strawberry.Private[LoggedEntry]

    @strawberry.field(description="When.")
    def at(self) -> DateTime | None:
        return self.noted.told("at")

    @strawberry.field(description="The caller: a key's name and id, or a keyed hash of who signed in.")
    def actor(self) -> str | None:
        return self.noted.told("actor")

    @strawberry.field(description="service, guest or staff.")
    def kind(self) -> str | None:
        return self.noted.told("kind")

    @strawberry.field(
        description="read: contact data in clear; write: a mutation; send: events; find: look-ups by identifier."
    )
    def action(self) -> str | None:
        return self.noted.told("action")

    @strawberry.field(description="The root fields, or what was sent.")
    def what(self) -> list[str] | None:
        return self.noted.told("what")

    @strawberry.field(description="The purpose that the caller stated (X-Purpose).")
    def why(self) -> str | None:
        return self.noted.told("why")

    @strawberry.field(description="Whose, by number; at most 200.")
    def customers(self) -> list[str] | None:
        return self.noted.told("customers")

    @strawberry.field(description="How many customers it is about, or events.")
    def count(self) -> int | None:
        return self.noted.told("count")

    @strawberry.field(description="The request's id, as in the log.")
    def request(self) -> str | None:
        return self.noted.told("request")

    @classmethod
    def of(cls, noted: LoggedEntry) -> AuditEntry:
        id_ = global_id("AuditEntry", str(noted.sequence))
        return cls(id=id_, sequence=noted.sequence, hash=noted.hash, noted=noted)


@strawberry.type
class AuditQueries:
    @strawberry.field(
        description="Who read whose contact data and who wrote what, the latest first.", metadata=requires(AUDIT_READ)
    )
    async def audit_log(
        self,
        info: Info,
        customer: Annotated[str | None, strawberry.argument(description="Only about this customer number.")] = None,
        actor: Annotated[str | None, strawberry.argument(description="Only of this caller.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AuditEntry]:
        context = info.context
        context.caller.require(AUDIT_READ)
        page = PageRequest.of(_LOG, first=first, after=after, last=last, before=before)
        number = customer.strip().upper() if customer else None
        rows = await context.audit_log.page(
            page.edge[0] if page.edge else None, page.fetch, actor=actor, customer=number, back=page.back
        )
        return page.cut(rows, lambda noted: (noted.sequence,), AuditEntry.of)


@findable(AuditEntry)
def _entries(context: Context, _: Selected) -> Find:
    log = context.audit_log

    async def find(key: str) -> AuditEntry | None:
        if not key.isdecimal() or len(key) > _MOST_DIGITS:
            return None
        found = await log.page(int(key) + 1, 1)
        return AuditEntry.of(found[0]) if found and found[0].sequence == int(key) else None

    return find
