"""Spans of the calendar within which something is counted: so many times a day, so many points a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum


class Period(StrEnum):
    """A span of the calendar. A week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"

    def begins(self, day: date) -> str:
        """The first day (ISO date) of the period that a day lies in; empty: there never was another one."""
        match self:
            case Period.DAY:
                return day.isoformat()
            case Period.WEEK:
                return (day - timedelta(days=day.weekday())).isoformat()
            case Period.MONTH:
                return day.replace(day=1).isoformat()
            case Period.YEAR:
                return day.replace(month=1, day=1).isoformat()
            case Period.EVER:
                return ""

    def number(self, day: date) -> int:
        """The number of the period that a day lies in; the next one has the next number."""
        match self:
            case Period.DAY:
                return day.toordinal()
            case Period.WEEK:
                return (day - timedelta(days=day.weekday())).toordinal() // 7
            case Period.MONTH:
                return day.year * 12 + day.month
            case Period.YEAR:
                return day.year
            case Period.EVER:
                return 0


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and time (UTC) so many months later; where that month has no such day, the beginning of the next
    one. So what was earlier is never later afterwards."""
    moment = moment.astimezone(UTC)
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    try:
        return moment.replace(year=year, month=month + 1)
    except ValueError:
        return datetime(year + (month + 1) // 12, (month + 1) % 12 + 1, 1, tzinfo=UTC)


def end_of_months(moment: datetime, months: int) -> datetime:
    """The end (UTC) of the period of so many months of the calendar in which a moment lies."""
    moment = moment.astimezone(UTC)
    year, month = divmod(((moment.year * 12 + moment.month - 1) // months + 1) * months, 12)
    return datetime(year, month + 1, 1, tzinfo=UTC)
