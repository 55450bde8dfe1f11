"""Mutations about webhooks: make, change, delete, try and replay them, and replace their secrets."""

from __future__ import annotations

import asyncio
import ssl
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import strawberry

from domain.errors import Conflict, InvalidInput, NotAllowed, NotFound, UnreadableValue
from domain.feed_event import FeedEvent, cloud_event
from engagement.webhooks.receiver import Receiver, Secret, check_address, check_types
from engagement.webhooks.sender import DeliveryOutcome, opened_sender
from graph.feed import Feed
from graph.store.database import Row
from graph.webhooks import MAX_WEBHOOKS
from resolvers.access.caller import WEBHOOK_MANAGE
from resolvers.context import Context, Info
from resolvers.kit.global_ids import key_of
from resolvers.kit.graphql_errors import UserError
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import DateTime
from resolvers.kit.user_errors import user_errors
from resolvers.webhooks.webhook import Webhook, WebhookState, found, webhooks

MAX_OVERLAP_HOURS = 168
"""Hours for which the secret before still signs after a new one was made."""
_COST = 20
_TESTED = "webhook.test"


@strawberry.type(description="What came of a request about a webhook.")
class WebhookPayload:
    webhook: Webhook | None = strawberry.field(description="The webhook as it is now; null where nothing was done.")
    secret: str | None = strawberry.field(description="A new secret: it is shown only here. Null where none was made.")
    user_errors: list[UserError] = strawberry.field(description="What to mend in the request.")


@strawberry.type(description="What came of deleting a webhook.")
class WebhookDeletePayload:
    id: strawberry.ID | None = strawberry.field(description="The webhook that is gone; null where there was none.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was deleted.")


@strawberry.type(description="What the receiver answered to a trial.")
class WebhookTestPayload:
    delivered: bool = strawberry.field(description="Whether the receiver answered with a status of 200 to 299.")
    answer: str | None = strawberry.field(description="What came of it, such as `status 401`; null in an error.")
    user_errors: list[UserError] = strawberry.field(description="Why nothing was sent.")


Id = Annotated[strawberry.ID, strawberry.argument(description="Global id of the webhook.")]
Url = Annotated[
    str | None, strawberry.argument(description="Where events are sent: https, without a user or password.")
]
Types = Annotated[
    list[str] | None,
    strawberry.argument(description="The only types of events, such as points.earned; null or none: all."),
]


@strawberry.type
class WebhookMutations:
    @strawberry.mutation(
        description="Makes a webhook. It gets the events from now on.",
        metadata=requires(WEBHOOK_MANAGE, whole=False, cost=_COST),
    )
    async def webhook_create(
        self,
        info: Info,
        url: Annotated[
            str, strawberry.argument(description="Where events are sent: https, without a user or password.")
        ],
        types: Types = None,
        brands: Annotated[
            list[str] | None,
            strawberry.argument(
                description="Codes of the only brands whose events are sent. None: all that you may see."
            ),
        ] = None,
    ) -> WebhookPayload:
        context = info.context
        store = webhooks(context)
        try:
            within = await _brands(context, brands)
        except (InvalidInput, NotAllowed) as error:
            return _refused(error, "brands")
        try:
            kept = check_types(types, within)
        except InvalidInput as error:
            return _refused(error, "types")
        try:
            receiver = Receiver(uuid.uuid4().hex, _address(context, url), [Secret.new()])
        except InvalidInput as error:
            return _refused(error, "url")
        props = {
            "sealed": receiver.sealed(context.vault),
            "types": kept,
            "brands": within,
            "createdBy": context.caller.name,
        }
        if not await store.create(receiver.id, props, place=await Feed(context.database).end()):
            return _refused(InvalidInput(f"There are {MAX_WEBHOOKS} webhooks already."))
        return await _as_it_is(context, receiver.id, receiver.secrets[0].text)

    @strawberry.mutation(
        description="Changes a webhook: what is not named stays. ACTIVE lets a disabled one go on where it was.",
        metadata=requires(WEBHOOK_MANAGE, whole=False, cost=_COST),
    )
    async def webhook_update(
        self,
        info: Info,
        id: Id,
        url: Url = None,
        types: Annotated[
            list[str] | None,
            strawberry.argument(description="The only types of events, such as points.earned; null: all."),
        ] = strawberry.UNSET,
        state: Annotated[WebhookState | None, strawberry.argument(description="Whether events are sent.")] = None,
    ) -> WebhookPayload:
        context = info.context
        row = await found(context, key_of("Webhook", id))
        if row is None:
            return _missing()
        try:
            receiver = Receiver.of_row(row, context.vault)
        except UnreadableValue:
            return _closed()
        changes: dict[str, Any] = {}
        if types is not strawberry.UNSET:
            try:
                changes["types"] = check_types(types, row["brands"])
            except InvalidInput as error:
                return _refused(error, "types")
        if url is not None:
            try:
                receiver = replace(receiver, url=_address(context, url))
            except InvalidInput as error:
                return _refused(error, "url")
            changes["sealed"] = receiver.sealed(context.vault)
        if state is not None:
            changes |= {"active": state is WebhookState.ACTIVE, "reason": None}
        return await _changed(context, row, changes)

    @strawberry.mutation(
        description="Deletes a webhook with its dead letters. An event that is on its way may still arrive.",
        metadata=requires(WEBHOOK_MANAGE, whole=False, cost=_COST),
    )
    async def webhook_delete(self, info: Info, id: Id) -> WebhookDeletePayload:
        row = await found(info.context, key_of("Webhook", id))
        if row is None or not await webhooks(info.context).delete(row["id"]):
            return WebhookDeletePayload(id=None, user_errors=_missing().user_errors)
        return WebhookDeletePayload(id=id, user_errors=[])

    @strawberry.mutation(
        description="Makes a new secret. Events are signed with both for a while: the receiver can change over.",
        metadata=requires(WEBHOOK_MANAGE, whole=False, cost=_COST),
    )
    async def webhook_rotate_secret(
        self,
        info: Info,
        id: Id,
        overlap_hours: Annotated[
            int, strawberry.argument(description="For how long the secret before still signs; up to 168 hours.")
        ] = 24,
    ) -> WebhookPayload:
        context = info.context
        if not 0 <= overlap_hours <= MAX_OVERLAP_HOURS:
            return _refused(InvalidInput(f"The overlap is 0 to {MAX_OVERLAP_HOURS} hours."), "overlapHours")
        row = await found(context, key_of("Webhook", id))
        if row is None:
            return _missing()
        try:
            receiver = Receiver.of_row(row, context.vault)
        except UnreadableValue:
            return _closed()
        secrets = receiver.rotated(datetime.now(UTC), timedelta(hours=overlap_hours))
        changes = {"sealed": replace(receiver, secrets=secrets).sealed(context.vault)}
        return await _changed(context, row, changes, secrets[0].text)

    @strawberry.mutation(
        description="Sends one event of the type webhook.test at once, also where the webhook is disabled.",
        metadata=requires(WEBHOOK_MANAGE, whole=False, cost=100),
    )
    async def webhook_test(self, info: Info, id: Id) -> WebhookTestPayload:
        context = info.context
        row = await found(context, key_of("Webhook", id))
        if row is None:
            return WebhookTestPayload(delivered=False, answer=None, user_errors=_missing().user_errors)
        try:
            receiver = Receiver.of_row(row, context.vault)
        except UnreadableValue:
            return WebhookTestPayload(delivered=False, answer=None, user_errors=_closed().user_errors)
        event = FeedEvent(uuid.uuid4().hex, _TESTED, datetime.now(UTC).isoformat(timespec="seconds"), {})
        tls = await asyncio.to_thread(ssl.create_default_context)  # it reads the authorities' certificates
        async with opened_sender(tls, anywhere=_anywhere(context)) as sender:
            answer = await sender.send(receiver, cloud_event(event, None))
        return WebhookTestPayload(
            delivered=answer.outcome is DeliveryOutcome.DELIVERED, answer=answer.why, user_errors=[]
        )

    @strawberry.mutation(
        description="Sends events again: all since a moment, or without one the dead letters. They keep their ids.",
        metadata=requires(WEBHOOK_MANAGE, whole=False, cost=_COST),
    )
    async def webhook_replay(
        self,
        info: Info,
        id: Id,
        from_: Annotated[
            DateTime | None,
            strawberry.argument(
                name="from", description="Events that were stored since then; none: dead letters only."
            ),
        ] = None,
    ) -> WebhookPayload:
        context = info.context
        row = await found(context, key_of("Webhook", id))
        if row is None:
            return _missing()
        if from_ is None:
            await webhooks(context).send_letters_again(row["id"])
            return await _as_it_is(context, row["id"])
        try:
            moment = datetime.fromisoformat(from_)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.tzinfo is None:
            return _refused(InvalidInput("This is no moment, such as 2026-03-01T19:30:00Z."), "from")
        place = await Feed(context.database).since(moment)
        return await _changed(context, row, {"replay": f"{uuid.uuid4().hex}|{place}"})


async def _brands(context: Context, asked: Sequence[str] | None) -> list[str] | None:
    """The brands as they are stored; None: all. Raises NotAllowed for one that the caller may not see, and
    InvalidInput for one that there is not."""
    limits = context.caller.brands
    if asked is None:
        return None if limits is None else sorted(limits)
    if not asked:
        raise InvalidInput("Name a brand, or none for all.")
    if limits is not None and not limits.issuperset(asked):
        raise NotAllowed("You may not act for one of these brands.")
    known = {brand for brand, _ in await context.places.brands()}
    if unknown := sorted(set(asked) - known):
        raise InvalidInput(f"There is no brand {unknown[0]}.", hint="`brands` gives all.")
    return sorted(set(asked))


def _address(context: Context, url: str) -> str:
    return check_address(url, anywhere=_anywhere(context))


def _anywhere(context: Context) -> bool:
    return context.settings.environment == "development"


async def _changed(context: Context, row: Row, changes: dict[str, Any], secret: str | None = None) -> WebhookPayload:
    if not await webhooks(context).update(row, **changes):
        return _refused(Conflict("Somebody changed this webhook at the same moment.", hint="Look, and try again."))
    return await _as_it_is(context, row["id"], secret)


async def _as_it_is(context: Context, id: str, secret: str | None = None) -> WebhookPayload:
    row = await found(context, id)
    if row is None:
        return _missing()
    return WebhookPayload(webhook=Webhook.of(row, context.vault), secret=secret, user_errors=[])


def _refused(error: InvalidInput | NotAllowed | NotFound | Conflict, *field: str) -> WebhookPayload:
    return WebhookPayload(webhook=None, secret=None, user_errors=user_errors(error, field=field))


def _closed() -> WebhookPayload:
    error = Conflict("Its address and secrets cannot be opened.", hint="Delete it, and make it anew.")
    return _refused(error, "id")


def _missing() -> WebhookPayload:
    return _refused(NotFound("There is no such webhook."), "id")
