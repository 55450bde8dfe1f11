"""Delivers the feed to one receiver: in order, each event until it arrives, and at least once.

The cursor is the job's progress. It moves behind an event when the receiver has taken it, or has refused it for good.
A process that dies between the two sends the event again, with the same id, and never skips one.

    delivered   on to the next event
    refused     three times: the event becomes a dead letter, and the others go on
    failed      the receiver is away: all wait, longer each time
    gone (410)  the receiver wants no more: the webhook is disabled

If nothing arrives for days, or there are too many dead letters, the webhook is disabled, and says why.
"""

from __future__ import annotations

import ssl
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from domain.feed_event import FeedEvent, cloud_event
from domain.log import logger
from engagement.webhooks.receiver import Receiver
from engagement.webhooks.sender import Answer, DeliveryOutcome, EventSender, opened_sender
from graph.feed import Feed
from graph.jobs import Job, Later, Progress, retry_after
from graph.store.database import Database, Row
from graph.webhooks import MAX_LETTERS, Webhooks
from privacy.vault import Vault

MAX_REFUSALS = 3
"""Refusals of one event by its receiver; then it becomes a dead letter."""
_COMMITS = 20
_EVENTS = 50  # whose subjects are read together, just before they are sent
_SAVES_EVERY_S = 1.0
_UNTIL_ENABLED = Later(timedelta(days=3_650))
"""Further events do not wake a job that waits for a moment; whoever changes its webhook does."""
_TURN_S = 20.0  # then the others' jobs have theirs, and a changed webhook is read anew
_AT_ONCE = Later(timedelta())
_log = logger("regulars.webhooks")


@dataclass(slots=True)
class Deliveries:
    """Delivers to all receivers of one database, by a job for each. `give_up`: how long a receiver may fail. `outcomes`
    counts deliveries of this process. `anywhere`: also to addresses that are not public."""

    database: Database
    vault: Vault
    give_up: timedelta
    anywhere: bool = False
    outcomes: Counter[DeliveryOutcome] = field(default_factory=Counter[DeliveryOutcome])
    _tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def run(self, job: Job, progress: Progress) -> Later | None:
        """One turn of a receiver's job; see `graph.jobs.Run`."""
        row = await Webhooks(self.database).one(job.about)
        if row is None:
            return None
        receiver = Receiver.of_row(row, self.vault)
        if not receiver.active:
            return _UNTIL_ENABLED
        async with opened_sender(self._tls, anywhere=self.anywhere) as sender:
            return await _Turn(self, row, receiver, sender, progress).run()


@dataclass(slots=True)
class _Turn:
    """Some seconds of work for one receiver."""

    whole: Deliveries
    row: Row
    receiver: Receiver
    sender: EventSender
    progress: Progress
    value: dict[str, Any] = field(init=False)
    saved_at: float = field(default_factory=time.monotonic)
    until: float = field(default_factory=lambda: time.monotonic() + _TURN_S)

    def __post_init__(self) -> None:
        self.value = dict(self.progress.value)

    async def run(self) -> Later:
        await self._obey()
        if (later := await self._letters()) is not None:
            return later
        feed = Feed(self.whole.database)
        while page := await feed.page(self.value["place"], _COMMITS):
            # What is older than all that is kept is gone; go on with the first that is there.
            at = (self.value["place"], self.value["done"])
            coming = [
                (place, count, event)
                for place, events in page
                for count, event in enumerate(events, 1)
                if (place, count) > at
            ]
            for start in range(0, len(coming), _EVENTS):
                part = coming[start : start + _EVENTS]
                subjects = await feed.subjects([event for _, _, event in part if self.receiver.wants(event)])
                for place, count, event in part:
                    if self.receiver.wants(event) and (later := await self._deliver(event, subjects)) is not None:
                        return later
                    self.value |= {"place": place, "done": count, "refusals": 0}
                    if self._over():
                        await self._save()
                        return _AT_ONCE
                    if time.monotonic() > self.saved_at + _SAVES_EVERY_S:
                        await self._save()
            await self._save(place=page[-1][0] + 1, done=0)
        return Later()

    def _over(self) -> bool:
        return time.monotonic() >= self.until

    async def _obey(self) -> None:
        """Does once what somebody asked for since: another try, or a replay. No replay skips what was never sent."""
        asked: dict[str, Any] = {}
        if self.row["resumed"] is not None and self.value.get("resumed") != self.row["resumed"]:
            asked |= {"resumed": self.row["resumed"], "failures": 0, "failingSince": None, "refusals": 0}
        if self.receiver.replay is not None and self.value.get("replay") != self.receiver.replay[0]:
            token, place = self.receiver.replay
            place, done = min((place, 0), (self.value["place"], self.value["done"]))
            asked |= {"replay": token, "place": place, "done": done, "refusals": 0}
        if asked:
            await self._save(**asked)

    async def _deliver(self, event: FeedEvent, subjects: Mapping[str, str]) -> Later | None:
        """None: the cursor may move behind the event."""
        content = cloud_event(event, subjects.get(event.record or event.number or ""))
        answer = await self._send(content)
        if answer.outcome is not DeliveryOutcome.REFUSED:
            return await self._waits(answer)
        since = self.value.get("failingSince") or _now()
        if self._too_long(since):
            return await self._disable(f"No event arrived since {since}; at last: {answer.why}.")
        refusals = self.value.get("refusals", 0) + 1
        self.value["failingSince"] = since
        if refusals < MAX_REFUSALS:
            await self._save(refusals=refusals)
            return Later(timedelta(seconds=retry_after(refusals)))
        text = orjson.dumps(content).decode()
        if not await Webhooks(self.whole.database).put_letter(
            self.receiver.id, event.id, type=event.type, content=text, why=answer.why
        ):
            return await self._disable(f"There are {MAX_LETTERS} dead letters; at last: {answer.why}.")
        return None

    async def _letters(self) -> Later | None:
        """Sends dead letters again that somebody wants to be sent. One that is refused again stays."""
        webhooks = Webhooks(self.whole.database)
        while letters := await webhooks.letters(self.receiver.id, again=True):
            for letter in letters:
                answer = await self._send(orjson.loads(letter["content"]))
                if answer.outcome is DeliveryOutcome.REFUSED:
                    named = {name: letter[name] for name in ("event", "type", "content")}
                    await webhooks.put_letter(self.receiver.id, **named, why=answer.why)
                elif (later := await self._waits(answer)) is not None:
                    return later
                else:
                    await webhooks.drop_letter(letter["key"])
                if self._over():
                    await self._save()
                    return _AT_ONCE
                if time.monotonic() > self.saved_at + _SAVES_EVERY_S:
                    await self._save()
        return None

    async def _send(self, content: dict[str, Any]) -> Answer:
        answer = await self.sender.send(self.receiver, content)
        self.whole.outcomes[answer.outcome] += 1
        self.value["last"] = answer.why
        return answer

    async def _waits(self, answer: Answer) -> Later | None:
        """None where the event arrived; else how long all wait."""
        if answer.outcome is DeliveryOutcome.DELIVERED:
            self.value |= {"deliveredAt": _now(), "failures": 0, "failingSince": None}
            return None
        if answer.outcome is DeliveryOutcome.GONE:
            return await self._disable("The receiver answered 410: it wants no more events.")
        failures = self.value.get("failures", 0)
        # One event that was refused long ago, with nothing to send since, must not make the first failure the last.
        since = (self.value.get("failingSince") if failures else None) or _now()
        if self._too_long(since):
            return await self._disable(f"No event arrived since {since}; at last: {answer.why}.")
        await self._save(failures=failures + 1, failingSince=since)
        return Later(timedelta(seconds=retry_after(failures + 1)))

    def _too_long(self, since: str) -> bool:
        return datetime.now(UTC) - datetime.fromisoformat(since) >= self.whole.give_up

    async def _disable(self, reason: str) -> Later:
        if not await Webhooks(self.whole.database).disable(self.row, reason):
            await self._save()
            return _AT_ONCE  # somebody changed it since it was read
        _log.warning("webhook.disabled", webhook=self.receiver.id)
        await self._save(failures=0, failingSince=None)  # whoever enables it gives it as much time again
        return _UNTIL_ENABLED

    async def _save(self, **changes: Any) -> None:
        self.value |= changes
        await self.progress.save(self.value)
        self.saved_at = time.monotonic()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
