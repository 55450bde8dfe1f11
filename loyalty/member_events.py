"""What others hear of members: one event when a guest joins the loyalty programme."""

from __future__ import annotations

from domain.feed_event import FeedEvent

MEMBER_ENROLLED = "member.enrolled"


def member_event(
    event: str, record: str, at: str, brand: str | None, store: str | None, channel: str | None
) -> FeedEvent:
    """The event of a guest who joined by this source record (key), because of the event with this key. The membership
    is that of the whole group, and so is the event."""
    return FeedEvent(
        id=f"member|{event}",
        type=MEMBER_ENROLLED,
        time=at,
        record=record,
        data={"since": at, "brand": brand, "store": store, "channel": channel},
    )
