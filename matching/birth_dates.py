"""Birth dates: when do two clearly belong to different people?"""

from __future__ import annotations

from datetime import date


def birth_conflict(a: date | None, b: date | None) -> bool:
    """True for birth dates further apart than one typo.

    Not different: one wrong digit, two neighbouring digits swapped, day and month swapped, one missing. Systems that
    know only the year store 1 January, so compared with another day only the year counts.
    """
    if a is None or b is None or a == b:
        return False
    digits_a, digits_b = a.isoformat(), b.isoformat()
    wrong = [i for i in range(len(digits_a)) if digits_a[i] != digits_b[i]]
    if len(wrong) == 1 or (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return False
    if len(wrong) == 2 and wrong[1] - wrong[0] == 1 and sorted(digits_a) == sorted(digits_b):
        return False
    return a.year != b.year or not any((d.month, d.day) == (1, 1) for d in (a, b))
