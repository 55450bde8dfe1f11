"""Mutations that store and delete segments."""

from __future__ import annotations

import uuid
from typing import Annotated

import orjson
import strawberry

from domain.errors import InvalidInput, NotFound
from engagement.segments.rule_parser import KnownNames, RuleRefused, parse
from engagement.segments.segment_rules import plain
from graph.segments import MAX_SEGMENTS
from matching.personal_data import masked
from resolvers.access.caller import SEGMENT_WRITE
from resolvers.context import Context, Info
from resolvers.kit.global_ids import key_of
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.segments.segment import Segment
from resolvers.segments.segment_rule_input import SegmentRule, as_json

MAX_NAME = 120
"""Characters of a segment's name."""
_NAMED = "There is a segment of this name already."


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


@strawberry.type
class SegmentMutations:
    @strawberry.mutation(description="Store a segment, or change a stored one.", metadata=requires(SEGMENT_WRITE))
    async def segment_save(
        self,
        info: Info,
        input: Annotated[SegmentSaveInput, strawberry.argument(description="The segment.")],
    ) -> SegmentSavePayload:
        context = info.context
        context.caller.require(SEGMENT_WRITE)
        name = input.name.strip()
        if not 1 <= len(name) <= MAX_NAME:
            return _refused(InvalidInput.code, f"A name has 1 to {MAX_NAME} characters.", ["name"])
        if masked(name, context.settings.default_region) != name:
            return _refused(InvalidInput.code, "A name holds nobody's contact data.", ["name"])
        currency = context.settings.currency
        try:
            rule = parse(as_json(input.rule), currency=currency, known=await _known(context))
        except RuleRefused as error:
            return _refused(error.code, error.message, ["rule", *error.path])
        text = orjson.dumps(plain(rule, currency=currency)).decode()
        if input.id is None:
            row = await context.segments.create(uuid.uuid4().hex, name, text)
            if row is None and await context.segments.named(name):
                return _refused(InvalidInput.code, _NAMED, ["name"])
            if row is None:
                return _refused(InvalidInput.code, f"There are {MAX_SEGMENTS} segments already.", [])
        else:
            row = await context.segments.update(key_of("Segment", input.id), name, text)
            if row is None and await context.segments.named(name):
                return _refused(InvalidInput.code, _NAMED, ["name"])
            if row is None:
                return _refused(NotFound.code, "There is no such segment.", ["id"])
        return SegmentSavePayload(segment=Segment.of(row), user_errors=[])

    @strawberry.mutation(
        description="Delete a stored segment; customers are untouched.", metadata=requires(SEGMENT_WRITE)
    )
    async def segment_delete(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the segment.")],
    ) -> SegmentDeletePayload:
        info.context.caller.require(SEGMENT_WRITE)
        if await info.context.segments.delete(key_of("Segment", id)):
            return SegmentDeletePayload(id=id, user_errors=[])
        error = UserError(code=NotFound.code, message="There is no such segment.", field=["id"])
        return SegmentDeletePayload(id=None, user_errors=[error])


async def _known(context: Context) -> KnownNames:
    tiers = context.programme.tiers
    return KnownNames([brand for brand, _ in await context.places.brands()], [tier.name for tier in tiers])


def _refused(code: str, message: str, field: list[str]) -> SegmentSavePayload:
    return SegmentSavePayload(segment=None, user_errors=[UserError(code=code, message=message, field=field)])
