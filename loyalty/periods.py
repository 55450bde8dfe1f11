"""Spans of the calendar within which something is counted: so many times a day, so many points a month."""

from __future__ import annotations

from datetime import date, timedelta
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
