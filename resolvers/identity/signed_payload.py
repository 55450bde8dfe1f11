"""What an agent signs for a decision, and the payload that tells what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated

import strawberry

from domain.errors import Conflict, InvalidInput, NotFound, TooLarge
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind, People, RulingPart
from identity.decisions.signed_decision import DecisionResult, Signed
from resolvers.context import Info
from resolvers.kit.asked import asked
from resolvers.kit.global_ids import global_id
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.selection import selected
from resolvers.kit.user_errors import Named, user_errors

_STALE = UserError(
    code=Conflict.code,
    message="Something changed since your preview. Nothing was done; this is what would come of it now.",
    field=["signature", "previewed"],
)


@strawberry.type(description="A customer as a decision leaves it.")
class DecidedCustomer:
    number: str = strawberry.field(description="The number; in a preview a new customer's may turn out different.")
    name: str = strawberry.field(description="Masked name.")
    record_ids: list[strawberry.ID] = strawberry.field(description="Its source records.")


@strawberry.type(description="What came of a decision, or would come of it.")
class DecisionPayload:
    decision_id: strawberry.ID | None = strawberry.field(description="The decision; null in a preview or an error.")
    preview_id: strawberry.ID | None = strawberry.field(
        description="In a preview: stands for this outcome. Sign with it as `previewed` to get this outcome or none."
    )
    customers: list[DecidedCustomer] = strawberry.field(description="The customers it touches, as they are then.")
    overruled: list[strawberry.ID] = strawberry.field(description="Older decisions that it contradicts and overrules.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.input(description="Who signs for a decision and how it is carried out.")
class Signature:
    reason: str = strawberry.field(description="Why; 1 to 500 characters, for others to read.")
    preview: bool = strawberry.field(default=False, description="Only tell what would come of it.")
    request_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Your own id of this request: sent again it does nothing more, and for another decision it is "
        "refused; 1 to 100 characters.",
    )
    previewed: strawberry.ID | None = strawberry.field(
        default=None,
        description="The previewId that you saw. If more would change by now, nothing is done: you get a CONFLICT and "
        "the new preview.",
    )


Signs = Annotated[Signature, strawberry.argument(description="Why, and whether only to preview.")]
Planned = Callable[[People], Iterable[RulingPart]]


async def planned(
    info: Info,
    signature: Signature,
    kind: DecisionKind,
    plan: Planned,
    named: Named,
    *,
    customers: list[str] | None = None,
    records: list[str] | None = None,
    leaving: list[str] | None = None,
) -> DecisionPayload:
    """Carries out a plan about customers and records."""
    return await carried_out(
        info,
        signature,
        lambda decisions, by: decisions.plan(
            kind, by, plan, customers=customers or (), records=records or (), leaving=leaving or ()
        ),
        named,
    )


async def carried_out(
    info: Info,
    signature: Signature,
    act: Callable[[AgentDecisions, Signed], Awaitable[DecisionResult]],
    named: Named,
) -> DecisionPayload:
    """What came of it; what an agent can mend comes as a user error. `named`: what the caller named."""
    request = signature.request_id
    if request is not None and not 1 <= len(request) <= 100:
        return refused(InvalidInput("A requestId has 1 to 100 characters."), {}, "signature", "requestId")
    try:
        by = _signed(signature, info)
    except InvalidInput as error:
        return refused(error, {}, "signature", "reason")
    try:
        return payload(await act(info.context.decisions, by), preview=signature.preview)
    except (InvalidInput, Conflict, NotFound, TooLarge) as error:
        return refused(error, named)


def _signed(signature: Signature, info: Info) -> Signed:
    """The signature with the caller's name. Raises InvalidInput."""
    context, request = info.context, signature.request_id
    own = f"{context.caller.name}|{request}" if request else uuid.uuid4().hex
    return Signed(
        context.caller.name,
        signature.reason,
        context.vault.keyed("request", own),
        signature.preview,
        context.vault.keyed("asked", asked(selected(info), besides=("signature",))),
        signature.previewed,
    )


def payload(outcome: DecisionResult, *, preview: bool) -> DecisionPayload:
    return DecisionPayload(
        decision_id=None if preview or outcome.stale or outcome.id is None else global_id("Decision", outcome.id),
        preview_id=strawberry.ID(outcome.token) if outcome.token and (preview or outcome.stale) else None,
        customers=[
            DecidedCustomer(
                number=person.number,
                name=person.name,
                record_ids=[global_id("SourceRecord", key) for key in person.records],
            )
            for person in sorted(outcome.people, key=lambda person: person.records)
        ],
        overruled=[global_id("Decision", id_) for id_ in outcome.overruled],
        user_errors=[_STALE] if outcome.stale else [],
    )


def refused(error: InvalidInput | Conflict | NotFound | TooLarge, named: Named, *field: str) -> DecisionPayload:
    """Nothing was done. `named` and `field` say which arguments the error is about: see `user_errors`."""
    errors = user_errors(error, named, field=field)
    return DecisionPayload(decision_id=None, preview_id=None, customers=[], overruled=[], user_errors=errors)
