"""Identity rules rehearsed through GraphQL, on a bounded part of the store."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import strawberry

from domain.errors import InvalidInput, SetupError
from identity.rule_changes.rehearse import Rehearsal, RehearsedChange, rehearse
from matching.policy import parse
from resolvers.access.caller import IDENTITY_WRITE
from resolvers.context import Info
from resolvers.kit.requirements import requires

MAX_CONFIG = 20_000
"""Characters of the policies that `identityRulesRehearse` gets."""
MAX_RECORDS = 5_000
"""Records that `identityRulesRehearse` looks at. `regulars rules rehearse` has no limit."""


@strawberry.type(description="A change that other rules would make.")
class RehearsalCase:
    kind: str = strawberry.field(description="merge or split.")
    customer_numbers: list[str] = strawberry.field(description="The customers it is about, as they are today.")
    records: int = strawberry.field(description="How many source records would be joined or parted.")
    bits: float = strawberry.field(description="The weakest evidence that would join them; 0 for a split.")
    reason: str = strawberry.field(description="Why.")


@strawberry.type(description="What other identity rules would make of the stored records. Nothing is written.")
class RulesRehearsal:
    records: int = strawberry.field(description="Records looked at.")
    people_before: int = strawberry.field(description="People they are today.")
    people_after: int = strawberry.field(description="People they would be.")
    merges: int = strawberry.field(description="People who would come of merges.")
    splits: int = strawberry.field(description="People who would be split.")
    riskiest: list[RehearsalCase] = strawberry.field(description="The riskiest changes, at most 50.")


@strawberry.type
class RehearsalQueries:
    @strawberry.field(
        description="What changed identity policies would do, tried on stored records and never written.",
        metadata=requires(IDENTITY_WRITE, cost=1_000),
    )
    async def identity_rules_rehearse(
        self,
        info: Info,
        config: Annotated[
            str, strawberry.argument(description="Identity policies in YAML, as docs/matching.md tells.")
        ],
        records: Annotated[int, strawberry.argument(description="How many records to look at; 1 to 5,000.")] = 1_000,
    ) -> RulesRehearsal:
        context = info.context
        context.caller.require(IDENTITY_WRITE)
        if not 1 <= records <= MAX_RECORDS:
            raise InvalidInput(
                f"A rehearsal looks at 1 to {MAX_RECORDS} records.", hint="`regulars rules` has no limit."
            )
        if len(config) > MAX_CONFIG:
            raise InvalidInput(f"The policies have {MAX_CONFIG} characters at most.")
        try:
            policies = replace(parse(config), model=context.policies.model)
        except SetupError as error:
            raise InvalidInput(error.message, hint=error.hint) from None
        found = Rehearsal()
        async for so_far in rehearse(context.database, context.vault, policies, most=records):
            found = so_far
        return RulesRehearsal(
            records=found.records,
            people_before=found.people_before,
            people_after=found.people_after,
            merges=found.merges,
            splits=found.splits,
            riskiest=[_case(case) for case in found.cases],
        )


def _case(case: RehearsedChange) -> RehearsalCase:
    return RehearsalCase(
        kind=case.kind,
        customer_numbers=list(case.numbers),
        records=case.records,
        bits=round(case.bits, 2),
        reason=case.reason,
    )
