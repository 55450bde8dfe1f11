"""What agents say of golden fields: mutations that set one before all rules, and take that back."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.errors import InvalidInput, NotFound, TooLarge
from graph.customers import Finder
from identity.decisions.golden_field_values import is_golden_field, valid
from identity.decisions.signed_decision import Signed
from resolvers.access.caller import IDENTITY_WRITE
from resolvers.context import Info
from resolvers.customer import golden_record
from resolvers.customer.golden_record import GoldenField
from resolvers.kit.global_ids import global_id
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import Json
from resolvers.kit.user_errors import user_errors

_CONTACTS = {"email": "extra.email", "phone": "extra.phone"}
"""Contact data as golden fields: where to write and to call. They link nobody."""
Number = Annotated[str, strawberry.argument(description="A customer number, present or retired.")]
Field = Annotated[
    str, strawberry.argument(description="Field, such as given_name, email, phone, address or extra.plan.")
]
Value = Annotated[Json, strawberry.argument(description="Its value, as an event would tell it.")]
Reason = Annotated[str, strawberry.argument(description="Why; 1 to 500 characters, for others to read.")]


@strawberry.type(description="What became of a golden field.")
class GoldenFieldPayload:
    decision_id: strawberry.ID | None = strawberry.field(
        description="The decision, for decisionUndo; null where it was so already, or in an error."
    )
    customer_number: str | None = strawberry.field(description="The customer's present number.")
    field: GoldenField | None = strawberry.field(description="The field now; null where nobody tells it any more.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type
class GoldenMutations:
    @strawberry.mutation(
        description="An agent knows a field of the golden record better: it comes before all rules, through merges and "
        "unmerges, until it is released. Setting what is set changes nothing.",
        metadata=requires(IDENTITY_WRITE),
    )
    async def golden_field_set(
        self, info: Info, customer: Number, field: Field, value: Value, reason: Reason
    ) -> GoldenFieldPayload:
        return await _said(info, customer, field, value, reason)

    @strawberry.mutation(
        description="Takes an agent's word on a field back: the rules decide again.", metadata=requires(IDENTITY_WRITE)
    )
    async def golden_field_release(
        self, info: Info, customer: Number, field: Field, reason: Reason
    ) -> GoldenFieldPayload:
        return await _said(info, customer, field, None, reason)


async def _said(info: Info, customer: str, field: str, value: object, reason: str) -> GoldenFieldPayload:
    context, field = info.context, _CONTACTS.get(field, field)
    decisions, customers = context.decisions, context.customers
    about = "reason"
    try:
        by = Signed(context.caller.name, reason)
        about = "value" if is_golden_field(field) else "field"
        checked = None if value is None else valid(field, value, context.settings.default_region)
        about = "customer"
        outcome = await decisions.override_field(customer.strip().upper(), field, checked, by)
    except (InvalidInput, NotFound, TooLarge) as error:
        return _refused(error, about)
    [number] = {person.number for person in outcome.people}
    context.trail.customers.add(number)
    [profile] = await customers.find(Finder.named("by_number", number=number))
    fields = {one.field: one for one in golden_record.golden_record(profile, context)}
    return GoldenFieldPayload(
        decision_id=global_id("Decision", outcome.id) if outcome.id else None,
        customer_number=number,
        field=fields.get(field),
        user_errors=[],
    )


def _refused(error: InvalidInput | NotFound | TooLarge, about: str) -> GoldenFieldPayload:
    errors = user_errors(error, field=[about])
    return GoldenFieldPayload(decision_id=None, customer_number=None, field=None, user_errors=errors)
