"""How alike two profiles are, field by field, as named levels. A field that one of them does not tell has none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from matching.names import given_conflict, one_slip_apart, related
from matching.scoring.features import ComparedRecord
from matching.tables.spelling import sound

EQUAL, SAME, INITIAL, PART, SWAPPED, DIFFERENT = "equal", "same", "initial", "part", "swapped", "different"
SLIP, YEAR, NEAR, AREA, STREET, ONE_SIDED, FROM_NAME = "slip", "year", "near", "area", "street", "one_sided", "name"

LEVELS: dict[str, tuple[str, ...]] = {
    "given_name": (EQUAL, SAME, INITIAL, SWAPPED, DIFFERENT),
    "family_name": (EQUAL, SAME, PART, SWAPPED, DIFFERENT),
    "suffix": (EQUAL, ONE_SIDED, DIFFERENT),
    "birth_date": (EQUAL, SLIP, YEAR, NEAR, DIFFERENT),
    "sex": (EQUAL, DIFFERENT),
    "street": (EQUAL, SAME, STREET, DIFFERENT),
    "postcode": (EQUAL, SLIP, AREA, DIFFERENT),
    "city": (EQUAL, SAME, DIFFERENT),
    "email": (EQUAL, SLIP, FROM_NAME, DIFFERENT),
    "phone": (SLIP, DIFFERENT),
}
"""Every field that is compared, with its levels from most to least alike."""
ATTRIBUTE = (EQUAL, SLIP, DIFFERENT)
_CACHE = 65_536


def compared(a: ComparedRecord, b: ComparedRecord) -> Iterator[tuple[str, str]]:
    """Field and level, for fields that both tell; attributes under their own names."""
    given, family = _names(a, b)
    if given:
        yield "given_name", given
    if family:
        yield "family_name", family
    if a.generation or b.generation:
        equal = a.generation == b.generation
        yield "suffix", EQUAL if equal else DIFFERENT if a.generation and b.generation else ONE_SIDED
    if a.birth and b.birth:
        yield "birth_date", _birth(a.birth, b.birth)
    if a.sex and b.sex:
        yield "sex", EQUAL if a.sex == b.sex else DIFFERENT
    if a.street and b.street:
        yield "street", _street(a, b)
    if a.postcode and b.postcode:
        yield "postcode", _postcode(a.postcode, b.postcode)
    if a.city and b.city:
        yield "city", _text(a.city, b.city)
    if a.emails and b.emails and (level := _email(a, b)):
        yield "email", level
    if a.phones and b.phones and (level := _phone(a, b)):
        yield "phone", level
    for name in sorted(a.attributes.keys() & b.attributes.keys()):
        one, other = a.attributes[name], b.attributes[name]
        alike = min(len(one), len(other)) > 2 and one_slip_apart(one, other)
        yield name, EQUAL if one == other else SLIP if alike else DIFFERENT


def _names(a: ComparedRecord, b: ComparedRecord) -> tuple[str, str]:
    given = _given(a.given, b.given)
    family = _family(a.family, b.family)
    if given in (EQUAL, SAME) or family in (EQUAL, SAME, PART) or not (given or family):
        return given, family
    across = (_family(a.given, b.family), _family(a.family, b.given))
    # Only one half of a swap may be missing, and neither may be told otherwise.
    if DIFFERENT in across or not any(across):
        return given, family
    return (SWAPPED if all(across) else ""), SWAPPED


@lru_cache(_CACHE)
def _given(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if not a or not b:
        return ""
    if a == b:
        return INITIAL if len(a[0]) == 1 else EQUAL
    if min(len(a[0]), len(b[0])) == 1:
        return INITIAL if related(a[0], b[0]) else DIFFERENT
    if a[0] == b[0]:
        return EQUAL  # a second given name is told by one of them
    one, other = "".join(a), "".join(b)
    if given_conflict(" ".join(a), " ".join(b)):
        return SAME if _slips(one, other) else DIFFERENT
    return SAME


@lru_cache(_CACHE)
def _family(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if not a or not b:
        return ""
    if a == b:
        return EQUAL
    one, other = "".join(a), "".join(b)
    if one == other or sorted(a) == sorted(b):
        return EQUAL
    if sound(one) == sound(other) or one_slip_apart(one, other) or _slips(one, other):
        return SAME
    if any(len(word) > 2 and word in b for word in a):
        return PART
    return DIFFERENT


def _slips(one: str, other: str) -> bool:
    """Two slips in a long word."""
    return min(len(one), len(other)) > 5 and OSA.distance(one, other, score_cutoff=2) <= 2


@lru_cache(_CACHE)
def _birth(a: date, b: date) -> str:
    if (a.month, a.day) == (1, 1) or (b.month, b.day) == (1, 1):
        # 1 January is what systems store when they know the year only.
        return YEAR if a.year == b.year else DIFFERENT
    if a == b:
        return EQUAL
    one, other = a.strftime("%Y%m%d"), b.strftime("%Y%m%d")
    if one_slip_apart(one, other) or (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return SLIP
    agreeing = (a.year == b.year) + (a.month == b.month) + (a.day == b.day)
    return NEAR if agreeing == 2 else DIFFERENT


def _street(a: ComparedRecord, b: ComparedRecord) -> str:
    alike = _text(a.street, b.street)
    if alike == DIFFERENT:
        return DIFFERENT
    if a.house == b.house:
        return alike
    return SAME if a.house and b.house and one_slip_apart(a.house, b.house) and alike == EQUAL else STREET


def _postcode(a: str, b: str) -> str:
    if a == b:
        return EQUAL
    if one_slip_apart(a, b):
        return SLIP
    return AREA if a[:3] == b[:3] else DIFFERENT


@lru_cache(_CACHE)
def _text(a: str, b: str) -> str:
    if a == b:
        return EQUAL
    one, other = a.replace(" ", ""), b.replace(" ", "")
    alike = fuzz.token_sort_ratio(a, b) >= 88 or JaroWinkler.similarity(one, other) >= 0.92
    return EQUAL if one == other else SAME if alike else DIFFERENT


def _email(a: ComparedRecord, b: ComparedRecord) -> str:
    """An address that both have is an identifier, and counts as one: here it says nothing."""
    if not set(a.emails).isdisjoint(b.emails):
        return ""
    found = DIFFERENT
    for user, domain in a.emails:
        for other, place in b.emails:
            if user == other or (domain == place and OSA.distance(user, other, score_cutoff=2) <= 2 < len(user) - 2):
                if _from_name(user, a) and _from_name(other, b):
                    found = FROM_NAME
                else:
                    return EQUAL if user == other else SLIP
    return found


def _from_name(user: str, profile: ComparedRecord) -> bool:
    """Whether a user part says no more than the name: "j.smith", "johnsmith"."""
    letters = "".join(filter(str.isalpha, user))
    names = [*profile.given, *profile.family]
    for name in sorted(names, key=len, reverse=True):
        letters = letters.replace(name, "", 1)
    return len(letters) <= 1 and sum(map(str.isdigit, user)) < 2


def _phone(a: ComparedRecord, b: ComparedRecord) -> str:
    """Likewise for a number that both have."""
    if not set(a.phones).isdisjoint(b.phones):
        return ""
    return SLIP if any(one_slip_apart(one, other) for one in a.phones for other in b.phones) else DIFFERENT
