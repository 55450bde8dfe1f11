"""What others hear about tiers: one event for each change of a guest's tier."""

from __future__ import annotations

from domain.feed_event import FeedEvent
from loyalty.tiers.tier_walk import TierStanding

TIER_CHANGED = "tier.changed"


def tier_event(number: str, before: str | None, now: TierStanding, at: str) -> FeedEvent:
    """The event of a customer whose tier was `before`. `at`: when that is found out (RFC 3339). The tier is that of
    the whole group, and so is the event."""
    return FeedEvent(
        id=f"tier|{number}|{at}",
        type=TIER_CHANGED,
        time=at,
        number=number,
        data={
            "tier": now.tier,
            "before": before,
            "since": now.since and now.since.isoformat(),
            "until": now.until and now.until.isoformat(),
        },
    )
