"""How alike two profiles are, field by field, as named levels. A field that is missing in one of them has no level."""

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
    """Field and level, for fields that both have; attributes under their own names."""
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
        value_a, value_b = a.attributes[name], b.attributes[name]
        alike = min(len(value_a), len(value_b)) > 2 and one_slip_apart(value_a, value_b)
        yield name, EQUAL if value_a == value_b else SLIP if alike else DIFFERENT


def _names(a: ComparedRecord, b: ComparedRecord) -> tuple[str, str]:
    given = _given(a.given, b.given)
    family = _family(a.family, b.family)
    if given in (EQUAL, SAME) or family in (EQUAL, SAME, PART) or not (given or family):
        return given, family
    across = (_family(a.given, b.family), _family(a.family, b.given))
    # One half of a swap may be missing, but neither half may differ.
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
        return EQUAL  # only one of them has a second given name
    joined_a, joined_b = "".join(a), "".join(b)
    if given_conflict(" ".join(a), " ".join(b)):
        return SAME if _slips(joined_a, joined_b) else DIFFERENT
    return SAME


@lru_cache(_CACHE)
def _family(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if not a or not b:
        return ""
    if a == b:
        return EQUAL
    joined_a, joined_b = "".join(a), "".join(b)
    if joined_a == joined_b or sorted(a) == sorted(b):
        return EQUAL
    if sound(joined_a) == sound(joined_b) or one_slip_apart(joined_a, joined_b) or _slips(joined_a, joined_b):
        return SAME
    if any(len(word) > 2 and word in b for word in a):
        return PART
    return DIFFERENT


def _slips(a: str, b: str) -> bool:
    """Two slips in a long word."""
    return min(len(a), len(b)) > 5 and OSA.distance(a, b, score_cutoff=2) <= 2


@lru_cache(_CACHE)
def _birth(a: date, b: date) -> str:
    if (a.month, a.day) == (1, 1) or (b.month, b.day) == (1, 1):
        # Systems that know only the year store 1 January.
        return YEAR if a.year == b.year else DIFFERENT
    if a == b:
        return EQUAL
    digits_a, digits_b = a.strftime("%Y%m%d"), b.strftime("%Y%m%d")
    if one_slip_apart(digits_a, digits_b) or (a.year, a.month, a.day) == (b.year, b.day, b.month):
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
    compact_a, compact_b = a.replace(" ", ""), b.replace(" ", "")
    alike = fuzz.token_sort_ratio(a, b) >= 88 or JaroWinkler.similarity(compact_a, compact_b) >= 0.92
    return EQUAL if compact_a == compact_b else SAME if alike else DIFFERENT


def _email(a: ComparedRecord, b: ComparedRecord) -> str:
    """The level of two different addresses. A common address is an identifier and counts there, so it has no level."""
    if not set(a.emails).isdisjoint(b.emails):
        return ""
    level = DIFFERENT
    for user, domain in a.emails:
        for other_user, other_domain in b.emails:
            if user == other_user or (
                domain == other_domain and OSA.distance(user, other_user, score_cutoff=2) <= 2 < len(user) - 2
            ):
                if _from_name(user, a) and _from_name(other_user, b):
                    level = FROM_NAME
                else:
                    return EQUAL if user == other_user else SLIP
    return level


def _from_name(user: str, profile: ComparedRecord) -> bool:
    """Whether a user part holds only the name: "j.smith", "johnsmith"."""
    letters = "".join(filter(str.isalpha, user))
    names = [*profile.given, *profile.family]
    for name in sorted(names, key=len, reverse=True):
        letters = letters.replace(name, "", 1)
    return len(letters) <= 1 and sum(map(str.isdigit, user)) < 2


def _phone(a: ComparedRecord, b: ComparedRecord) -> str:
    """The level of two different numbers. A common number has no level, like a common address."""
    if not set(a.phones).isdisjoint(b.phones):
        return ""
    return (
        SLIP if any(one_slip_apart(phone, other_phone) for phone in a.phones for other_phone in b.phones) else DIFFERENT
    )
