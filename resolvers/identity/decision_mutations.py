"""What agents decide about identities: mutations that carry it out or preview it, and the log of all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import strawberry

from domain.errors import InvalidInput
from identity.decisions import plans
from identity.decisions.plans import DecisionKind, People, RulingPart
from matching.normalise import normalise
from matching.records import Identifier
from resolvers.access.caller import IDENTITY_WRITE
from resolvers.context import Context, Info
from resolvers.identity.signed_payload import DecisionPayload, Signs, carried_out, planned, refused
from resolvers.kit.global_ids import key_of
from resolvers.kit.requirements import requires

MAX_NAMED = 500
"""Customers or records that a decision names."""


@strawberry.input(description="An identifier by its type and value.")
class IdentifierInput:
    type: str = strawberry.field(description="Type, such as email, phone or loyalty_card.")
    value: str = strawberry.field(description="The value in any usual spelling.")


Number = Annotated[str, strawberry.argument(description="A customer number, present or retired.")]
Numbers = Annotated[list[str], strawberry.argument(description="Customer numbers, present or retired; 2 to 500.")]
RecordId = Annotated[strawberry.ID, strawberry.argument(description="Id of a source record.")]
RecordIds = Annotated[list[strawberry.ID], strawberry.argument(description="Ids of source records; at most 500.")]
ByIdentifier = Annotated[IdentifierInput, strawberry.argument(description="The identifier.")]


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
            return refused(InvalidInput("Name records or an identifier, one of the two."), {})
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
        description="The shared identifier links again, however many people use it: strangers had it by mistake. Undo "
        "the decision to leave it to the number of people again.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def identifier_unshare(self, info: Info, identifier: ByIdentifier, signature: Signs) -> DecisionPayload:
        key = _identifier_key(identifier, info.context)
        return await carried_out(info, signature, lambda decisions, by: decisions.unshare(key, by), {"identifier": key})

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
