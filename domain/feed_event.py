"""Something that others are told: the feed's event, and its form on the wire (CloudEvents 1.0, JSON).

An event holds no personal data: it names a person by a customer number, and things by ids. Whoever may know more asks
for the customer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

SOURCE = "/regulars"
"""The `source` of all events: with `id` it names an event once and for ever."""


@dataclass(frozen=True, slots=True)
class FeedEvent:
    """An event as it is stored. `id` is that of its cause. `record` (key) or `number` says which customer it is about;
    the customer's number at the time of sending is its subject. `brand` is whose event it is; None: the group's."""

    id: str
    type: str
    time: str
    data: Mapping[str, Any]
    record: str | None = None
    number: str | None = None
    brand: str | None = None


def feed_rows(events: Iterable[FeedEvent]) -> list[str]:
    """What `feed/write` takes of a commit's events: none, or one text."""
    rows = [asdict(event) for event in events]
    return [orjson.dumps(rows).decode()] if rows else []


def read_feed_rows(text: str) -> Sequence[FeedEvent]:
    """The events that `feed_rows` wrote. Members that a newer release adds are left out."""
    return [FeedEvent(**{name: row.get(name) for name in FeedEvent.__slots__}) for row in orjson.loads(text)]


def cloud_event(event: FeedEvent, subject: str | None) -> dict[str, Any]:
    """The event in the JSON format of CloudEvents 1.0. Without a subject it names no customer any more."""
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": SOURCE,
        "type": event.type,
        "time": event.time,
        **({"subject": subject} if subject is not None else {}),
        "datacontenttype": "application/json",
        "data": dict(event.data),
    }
