"""Periods follow each other without a gap, and each begins on its first day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.periods import Period


@given(day=st.dates(date(1900, 1, 1), date(2200, 1, 1)), period=st.sampled_from(Period))
def test_the_number_grows_by_one_exactly_where_a_period_begins(day: date, period: Period) -> None:
    begins = period is not Period.EVER and period.begins(day) == day.isoformat()
    assert period.number(day) - period.number(day - timedelta(days=1)) == int(begins)


@pytest.mark.parametrize(
    ("period", "begins"),
    [("day", "2026-03-04"), ("week", "2026-03-02"), ("month", "2026-03-01"), ("year", "2026-01-01"), ("ever", "")],
)
def test_a_period_begins_on_its_first_day(period: str, begins: str) -> None:
    assert Period(period).begins(date(2026, 3, 4)) == begins
