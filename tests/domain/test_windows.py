"""Windows of days, to the millisecond, at their edges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from domain.windows import DAY_MS, LIFE, millis, span_of_days, window_start

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_milliseconds_are_rounded_down_whatever_the_zone() -> None:
    assert millis(datetime(1970, 1, 1, 0, 0, 0, 1999, tzinfo=UTC)) == 1
    assert millis(datetime(1969, 12, 31, 23, 59, 59, 999_500, tzinfo=UTC)) == -1
    assert millis(NOW.astimezone(timezone(timedelta(hours=-5)))) == millis(NOW)


def test_a_window_begins_whole_days_ago_or_never() -> None:
    assert window_start(NOW, 1) == millis(NOW) - DAY_MS
    assert window_start(NOW, None) == LIFE < millis(datetime.min.replace(tzinfo=UTC))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 50 * DAY_MS))
def test_a_span_holds_the_moments_of_its_days_both_included(low: int, high: int, ago: int) -> None:
    after, until = span_of_days(NOW, low, high)
    assert (after < millis(NOW) - ago <= until) is (low <= ago // DAY_MS <= high)


def test_a_span_without_bounds_holds_everything() -> None:
    after, until = span_of_days(NOW, None, None)
    assert after < millis(datetime.min.replace(tzinfo=UTC)) < millis(datetime.max.replace(tzinfo=UTC)) <= until
