from __future__ import annotations

from datetime import date

import pytest

from matching import birth_conflict


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        ("1980-03-04", "1980-03-04", False),
        ("1980-03-04", "1980-03-14", False),  # one digit
        ("1980-03-04", "1980-04-03", False),  # day and month swapped
        ("1987-03-04", "1978-03-04", False),  # neighbouring digits swapped
        ("1980-01-01", "1980-07-30", False),  # the year only
        ("1980-01-01", "1984-07-30", True),
        ("1980-01-01", "1981-01-01", False),
        ("1954-03-31", "1978-12-11", True),
        ("1980-03-04", "1980-07-30", True),
    ],
)
def test_birth_dates_conflict_beyond_a_typo(one: str, other: str, conflict: bool) -> None:
    a, b = date.fromisoformat(one), date.fromisoformat(other)
    assert birth_conflict(a, b) is birth_conflict(b, a) is conflict
    assert not birth_conflict(a, None)
