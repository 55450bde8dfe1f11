"""Mutations that change the loyalty programme: save a draft, publish it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from domain.errors import Conflict, InvalidInput, NotFound
from loyalty.programme.programme_editing import ProgrammeEditing
from resolvers.access.caller import LOYALTY_PROGRAMME
from resolvers.context import Info
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import DateTime
from resolvers.kit.user_errors import user_errors
from resolvers.loyalty.programme_queries import LoyaltyProgramme, LoyaltyProgrammeDraft


@strawberry.type(description="What came of saving a draft.")
class ProgrammeDraftPayload:
    draft: LoyaltyProgrammeDraft | None = strawberry.field(description="The draft; null in an error.")
    user_errors: list[UserError] = strawberry.field(description="What to mend in the rules.")


@strawberry.type(description="What came of publishing a draft.")
class ProgrammePublishPayload:
    programme: LoyaltyProgramme | None = strawberry.field(description="The new version; null in an error.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was published.")


@strawberry.type
class ProgrammeMutations:
    @strawberry.mutation(
        description="Keeps rules as the draft of the next version, instead of the draft before.",
        metadata=requires(LOYALTY_PROGRAMME, cost=10),
    )
    async def loyalty_programme_draft_save(
        self, info: Info, rules: Annotated[str, strawberry.argument(description="The rules (YAML).")]
    ) -> ProgrammeDraftPayload:
        context = info.context
        context.caller.require(LOYALTY_PROGRAMME)
        try:
            draft = await ProgrammeEditing(context.database).save(rules, context.caller.name)
        except InvalidInput as error:
            return ProgrammeDraftPayload(draft=None, user_errors=user_errors(error, field=("rules",)))
        return ProgrammeDraftPayload(draft=LoyaltyProgrammeDraft.of(draft), user_errors=[])

    @strawberry.mutation(
        description="Publishes a draft. Orders from its start on earn by it, on every process. Sent again, it does "
        "nothing more.",
        metadata=requires(LOYALTY_PROGRAMME, cost=20),
    )
    async def loyalty_programme_publish(
        self,
        info: Info,
        draft: Annotated[strawberry.ID, strawberry.argument(description="Id of the draft.")],
        starts: Annotated[
            DateTime | None,
            strawberry.argument(description="Orders of this time and later earn by it; none: a minute from now."),
        ] = None,
    ) -> ProgrammePublishPayload:
        context = info.context
        context.caller.require(LOYALTY_PROGRAMME)
        editing = ProgrammeEditing(context.database)
        try:
            start = None if starts is None else _moment(str(starts))
            version = await editing.publish(draft, start, context.caller.name)
        except (InvalidInput, NotFound, Conflict) as error:
            return ProgrammePublishPayload(programme=None, user_errors=user_errors(error, field=()))
        [found] = [one for one in await editing.versions() if one.version == version]
        return ProgrammePublishPayload(programme=LoyaltyProgramme.of(found), user_errors=[])


def _moment(text: str) -> datetime:
    """Raises InvalidInput."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput("This is no time, such as 2027-01-31T06:00:00Z.")
    return found
