"""The mutation by which a guest joins the loyalty programme."""

from __future__ import annotations

from typing import Annotated

import strawberry

from domain.enrolment import MAX_PURPOSES
from domain.errors import Ambiguous, Conflict, InvalidInput, NotAllowed, NotFound
from domain.events import CROSS_BRAND
from graph.customers import Finder
from ingest.enrolments import enrolment_event
from resolvers.access.caller import LOYALTY_CARDS, LOYALTY_ENROL
from resolvers.context import Context, Info
from resolvers.customer.customer_by import CustomerBy, finder
from resolvers.customer.find_customer import looked_up, refuse_blocked_card
from resolvers.customer.limited_profile import found
from resolvers.customer.linked_identities import RECORDS, record_found_by
from resolvers.customer.loyalty.membership import ENROLMENT, Membership
from resolvers.kit.asked import asked
from resolvers.kit.enums import Channel
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.selection import selected
from resolvers.kit.user_errors import user_errors
from resolvers.loyalty.card_mutations import checked_number
from resolvers.loyalty.enrolment_requests import check_names, enrolled, may_look_up
from resolvers.loyalty.redemption_payload import RequestId
from resolvers.loyalty.redemption_requests import request_key

_COST = 30

Known = Annotated[
    CustomerBy | None,
    strawberry.argument(description="A guest who is known already; else name the guest by e-mail or phone."),
]
Email = Annotated[str | None, strawberry.argument(description="The guest's e-mail address.")]
Phone = Annotated[str | None, strawberry.argument(description="The guest's phone, with or without country code.")]
Given = Annotated[str | None, strawberry.argument(description="Given name, beside `email` or `phone`.")]
Family = Annotated[str | None, strawberry.argument(description="Family name, beside `email` or `phone`.")]
Card = Annotated[
    str | None, strawberry.argument(description="A printed card for the guest. It needs the scope loyalty:cards.")
]
Store = Annotated[str | None, strawberry.argument(description="The store (code) where the guest joins.")]
AtBrand = Annotated[
    str | None, strawberry.argument(description="The brand where the guest joins, if it is in no store.")
]
Where = Annotated[Channel | None, strawberry.argument(description="The channel by which the guest joins.")]
Purposes = Annotated[
    list[str] | None,
    strawberry.argument(
        description=f"What the guest agrees to, such as marketing_email: up to {MAX_PURPOSES} purposes, beside "
        "`email` or `phone`."
    ),
]


@strawberry.type(description="What came of an enrolment.")
class EnrolmentPayload:
    customer_number: str | None = strawberry.field(
        description="The guest's present number; null in an error, and for a caller who may not look guests up."
    )
    membership: Membership | None = strawberry.field(
        description="The guest's membership: an earlier one, if the guest had joined before. Null as `customerNumber`."
    )
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type
class EnrolmentMutations:
    @strawberry.mutation(
        description="A guest joins the loyalty programme: a known one, or whoever has this e-mail or phone.",
        metadata=requires(LOYALTY_ENROL, cost=_COST, whole=False),
    )
    async def member_enrol(
        self,
        info: Info,
        request_id: RequestId,
        customer: Known = None,
        email: Email = None,
        phone: Phone = None,
        given_name: Given = None,
        family_name: Family = None,
        card: Card = None,
        store: Store = None,
        brand: AtBrand = None,
        channel: Where = None,
        consents: Purposes = None,
    ) -> EnrolmentPayload:
        context = info.context
        try:
            said = [one for one in (email, phone, given_name, family_name, consents) if one is not None]
            if customer is not None and said:
                raise InvalidInput("Name a known guest by `customer` alone.", hint="Send what is new as an event.")
            if customer is None:
                check_names(context.caller, sum(one is not None for one in (email, phone, card)))
            if card is not None:
                context.caller.require(LOYALTY_CARDS)
            if CROSS_BRAND in (consents or ()):
                raise InvalidInput(f"A guest agrees to {CROSS_BRAND} by an event of its own.", hint="consent.changed")
            event = enrolment_event(
                request_key(context, request_id, "enrol"),
                context.now,
                context.vault.keyed("asked", asked(selected(info), besides=("requestId",))),
                record=None if customer is None else await _record(context, customer),
                email=email,
                phone=phone,
                given_name=given_name,
                family_name=family_name,
                card=None if card is None else checked_number(card, context),
                brand=await _brand(context, store, brand),
                store=store,
                channel=channel,
                purposes=consents or [],
            )
            done = await enrolled(context, event, info.field_name)
            if customer is None and not may_look_up(context.caller):
                return EnrolmentPayload(customer_number=None, membership=None, user_errors=[])
            return await _stands(context, done.record)
        except (InvalidInput, Conflict, NotFound) as error:
            return EnrolmentPayload(customer_number=None, membership=None, user_errors=user_errors(error, field=()))


async def _record(context: Context, by: CustomerBy) -> str:
    """The source record by which a known guest is named or found. Raises NotFound, Ambiguous, CardBlocked."""
    find = finder(by, context)
    profiles = await looked_up(context, context.customers.find_shared(find, {RECORDS}), by_value=find.by_value)
    if not profiles:
        await refuse_blocked_card(context, find)
        raise NotFound("There is no such customer.")
    if len(profiles) > 1:
        raise Ambiguous("Several customers use this identifier.", hint="Name the customer by number.")
    return record_found_by(profiles[0].parts[RECORDS], find.parameters["find"].get("key"))


async def _brand(context: Context, store: str | None, brand: str | None) -> str | None:
    """The brand where the guest joins: that of the store, if it is in one. Raises InvalidInput, and NotAllowed for a
    brand or store that the caller may not act for."""
    caller = context.caller
    if caller.stores is not None and store not in caller.stores:
        raise NotAllowed("You may act for some stores only.", hint="Name one of them.")
    if store is not None:
        row = await context.places.store(store)
        if row is None:
            raise InvalidInput("There is no such store.", hint="Send it by store.upserted first.")
        of = row[-1][0] if row[-1] else None
        if brand is not None and brand != of:
            raise InvalidInput("The store is of another brand.", hint="Name the store alone.")
        brand = of
    if caller.brands is None or brand in caller.brands:
        return brand
    if brand is None and len(caller.brands) == 1:
        return next(iter(caller.brands))
    if brand is None:
        raise InvalidInput("Name the brand or the store where the guest joins.")
    raise NotAllowed("You may not act for this brand.")


async def _stands(context: Context, record: str) -> EnrolmentPayload:
    """The guest of the record, as it is now. Raises NotFound."""
    profiles = await found(context, context.customers, Finder.named("by_record", key=record), {ENROLMENT})
    row = profiles[0].parts[ENROLMENT] if profiles else None
    if row is None:
        raise NotFound("This guest cannot be shown to you.")
    number: str = profiles[0].base["number"]
    context.trail.customers.add(number)
    return EnrolmentPayload(customer_number=number, membership=Membership.of(row, context), user_errors=[])
