"""Events from a clock that runs ahead: a till that says 2126 must not hide what comes after it.

An event that lies more than a day ahead counts at the time of its receipt. As that says nothing about the time of the
sale, every rightly dated event of the same order comes after it (`ingest.order_state`).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from identity.claims import Claims

TOLERANCE = timedelta(days=1)
"""How far the clock of a source may be ahead: local time sent as UTC is off by 14 hours at most."""
WARNING = "/at: lies in the future, so the time of receipt counts"


def dated(claims: Claims, now: datetime) -> Claims:
    """The claims, with the time of receipt where theirs lies ahead. Doing it again changes nothing."""
    if claims.at <= now + TOLERANCE:
        return claims
    moment = now.astimezone(UTC)
    return replace(
        claims,
        at=moment,
        clock=f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}|{claims.event}",
        misdated=True,
        warnings=(*claims.warnings, WARNING),
    )
