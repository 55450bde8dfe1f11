"""A webhook as the schema shows it: whom it sends what, and how that goes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

import orjson
import strawberry

from domain.errors import UnreadableValue
from engagement.webhooks.receiver import Receiver
from graph.store.database import Row
from graph.webhooks import MAX_LETTERS_SHOWN, Webhooks
from privacy.vault import Vault
from resolvers.access.caller import WEBHOOK_MANAGE, Caller
from resolvers.context import Context, Info
from resolvers.kit.enums import described
from resolvers.kit.global_ids import global_id
from resolvers.kit.requirements import requires
from resolvers.kit.scalars import DateTime


class WebhookState(StrEnum):
    """Whether a webhook is delivered to."""

    ACTIVE = "active"
    DISABLED = "disabled"


described(
    WebhookState,
    "Whether a webhook is delivered to.",
    ACTIVE="Events are sent.",
    DISABLED="Events wait. `reason` says why.",
)


@strawberry.type(description="An event that the receiver refused for good.")
class DeadLetter:
    event: str = strawberry.field(description="The id of the event.")
    type: str = strawberry.field(description="Its type.")
    answer: str = strawberry.field(description="What came of it at last, such as `status 422`.")
    at: DateTime = strawberry.field(description="When it was refused last.")


@strawberry.type(description="A receiver of events over HTTP. docs/webhooks.md.")
class Webhook:
    row: strawberry.Private[Row]
    id: strawberry.ID = strawberry.field(description="Name it to change it.")
    url: str = strawberry.field(description="Where events are sent; empty if it cannot be opened.")
    types: list[str] | None = strawberry.field(description="The only types of events that are sent; null: all.")
    brands: list[str] | None = strawberry.field(
        description="Codes of the only brands whose events are sent; null: all, and those of the whole group."
    )
    state: WebhookState = strawberry.field(description="Whether events are sent.")
    reason: str | None = strawberry.field(
        description="Why nothing is sent; null if events are sent, or somebody disabled it."
    )
    created_at: DateTime = strawberry.field(description="When it was made.")
    created_by: str = strawberry.field(description="The caller who made it.")
    last_delivered_at: DateTime | None = strawberry.field(description="When an event arrived last; null: never.")
    last_answer: str | None = strawberry.field(description="What came of the last one, such as `status 503`.")
    failures: int = strawberry.field(description="Failures since an event arrived last.")
    failing_since: DateTime | None = strawberry.field(description="Since when every event fails; null: none does.")
    dead_letter_count: int = strawberry.field(description="Events that the receiver refused for good.")

    @strawberry.field(
        description=f"The oldest of them, at most {MAX_LETTERS_SHOWN}.", metadata=requires(cost=MAX_LETTERS_SHOWN)
    )
    async def dead_letters(self, info: Info) -> list[DeadLetter]:
        rows = await webhooks(info.context).letters(self.row["id"])
        return [DeadLetter(event=row["event"], type=row["type"], answer=row["why"], at=row["at"]) for row in rows]

    @classmethod
    def of(cls, row: Row, vault: Vault) -> Webhook:
        """From a stored webhook, also where its address cannot be opened."""
        url, reason = _address_and_reason(row, vault)
        progress: dict[str, Any] = orjson.loads(row["progress"] or "{}")
        return cls(
            row=row,
            id=global_id("Webhook", row["id"]),
            url=url,
            types=row["types"],
            brands=row["brands"],
            state=WebhookState.ACTIVE if row["active"] else WebhookState.DISABLED,
            reason=reason,
            created_at=row["createdAt"],
            created_by=row["createdBy"],
            last_delivered_at=progress.get("deliveredAt"),
            last_answer=progress.get("last"),
            failures=progress.get("failures", 0),
            failing_since=progress.get("failingSince"),
            dead_letter_count=row["deadLetters"],
        )


def webhooks(context: Context) -> Webhooks:
    """Raises NotAllowed where the caller may not manage webhooks."""
    context.caller.require(WEBHOOK_MANAGE)
    return Webhooks(context.database)


def shown(rows: Sequence[Row], caller: Caller) -> list[Row]:
    """Those that a caller may know of: one with brand limits knows of those that send no other brand's events."""
    if caller.brands is None:
        return list(rows)
    return [row for row in rows if row["brands"] is not None and caller.brands.issuperset(row["brands"])]


async def found(context: Context, id: str) -> Row | None:
    """The webhook with this key, if the caller may know of it."""
    row = await webhooks(context).one(id)
    return None if row is None or not shown([row], context.caller) else row


def _address_and_reason(row: Row, vault: Vault) -> tuple[str, str | None]:
    try:
        url = Receiver.of_row(row, vault).url
    except UnreadableValue:
        return "", "Its address and secrets cannot be opened with the keys that are here. Delete it, and make it anew."
    if row["active"] and row["jobEnded"] is not None:
        error = f" ({row['jobError']})" if row["jobError"] else ""
        return url, f"Its job is {row['jobEnded']}{error}. `webhookUpdate(state: ACTIVE)` lets it go on."
    return url, row["reason"]
