"""Queries that give webhooks."""

from __future__ import annotations

from typing import Annotated

import strawberry

from resolvers.access.caller import WEBHOOK_MANAGE
from resolvers.context import Info
from resolvers.kit.global_ids import key_of
from resolvers.kit.requirements import requires
from resolvers.webhooks.webhook import Webhook, found, shown, webhooks


@strawberry.type
class WebhookQueries:
    @strawberry.field(
        description="Every webhook that you may know of, the oldest first; at most 100.",
        metadata=requires(WEBHOOK_MANAGE, whole=False, cost=20),
    )
    async def webhooks(self, info: Info) -> list[Webhook]:
        rows = shown(await webhooks(info.context).all(), info.context.caller)
        return [Webhook.of(row, info.context.vault) for row in rows]

    @strawberry.field(description="One webhook, or null.", metadata=requires(WEBHOOK_MANAGE, whole=False))
    async def webhook(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id of the webhook.")],
    ) -> Webhook | None:
        row = await found(info.context, key_of("Webhook", id))
        return None if row is None else Webhook.of(row, info.context.vault)
