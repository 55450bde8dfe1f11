"""Webhooks in the store, each with the job of its deliveries, and the events that receivers refuse."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from graph.jobs import put_job, wake_jobs
from graph.store.database import Database, DbTransaction, Row

DELIVER = "webhook.deliver"
"""The kind of the jobs that deliver; each is about one webhook."""
MAX_WEBHOOKS = 100
"""Webhooks."""
MAX_LETTERS_SHOWN = 100
"""Dead letters of a webhook that are shown: the oldest."""
MAX_LETTERS = 10_000
"""Dead letters that a webhook keeps; with one more it is disabled."""


@dataclass(frozen=True, slots=True)
class Webhooks:
    """The webhooks of one database. All methods raise Unavailable."""

    database: Database

    async def all(self) -> list[Row]:
        """Rows of `webhooks/list`."""
        return await self.database.read("webhooks/list", id=None)

    async def one(self, id: str) -> Row | None:
        rows = await self.database.read("webhooks/list", id=id)
        return rows[0] if rows else None

    async def create(self, id: str, props: Row, *, place: int) -> bool:
        """Stores a webhook that gets what comes from a place of the feed on; False: there are `MAX_WEBHOOKS`."""

        async def work(tx: DbTransaction) -> bool:
            if not await tx.run("webhooks/create", id=id, props=props, most=MAX_WEBHOOKS):
                return False
            await put_job(tx, DELIVER, id, {"place": place, "done": 0})
            return True

        return await self.database.write("webhooks/create", work)

    async def update(self, row: Row, **props: Any) -> bool:
        """Changes properties of a webhook as it was read, None removes one, and lets the deliveries go on at once, also
        where their job is dead. With `active` they forget what failed before.
        False: it is gone, or somebody else changed its address or secrets."""
        changes = props | ({"resumed": uuid.uuid4().hex} if props.get("active") else {})

        async def work(tx: DbTransaction) -> bool:
            if not await tx.run("webhooks/update", id=row["id"], was=row["sealed"], props=changes):
                return False
            await wake_jobs(tx, DELIVER, [row["id"]], hurry=True)
            return True

        return await self.database.write("webhooks/update", work)

    async def disable(self, row: Row, reason: str) -> bool:
        """Switches off a webhook as it was read, and says why. False: it is gone, or somebody changed it since."""
        named = {"id": row["id"], "was": row["sealed"], "resumed": row["resumed"]}
        return bool(await self.database.write_one("webhooks/disable", **named, reason=reason))

    async def hold(self, reason: str) -> None:
        """Switches all off, and says why: a restored store may be a copy, and its receivers must not hear of it."""
        await self.database.write_one("webhooks/hold", reason=reason)

    async def delete(self, id: str) -> bool:
        """Deletes it with its dead letters and its job; whether there was one."""
        return bool(await self.database.write_one("webhooks/delete", id=id))

    async def put_letter(self, id: str, event: str, *, type: str, content: str, why: str) -> bool:
        """Keeps an event that the receiver refuses; doing it again changes the reason and the moment only. False: there
        are `MAX_LETTERS` others."""
        named = {"id": id, "key": f"{id}|{event}", "event": event, "type": type, "content": content, "why": why}
        return bool(await self.database.write_one("webhooks/put_letter", **named, most=MAX_LETTERS))

    async def letters(self, id: str, *, again: bool = False, size: int = MAX_LETTERS_SHOWN) -> Sequence[Row]:
        """Rows of `webhooks/letters`."""
        return await self.database.read("webhooks/letters", id=id, again=again, size=size)

    async def send_letters_again(self, id: str) -> None:
        """Lets all dead letters be sent again at once."""

        async def work(tx: DbTransaction) -> None:
            await tx.run("webhooks/letters_again", id=id)
            await wake_jobs(tx, DELIVER, [id], hurry=True)

        await self.database.write("webhooks/letters_again", work)

    async def drop_letter(self, key: str) -> None:
        """Deletes a dead letter that was delivered."""
        await self.database.write_one("webhooks/drop_letter", key=key)
