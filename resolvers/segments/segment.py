"""Segments: stored rules, how many customers they hold for now, and who these are."""

from __future__ import annotations

from typing import Any

import orjson
import strawberry

from domain.errors import UnreadableValue
from engagement.segments.rule_compiler import Condition, compiled
from engagement.segments.rule_parser import parse
from graph.customers import Profile
from graph.segments import members
from resolvers.access.caller import PROFILE_READ, SEGMENT_READ
from resolvers.context import Context, Info
from resolvers.customer.customer import Customer
from resolvers.customer.find_customer import page_of_customers
from resolvers.kit.findable import Find, findable
from resolvers.kit.global_ids import Node, global_id
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.requirements import protected, requires
from resolvers.kit.scalars import DateTime, Json
from resolvers.kit.selection import Selected

_NUMBER = (str,)


@protected(SEGMENT_READ)
@strawberry.type(description="A stored rule and the customers for whom it holds now.")
class Segment(Node):
    row: strawberry.Private[dict[str, Any]]
    found: strawberry.Private[int | None]
    name: str = strawberry.field(description="Name for people.")

    @strawberry.field(description="The rule tree; see docs/segments.md.")
    def rule(self) -> Json:
        return _rule(self.row)

    created_at: DateTime = strawberry.field(description="When it was first stored.")

    @strawberry.field(description="How many customers the rule holds for now; exact.")
    async def count(self, info: Info) -> int:
        info.context.caller.require(PROFILE_READ)
        if self.found is not None:
            return self.found
        condition = _condition(self.row, info.context)
        return (await info.context.segments.counts([(condition.text, condition.parameters)]))[0]

    @strawberry.field(description="The customers, by number, in pages of 1 to 100.", metadata=requires(cost=20))
    async def members(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Customer]:
        page = PageRequest.of(_NUMBER, first=first, after=after, last=last, before=before)
        condition = _condition(self.row, info.context)
        number = page.edge[0] if page.edge else None
        finder = members(condition.text, condition.parameters, number=number, size=page.fetch, back=page.back)
        return await page_of_customers(info, finder, page, _number)

    @classmethod
    def of(cls, row: dict[str, Any], found: int | None = None) -> Segment:
        """From a stored segment."""
        return cls(
            id=global_id("Segment", row["id"]),
            row=row,
            found=found,
            name=row["name"],
            created_at=row["createdAt"],
        )


async def counted(rows: list[dict[str, Any]], context: Context) -> list[Segment]:
    """Stored segments with the counts of all of them, fetched together."""
    conditions = [_condition(row, context, place) for place, row in enumerate(rows)]
    counts = await context.segments.counts([(each.text, each.parameters) for each in conditions])
    return [Segment.of(row, found) for row, found in zip(rows, counts, strict=True)]


@findable(Segment)
def _segments(context: Context, _: Selected) -> Find:
    context.caller.require(SEGMENT_READ)

    async def find(id: str) -> Segment | None:
        row = await context.segments.get(id)
        return Segment.of(row) if row else None

    return find


def _number(profile: Profile) -> tuple[str]:
    return (profile.base["number"],)


def _rule(row: dict[str, Any]) -> Json:
    try:
        return orjson.loads(row["rule"])
    except ValueError:
        raise UnreadableValue("The rule of a segment is damaged.", hint="Save the segment again.") from None


def _condition(row: dict[str, Any], context: Context, place: int = 0) -> Condition:
    currency = context.settings.currency
    rule = parse(_rule(row), currency=currency)
    return compiled(rule, now=context.now, currency=currency, prefix=f"s{place}leaf")
