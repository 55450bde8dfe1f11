"""Local clocks: a store's day and second become an instant and an RFC 3339 text with the store's offset."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
SPARE_DAYS = 40  # refunds and late sign-ins may fall behind the last day


class Moment(NamedTuple):
    """`second` counts from the calendar's first midnight in UTC; `text` is the same instant on the store's clock."""

    second: int
    text: str


class Calendar:
    """Looks instants up in tables made once, because `datetime` arithmetic per event would be half of the run time.

    The offset is that of the day's noon, so the hours before a switch of daylight saving time carry the new offset.
    """

    def __init__(self, start: date, days: int, zones: Sequence[str]) -> None:
        self.days = days
        self.dates = [(start + timedelta(days=n)).isoformat() for n in range(-1, days + SPARE_DAYS)]
        self.weekdays = [(start + timedelta(days=n)).weekday() for n in range(days)]
        self.months = [(start + timedelta(days=n)).month - 1 for n in range(days)]
        self._offsets = {
            zone: [_offset(start + timedelta(days=n), ZoneInfo(zone)) for n in range(-1, days + SPARE_DAYS)]
            for zone in zones
        }

    def moment(self, zone: str, day: int, second: int) -> Moment:
        """The instant `second` seconds after the local midnight of `day`; seconds may run over into other days."""
        more, second = divmod(second, DAY)
        day = min(day + more, self.days + SPARE_DAYS - 2)
        offset, sign = self._offsets[zone][day + 1]
        minute, s = divmod(second, 60)
        hour, minute = divmod(minute, 60)
        text = f"{self.dates[day + 1]}T{hour:02d}:{minute:02d}:{s:02d}{sign}"
        return Moment(day * DAY + second - offset, text)


def _offset(day: date, zone: ZoneInfo) -> tuple[int, str]:
    offset = datetime.combine(day, time(12), zone).utcoffset() or timedelta()
    seconds = int(offset.total_seconds())
    minutes = abs(seconds) // 60
    return seconds, f"{'-' if seconds < 0 else '+'}{minutes // 60:02d}:{minutes % 60:02d}"
