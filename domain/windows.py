"""Windows of days as spans of milliseconds since 1970, so that the graph and Python agree to the millisecond."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LIFE = -(2**62)
"""Before anything that ever happened."""


def millis(at: datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def window_start(now: datetime, days: int | None) -> int:
    """The first millisecond of the last `days` times 24 hours; None: of the whole life."""
    return LIFE if days is None else millis(now) - days * DAY_MS


def span_of_days(now: datetime, min_days: int | None, max_days: int | None) -> tuple[int, int]:
    """(after, until] holds the moments that lie `min_days` to `max_days` whole days before `now`, both included."""
    until = -LIFE if min_days is None else millis(now) - min_days * DAY_MS
    after = LIFE if max_days is None else millis(now) - (max_days + 1) * DAY_MS
    return after, until
