"""Which e-mails and phones a source still says of its record. An account has what its source said of it last: another
value soon after is a correction, and the first one was never the person's. Later it is a change, and both are.

All times are extremes, so the outcome is a function of the set of events. Only of two words of one moment that name
different values the later receipt holds: it is the correction.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

CORRECTED_WITHIN = timedelta(days=30)
"""How long after its first use a value is taken back by another one of its type."""
_MICROSECOND = 100
"""Words of one microsecond are numbered in the order of their receipt."""
_DAY = 86_400_000_000 * _MICROSECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_KEPT = 64
"""Values that a record remembers; one that has more names several people long before."""

_NEVER = (0, 0, 0)

Said = dict[str, list[int]]
"""Key of a contact → when it was first said of the record, when its source's whole word last named it, and when
something last made it lasting (0: never): another event, or a word that names several. `type:` stands for the word that
there is none."""


def hear(said: Said, type_: str, keys: Collection[str], at: datetime, *, whole: bool) -> None:
    """Takes in that an event names these contacts of a type. `whole`: the source names all that the account has; no
    keys then say that it has none."""
    moment = (at - _EPOCH) // timedelta(microseconds=1) * _MICROSECOND
    named = set(keys) or {_none(type_)}
    if whole:
        words = (times[1] for key, times in said.items() if _is_of(key, type_))
        latest = max((word for word in words if word // _MICROSECOND == moment // _MICROSECOND), default=0)
        if any(said.get(key, _NEVER)[1] < latest for key in named):
            moment = latest + 1
    lasting = not whole or len(named) > 1
    for key in named:
        first, last, other = said.get(key, (moment, 0, 0))
        said[key] = [min(first, moment), max(last, moment) if whole else last, max(other, moment) if lasting else other]
    if len(said) > _KEPT:
        for key in sorted(said, key=lambda key: (max(said[key][1:]), key))[:-_KEPT]:
            del said[key]


def taken_back(said: Said, type_: str) -> set[str]:
    """The contacts of a type that the source does not say any more."""
    of_type = {key: times for key, times in said.items() if _is_of(key, type_) and key != _none(type_)}
    _, nothing, _ = said.get(_none(type_), _NEVER)
    window = CORRECTED_WITHIN.days * _DAY
    return {
        key
        for key, (first, last, other) in of_type.items()
        if nothing > max(last, other)
        or (
            not other
            and any(later > last and max(begun, last) - first <= window for begun, later, _ in of_type.values())
        )
    }


def days(said: Said, key: str) -> tuple[str, str]:
    """The first and last day (ISO) on which a contact was said."""
    first, last, other = said[key]
    return _day(first), _day(max(last, other))


def _day(moment: int) -> str:
    return (_EPOCH + timedelta(microseconds=moment // _MICROSECOND)).date().isoformat()


def _none(type_: str) -> str:
    return f"{type_}:"


def _is_of(key: str, type_: str) -> bool:
    return key.startswith(f"{type_}:")
