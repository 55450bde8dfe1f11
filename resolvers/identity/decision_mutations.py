"""What agents decide about identities: mutations that carry it out or preview it, and the log of all of it."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Iterable
from typing import Annotated

import strawberry

from domain.errors import InvalidInput, NotFound, TooLarge
from identity.decisions import plans
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.plans import DecisionKind, People, RulingPart
from identity.decisions.signed_decision import DecisionResult, Signed
from matching.normalise import normalise
from matching.records import Identifier
from resolvers.access.caller import IDENTITY_WRITE
from resolvers.context import Context, Info
from resolvers.kit.global_ids import global_id, key_of
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.user_errors import Named, user_errors

MAX_NAMED = 500
"""Customers or records that a decision names."""


@strawberry.type(description="A customer as a decision leaves it.")
class DecidedCustomer:
    number: str = strawberry.field(description="The number; in a preview a new customer's may turn out different.")
    name: str = strawberry.field(description="Masked name.")
    record_ids: list[strawberry.ID] = strawberry.field(description="Its source records.")


@strawberry.type(description="What came of a decision, or would come of it.")
class DecisionPayload:
    decision_id: strawberry.ID | None = strawberry.field(description="The decision; null in a preview or an error.")
    customers: list[DecidedCustomer] = strawberry.field(description="The customers it touches, as they are then.")
    overruled: list[strawberry.ID] = strawberry.field(description="Older decisions that it contradicts and overrules.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.input(description="Who signs for a decision and how it is carried out.")
class Signature:
    reason: str = strawberry.field(description="Why; 1 to 500 characters, for others to read.")
    preview: bool = strawberry.field(default=False, description="Only tell what would come of it.")
    request_id: strawberry.ID | None = strawberry.field(
        default=None, description="Your own id of this request: sent again it does nothing more; 1 to 100 characters."
    )


@strawberry.input(description="An identifier by its type and value.")
class IdentifierInput:
    type: str = strawberry.field(description="Type, such as email, phone or loyalty_card.")
    value: str = strawberry.field(description="The value in any usual spelling.")


Signs = Annotated[Signature, strawberry.argument(description="Why, and whether only to preview.")]
Number = Annotated[str, strawberry.argument(description="A customer number, present or retired.")]
Numbers = Annotated[list[str], strawberry.argument(description="Customer numbers, present or retired; 2 to 500.")]
RecordId = Annotated[strawberry.ID, strawberry.argument(description="Id of a source record.")]
RecordIds = Annotated[list[strawberry.ID], strawberry.argument(description="Ids of source records; at most 500.")]
ByIdentifier = Annotated[IdentifierInput, strawberry.argument(description="The identifier.")]
Planned = Callable[[People], Iterable[RulingPart]]


@strawberry.type
class DecisionMutations:
    @strawberry.mutation(
        description="Customers are one person; the oldest number goes on, the others answer with it.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def customer_merge(self, info: Info, customers: Numbers, signature: Signs) -> DecisionPayload:
        numbers = _numbers(customers)
        named = {"customers": _spelled(customers)}
        return await planned(
            info, signature, DecisionKind.MERGE, lambda p: plans.merge(p, numbers), named, customers=numbers
        )

    @strawberry.mutation(
        description="Some records of a customer are somebody else: those named, or what only an identifier holds.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def customer_unmerge(
        self,
        info: Info,
        customer: Number,
        signature: Signs,
        records: Annotated[
            list[strawberry.ID] | None, strawberry.argument(description="Ids of the records that are somebody else.")
        ] = None,
        identifier: Annotated[
            IdentifierInput | None, strawberry.argument(description="Instead: the identifier that is no evidence.")
        ] = None,
    ) -> DecisionPayload:
        [number] = _numbers([customer])
        keys = _keys(records or ())
        if (identifier is None) == (not keys):
            return _refused(InvalidInput("Name records or an identifier, one of the two."), {})
        if identifier is None:
            return await planned(
                info,
                signature,
                DecisionKind.UNMERGE,
                lambda p: plans.unmerge(p, number, keys),
                {"customer": number, "records": _keys_in_order(records or ())},
                customers=[number],
                leaving=keys,
            )
        found = Identifier(identifier.type, _identifier_key(identifier, info.context))
        policies = info.context.policies
        return await planned(
            info,
            signature,
            DecisionKind.UNMERGE,
            lambda p: plans.unmerge_by(p, number, found, policies),
            {"customer": number},
            customers=[number],
        )

    @strawberry.mutation(
        description="A source record belongs to that customer and no longer to its own.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def source_record_move(
        self, info: Info, record: RecordId, customer: Number, signature: Signs
    ) -> DecisionPayload:
        [number], [key] = _numbers([customer]), _keys([record])
        return await planned(
            info,
            signature,
            DecisionKind.MOVE,
            lambda p: plans.move(p, key, number),
            {"record": key, "customer": number},
            customers=[number],
            records=[key],
            leaving=[key],
        )

    @strawberry.mutation(
        description="Source records are one person, whatever else is known.", metadata=requires(IDENTITY_WRITE)
    )
    async def must_match(self, info: Info, records: RecordIds, signature: Signs) -> DecisionPayload:
        keys = _keys(records)
        return await planned(
            info,
            signature,
            DecisionKind.MUST_MATCH,
            lambda p: plans.must_match(p, keys),
            {"records": _keys_in_order(records)},
            records=keys,
        )

    @strawberry.mutation(
        description="These are different people, each of them; who joins one later inherits it.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def never_match(
        self,
        info: Info,
        signature: Signs,
        customers: Annotated[list[str] | None, strawberry.argument(description="Customers by number.")] = None,
        records: Annotated[list[strawberry.ID] | None, strawberry.argument(description="Source records.")] = None,
    ) -> DecisionPayload:
        numbers, keys = _numbers(customers or ()), _keys(records or ())

        def plan(people: People) -> Iterable[RulingPart]:
            whole = [[record.key for record in people.of(number)] for number in numbers]
            return plans.never_match(people, [*whole, *([key] for key in keys)])

        named = {"customers": _spelled(customers or ()), "records": _keys_in_order(records or ())}
        return await planned(info, signature, DecisionKind.NEVER_MATCH, plan, named, customers=numbers, records=keys)

    @strawberry.mutation(
        description="Nothing joins or leaves the customer by itself.", metadata=requires(IDENTITY_WRITE)
    )
    async def customer_lock(self, info: Info, customer: Number, signature: Signs) -> DecisionPayload:
        [number] = _numbers([customer])
        named = {"customer": number}
        return await planned(
            info, signature, DecisionKind.LOCK, lambda p: plans.lock(p, number), named, customers=[number]
        )

    @strawberry.mutation(description="Evidence decides about the customer again.", metadata=requires(IDENTITY_WRITE))
    async def customer_unlock(self, info: Info, customer: Number, signature: Signs) -> DecisionPayload:
        [number] = _numbers([customer])
        return await carried_out(
            info, signature, lambda decisions, by: decisions.unlock(number, by), {"customer": number}
        )

    @strawberry.mutation(
        description="The identifier links nobody any more: an office phone, a till's dummy.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def identifier_block(self, info: Info, identifier: ByIdentifier, signature: Signs) -> DecisionPayload:
        key = _identifier_key(identifier, info.context)
        return await carried_out(info, signature, lambda decisions, by: decisions.block(key, by), {"identifier": key})

    @strawberry.mutation(
        description="The identifier that an agent blocked links again.", metadata=requires(IDENTITY_WRITE)
    )
    async def identifier_unblock(self, info: Info, identifier: ByIdentifier, signature: Signs) -> DecisionPayload:
        key = _identifier_key(identifier, info.context)
        return await carried_out(info, signature, lambda decisions, by: decisions.unblock(key, by), {"identifier": key})

    @strawberry.mutation(
        description="The decision stops being evidence: everything is as if it had never been. Undoing an UNDO brings "
        "the decision back.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def decision_undo(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Id of the decision.")],
        signature: Signs,
    ) -> DecisionPayload:
        key = key_of("Decision", id)
        return await carried_out(info, signature, lambda decisions, by: decisions.undo(key, by), {"id": key})


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
    context = info.context
    request = signature.request_id
    if request is not None and not 1 <= len(request) <= 100:
        return _refused(InvalidInput("A requestId has 1 to 100 characters."), {}, "signature", "requestId")
    own = f"{context.caller.name}|{request}" if request else uuid.uuid4().hex
    try:
        by = Signed(context.caller.name, signature.reason, context.vault.keyed("request", own), signature.preview)
    except InvalidInput as error:
        return _refused(error, {}, "signature", "reason")
    try:
        return payload(await act(context.decisions, by), preview=signature.preview)
    except (InvalidInput, NotFound, TooLarge) as error:
        return _refused(error, named)


def payload(outcome: DecisionResult, *, preview: bool) -> DecisionPayload:
    return DecisionPayload(
        decision_id=None if preview or outcome.id is None else global_id("Decision", outcome.id),
        customers=[
            DecidedCustomer(
                number=person.number,
                name=person.name,
                record_ids=[global_id("SourceRecord", key) for key in person.records],
            )
            for person in sorted(outcome.people, key=lambda person: person.number)
        ],
        overruled=[global_id("Decision", id_) for id_ in outcome.overruled],
        user_errors=[],
    )


def _refused(error: InvalidInput | NotFound | TooLarge, named: Named, *field: str) -> DecisionPayload:
    errors = user_errors(error, named, field=field)
    return DecisionPayload(decision_id=None, customers=[], overruled=[], user_errors=errors)


def _numbers(given: Iterable[str]) -> list[str]:
    return _bounded(list(dict.fromkeys(_spelled(given))))


def _spelled(given: Iterable[str]) -> list[str]:
    return [number.strip().upper() for number in given]


def _keys(given: Iterable[strawberry.ID]) -> list[str]:
    return _bounded(list(dict.fromkeys(_keys_in_order(given))))


def _keys_in_order(given: Iterable[strawberry.ID]) -> list[str]:
    return [key_of("SourceRecord", id_) for id_ in given]


def _bounded(given: list[str]) -> list[str]:
    if len(given) > MAX_NAMED:
        raise InvalidInput(f"Name {MAX_NAMED} at most.")
    return given


def _identifier_key(given: IdentifierInput, context: Context) -> str:
    context.policies.of(given.type)
    try:
        normalised = normalise(given.type, given.value, region=context.settings.default_region)
    except ValueError as error:
        raise InvalidInput(f"The {given.type.replace('_', ' ')} {error}.") from None
    return context.reader.identifier_key(given.type, normalised)
