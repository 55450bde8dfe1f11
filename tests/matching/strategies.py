"""Small worlds that collide a lot: few names, dates and values, so that every guard and tie is met."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st

from matching import About, Identifier, Record

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


_homes = (About(), About(street="1 Elm St", postcode="02157"), About(phones=frozenset({"+12125552368"})))
_people = (("Robert", "Mifsud", _dates[0]), ("Bob", "Mifsud", _dates[1]), ("Mary", "Smith", _dates[1]))


@st.composite
def scored_record_lists(draw: st.DrawFn) -> list[Record]:
    """The same, of whom many meet on a token and agree enough to be scored."""
    found: list[Record] = []
    for record in draw(record_lists()):
        given, family, born = draw(st.sampled_from(_people))
        found.append(
            replace(
                record,
                identifiers=draw(st.frozensets(_identifiers, max_size=2)),
                given=record.given or given,
                family=draw(st.sampled_from((family, family, record.family))),
                birth_date=draw(st.sampled_from((born, born, None))),
                about=draw(st.sampled_from(_homes)),
                tokens=draw(st.frozensets(st.sampled_from(("t1", "t2")), max_size=2)),
            )
        )
    return found


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
