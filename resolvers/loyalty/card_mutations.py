"""Mutations about loyalty cards: an agent issues, links, replaces, blocks and unblocks one."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from domain.errors import Ambiguous, Conflict, InvalidInput, NotFound
from domain.events import CardAction, CardChange, CardChanged, CardReason, Subject
from graph.customers import Finder
from ingest.card_changes import CardChanges
from ingest.card_numbers import without_card_numbers
from ingest.commit import Committer
from loyalty.cards import card_number, mistyped
from resolvers.access.caller import LOYALTY_CARDS
from resolvers.context import Context, Info
from resolvers.customer.customer_by import CustomerBy, ExternalId, finder
from resolvers.customer.find_customer import looked_up
from resolvers.customer.linked_identities import RECORDS, record_found_by
from resolvers.customer.loyalty.loyalty_cards import CARDS, LoyaltyCard
from resolvers.kit.asked import asked
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.selection import selected
from resolvers.kit.user_errors import user_errors
from resolvers.loyalty.redemption_payload import RequestId, Who
from resolvers.loyalty.redemption_requests import request_key

MAX_CARD = 40
"""Characters of a loyalty card's number, however it is typed."""
_COST = 30
_SOURCE = "loyalty"

Number = Annotated[str, strawberry.argument(description="The number of the card, however it is typed.")]
NewNumber = Annotated[
    str | None, strawberry.argument(description="The number of a printed card; none: the service makes one.")
]
Why = Annotated[CardReason, strawberry.argument(description="Why.")]


@strawberry.type(description="What came of a request about a loyalty card.")
class CardPayload:
    number: str | None = strawberry.field(
        description="The number of the card that was issued, linked, blocked or unblocked; null in an error."
    )
    card: LoyaltyCard | None = strawberry.field(description="The card as it is now; null in an error.")
    customer_number: str | None = strawberry.field(description="The guest's present number; null in an error.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was done.")


@strawberry.type
class CardMutations:
    @strawberry.mutation(
        description="Gives the guest a new card. Its number is made by the service, and cannot be guessed.",
        metadata=requires(LOYALTY_CARDS, cost=_COST),
    )
    async def card_issue(self, info: Info, customer: Who, request_id: RequestId) -> CardPayload:
        return await _carried_out(info, CardAction.ISSUE, request_id, customer)

    @strawberry.mutation(
        description="Gives the guest a printed card, or one that was used before without a name.",
        metadata=requires(LOYALTY_CARDS, cost=_COST),
    )
    async def card_link(self, info: Info, customer: Who, number: Number, request_id: RequestId) -> CardPayload:
        return await _carried_out(info, CardAction.LINK, request_id, customer, number=number)

    @strawberry.mutation(
        description="A new card follows an old one, which is blocked. What was bought with it stays the guest's.",
        metadata=requires(LOYALTY_CARDS, cost=_COST),
    )
    async def card_replace(
        self, info: Info, card: Number, reason: Why, request_id: RequestId, number: NewNumber = None
    ) -> CardPayload:
        return await _carried_out(info, CardAction.REPLACE, request_id, number=number, former=card, reason=reason)

    @strawberry.mutation(
        description="The card finds nobody at a till and uses no points any more.",
        metadata=requires(LOYALTY_CARDS, cost=_COST),
    )
    async def card_block(self, info: Info, card: Number, reason: Why, request_id: RequestId) -> CardPayload:
        return await _carried_out(info, CardAction.BLOCK, request_id, number=card, reason=reason)

    @strawberry.mutation(
        description="The card is valid again. One that was replaced stays blocked.",
        metadata=requires(LOYALTY_CARDS, cost=_COST),
    )
    async def card_unblock(self, info: Info, card: Number, request_id: RequestId) -> CardPayload:
        return await _carried_out(info, CardAction.UNBLOCK, request_id, number=card)


async def _carried_out(
    info: Info,
    action: CardAction,
    request_id: str,
    customer: CustomerBy | None = None,
    *,
    number: str | None = None,
    former: str | None = None,
    reason: CardReason | None = None,
) -> CardPayload:
    context = info.context
    try:
        message = request_key(context, request_id, "card")
        # The number follows from the request, so that the same request has the same one.
        made = card_number(context.settings.card_prefix, context.vault.keyed("card number", message))
        number = made if number is None else checked_number(number, context)
        named = number if former is None else checked_number(former, context)
        record = await _record(context, CustomerBy(card=named) if customer is None else customer)
        event = CardChanged(
            type="identify",
            message_id=message,
            source=_SOURCE,
            at=context.now,
            subject=Subject(identifiers={"loyalty_card": [number] if former is None else [number, named]}),
            record=record,
            change=CardChange(
                action=action,
                reason=reason,
                asked=context.vault.keyed("asked", asked(selected(info), besides=("requestId",))),
            ),
        )
        await CardChanges(Committer(context.parts), context.reader).carry_out(event)
        return await _stands(context, number, record)
    except (InvalidInput, Conflict, NotFound) as error:
        return CardPayload(number=None, card=None, customer_number=None, user_errors=user_errors(error, field=()))


async def _record(context: Context, by: CustomerBy) -> str:
    """The source record on which the change hangs: the one by which the guest is named or found. Raises NotFound,
    Ambiguous."""
    find = finder(by, context, any_card=True)
    profiles = await looked_up(context, context.customers.find_shared(find, {RECORDS}), by_value=find.by_value)
    if not profiles:
        raise NotFound("There is no such customer." if by.card is strawberry.UNSET else "Nobody has this card.")
    if len(profiles) > 1:
        raise Ambiguous("Several customers use this identifier.", hint="Name the customer by number.")
    key: str | None = find.parameters["find"].get("key")
    return key if key and isinstance(by.external_id, ExternalId) else record_found_by(profiles[0].parts[RECORDS], key)


async def _stands(context: Context, number: str, record: str) -> CardPayload:
    """The card and its guest as they are now. Raises NotFound where the guest has it no more."""
    key = finder(CustomerBy(card=number), context).parameters["find"]["key"]
    found = await context.customers.find_shared(Finder.named("by_record", key=record), {CARDS})
    cards: list[Any] = [row for profile in found for row in profile.parts[CARDS] if row["key"] == key]
    if not cards:
        raise NotFound("The guest has not got this card any more.")
    customer = found[0].base["number"]
    context.trail.customers.add(customer)
    return CardPayload(number=number, card=LoyaltyCard.of(cards[0], context), customer_number=customer, user_errors=[])


def checked_number(number: str, context: Context) -> str:
    """Raises InvalidInput where it cannot be a loyalty card's number."""
    if not 1 <= len(number.strip()) <= MAX_CARD:
        raise InvalidInput(f"A card's number has 1 to {MAX_CARD} characters.")
    if without_card_numbers({"identifiers": {"loyalty_card": [number]}})[2] is not None:
        raise InvalidInput("This is the number of a payment card.", hint="Payment cards are never stored.")
    if mistyped(context.settings.card_prefix, number):
        raise InvalidInput("This number was mistyped: its last letter does not check.")
    return number.strip()
