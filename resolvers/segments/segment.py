"""Segments: stored rules, how many customers they hold for now, and who these are."""

from __future__ import annotations

import uuid
from typing import Any

import orjson
import strawberry

from domain.errors import InvalidInput, NotFound
from engagement.segments.rule_compiler import Condition, compiled
from engagement.segments.rule_parser import RuleRefused, parse
from engagement.segments.segment_rules import plain
from graph.customers import Profile
from graph.segments import MAX_SEGMENTS, members
from resolvers.access.caller import PROFILE_READ, SEGMENT_WRITE
from resolvers.context import Context, Info
from resolvers.customer.customer import Customer
from resolvers.customer.find_customer import page_of_customers
from resolvers.kit.global_ids import Node, global_id, key_of
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.pages import After, Before, Connection, First, Last, PageRequest
from resolvers.kit.scalars import DateTime, Json
from resolvers.kit.selection import selected
from resolvers.segments.segment_rule_input import SegmentRule, as_json

_NUMBER = (str,)
MAX_NAME = 120
"""Characters of a segment's name."""


@strawberry.type(description="A stored rule and the customers for whom it holds now.")
class Segment(Node):
    row: strawberry.Private[dict[str, Any]]
    found: strawberry.Private[int | None]
    name: str = strawberry.field(description="Name for people.")
    rule: Json = strawberry.field(description="The rule tree; see docs/segments.md.")
    created_at: DateTime = strawberry.field(description="When it was first stored.")

    @strawberry.field(description="How many customers the rule holds for now; exact.")
    async def count(self, info: Info) -> int:
        info.context.caller.require(PROFILE_READ)
        if self.found is not None:
            return self.found
        condition = _condition(self.row, info.context)
        return (await info.context.segments.counts([(condition.text, condition.parameters)]))[0]

    @strawberry.field(description="The customers, by number, in pages of 1 to 100.")
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
            rule=orjson.loads(row["rule"]),
            created_at=row["createdAt"],
        )


@strawberry.input(description="A segment to store.")
class SegmentSaveInput:
    name: str = strawberry.field(description="Name for people; 1 to 120 characters.")
    rule: SegmentRule = strawberry.field(description="The rule tree: at most 8 levels and 32 conditions.")
    id: strawberry.ID | None = strawberry.field(default=None, description="The segment to change; none: a new one.")


@strawberry.type(description="What came of storing a segment.")
class SegmentSavePayload:
    segment: Segment | None = strawberry.field(description="The segment as it is now; null where nothing was stored.")
    user_errors: list[UserError] = strawberry.field(description="What to mend in the input.")


@strawberry.type(description="What came of deleting a segment.")
class SegmentDeletePayload:
    id: strawberry.ID | None = strawberry.field(description="The segment that is gone; null where there was none.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was deleted.")


async def all_segments(info: Info) -> list[Segment]:
    """Every stored segment by name; counts are fetched together where they are selected."""
    rows = await info.context.segments.all()
    if not any(field.name == "count" for field in selected(info).fields()):
        return [Segment.of(row) for row in rows]
    conditions = [_condition(row, info.context, place) for place, row in enumerate(rows)]
    counts = await info.context.segments.counts([(c.text, c.parameters) for c in conditions])
    return [Segment.of(row, found) for row, found in zip(rows, counts, strict=True)]


async def save(info: Info, given: SegmentSaveInput) -> SegmentSavePayload:
    context = info.context
    context.caller.require(SEGMENT_WRITE)
    name = given.name.strip()
    if not 1 <= len(name) <= MAX_NAME:
        return _refused(InvalidInput.code, f"A name has 1 to {MAX_NAME} characters.", ["name"])
    currency = context.settings.currency
    try:
        rule = parse(as_json(given.rule), currency=currency)
    except RuleRefused as error:
        return _refused(error.code, error.message, ["rule", *error.path])
    text = orjson.dumps(plain(rule, currency=currency)).decode()
    if given.id is None:
        row = await context.segments.create(uuid.uuid4().hex, name, text)
        if row is None:
            return _refused(InvalidInput.code, f"There are {MAX_SEGMENTS} segments already.", [])
    else:
        row = await context.segments.update(key_of("Segment", given.id), name, text)
        if row is None:
            return _refused(NotFound.code, "There is no such segment.", ["id"])
    return SegmentSavePayload(segment=Segment.of(row), user_errors=[])


async def delete(info: Info, segment: strawberry.ID) -> SegmentDeletePayload:
    info.context.caller.require(SEGMENT_WRITE)
    if await info.context.segments.delete(key_of("Segment", segment)):
        return SegmentDeletePayload(id=segment, user_errors=[])
    error = UserError(code=NotFound.code, message="There is no such segment.", field=["id"])
    return SegmentDeletePayload(id=None, user_errors=[error])


def _number(profile: Profile) -> tuple[str]:
    return (profile.base["number"],)


def _condition(row: dict[str, Any], context: Context, place: int = 0) -> Condition:
    currency = context.settings.currency
    rule = parse(orjson.loads(row["rule"]), currency=currency)
    return compiled(rule, now=context.now, currency=currency, prefix=f"s{place}leaf")


def _refused(code: str, message: str, field: list[str]) -> SegmentSavePayload:
    return SegmentSavePayload(segment=None, user_errors=[UserError(code=code, message=message, field=field)])
