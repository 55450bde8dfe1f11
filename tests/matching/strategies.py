"""Small worlds that collide a lot: few names, dates and values, so that every guard and tie is met."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from matching import Identifier, Record

_TYPES = (
    "email",
    "email",
    "phone",
    "phone",
    "loyalty_card",
    "government_id",
    "account_id",
    "device_id",
    "anonymous_id",
)
_identifiers = st.sampled_from([Identifier(kind, str(n)) for kind in _TYPES for n in range(3)])
_dates = (date(1950, 3, 4), date(1980, 3, 4), date(1980, 4, 3), date(1980, 1, 1), date(1992, 7, 30))
shared = st.frozensets(_identifiers, max_size=1)


@st.composite
def record_lists(draw: st.DrawFn, max_size: int = 9) -> list[Record]:
    """Records with unique keys; half of what could be known is missing."""
    keys = draw(st.lists(st.integers(0, 99), unique=True, min_size=1, max_size=max_size))
    blank = ("", "", "")
    return [
        Record(
            key=f"till:{key}",
            identifiers=draw(st.frozensets(_identifiers, min_size=1, max_size=4)),
            given=draw(st.sampled_from((*blank, "Robert", "Bob", "Mary", "J", "John"))),
            family=draw(st.sampled_from((*blank, "Smith", "Smith Jr", "John"))),
            suffix=draw(st.sampled_from((*blank, *blank, "Jr", "Sr"))),
            birth_date=draw(st.sampled_from((None, None, None, *_dates))),
        )
        for key in keys
    ]
