"""How alike two profiles are, field by field, as named levels. A field that is missing in one of them has no level."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from itertools import product, starmap

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA, JaroWinkler

from matching.names.differences import differ_by_letters, given_conflict, one_slip_apart, related
from matching.names.given_names import PARTICLES, are_two_names, is_listed, opposite_sexes
from matching.names.scripts import every_letter_counts, incomparable
from matching.scoring.features import ComparedRecord, Place
from matching.tables.spelling import sound

EQUAL, SAME, INITIAL, PART, SWAPPED = "equal", "same", "initial", "part", "swapped"
ALIKE, DIFFERENT, ONE_SIDED = "alike", "different", "one_sided"
SLIP, TWO_SLIPS, YEAR, NEAR, GENERATION = "slip", "two_slips", "year", "near", "generation"
HOME, STREET, POSTCODE, CITY, USER, FROM_NAME = "home", "street", "postcode", "city", "user", "name"

LEVELS: dict[str, tuple[str, ...]] = {
    "given_name": (EQUAL, SAME, INITIAL, SWAPPED, ALIKE, DIFFERENT),
    "family_name": (EQUAL, SAME, PART, SWAPPED, ALIKE, DIFFERENT),
    "suffix": (EQUAL, ONE_SIDED, DIFFERENT),
    "birth_date": (EQUAL, SLIP, SWAPPED, TWO_SLIPS, YEAR, NEAR, DIFFERENT, GENERATION),
    "sex": (EQUAL, DIFFERENT),
    "place": (HOME, STREET, POSTCODE, CITY, DIFFERENT),
    "premises": (HOME, STREET, POSTCODE, CITY, DIFFERENT),
    "email": (EQUAL, SLIP, ALIKE, USER, FROM_NAME, DIFFERENT),
    "phone": (EQUAL, SLIP, DIFFERENT),
    "government_id": (EQUAL, SLIP, TWO_SLIPS, DIFFERENT),
    "organisation": (EQUAL, SAME, PART, DIFFERENT),
}
"""Every field in the order of comparison, with its levels from most to least alike. A common e-mail, phone or
government id is an identifier, which the linkage finds; it has its level here so that the model says what it is worth.
"""
ATTRIBUTE = (EQUAL, SLIP, DIFFERENT)
_CACHE = 65_536
_NEAR_DAYS = 400
_GENERATION_YEARS = 15
_ALIKE = 0.8
_VOWELS = re.compile(r"[aeiouywhv]|(.)(?=\1)")
"""Letters that may stand for a vowel, and the first of two equal ones."""
_MOST_WORDS = 0.8
"""The share of the words of the shorter of two addresses from which on they are of one place."""
_SHORT = 6
"""Letters of a domain up to which one that differs by a letter is another provider: gmx.de and gmx.at."""
_LEAST_DIGITS = 6
"""Characters of an id number from which on it may be a slip of another one."""


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
    if level := _place(a.place, b.place):
        yield "premises" if a.organisation and b.organisation else "place", level
    if a.emails and b.emails and (level := _email(a, b)):
        yield "email", level
    if a.phones and b.phones and (level := _phone(a.phones, b.phones)):
        yield "phone", level
    if a.government_ids and b.government_ids and (level := _number(a.government_ids, b.government_ids)):
        yield "government_id", level
    if not a.attributes or not b.attributes:
        return
    for name in sorted(a.attributes.keys() & b.attributes.keys()):
        value_a, value_b = a.attributes[name], b.attributes[name]
        if name == "organisation":
            yield name, _organisation(*sorted((value_a, value_b)))
        if name in LEVELS:  # an attribute may have the name of a field
            continue
        alike = min(len(value_a), len(value_b)) > 2 and one_slip_apart(value_a, value_b)
        yield name, EQUAL if value_a == value_b else SLIP if alike else DIFFERENT


def _names(a: ComparedRecord, b: ComparedRecord) -> tuple[str, str]:
    levels = _in_one_script(a, b)
    if not incomparable(a.script, b.script):
        return levels
    names = (a.given[:1], b.given[:1]), (a.family, b.family)
    given, family = (
        level if level not in (ALIKE, DIFFERENT) else SAME if _sound_alike(*map("".join, name)) else ""
        for level, name in zip(levels, names, strict=True)
    )
    return given, family


def _sound_alike(a: str, b: str) -> bool:
    """Whether two names have the same consonants, where one script writes no others: Faisal is fysl in Arabic."""
    consonants = (_VOWELS.sub("", name) for name in (a, b))
    one, other = consonants
    return len(one) > 1 and one == other


def _in_one_script(a: ComparedRecord, b: ComparedRecord) -> tuple[str, str]:
    exact = every_letter_counts(a.script, b.script)
    given = _given_by_letters(a.given, b.given) if exact else _given(a.given, b.given)
    family = _family(a.family, b.family)
    if family == DIFFERENT and given in (EQUAL, SAME) and _moved(a, b):
        family = PART
    if given in (EQUAL, SAME) or family in (EQUAL, SAME, PART) or not (given or family):
        return given, family
    across = (_family(a.given, b.family), _family(a.family, b.given))
    # One half of a swap may be missing, but neither half may differ.
    if not any(across) or not {DIFFERENT, ALIKE}.isdisjoint(across):
        return given, family
    return (SWAPPED if all(across) else ""), SWAPPED


def _moved(a: ComparedRecord, b: ComparedRecord) -> bool:
    """Whether the family name of one stands among the given names of the other: José García of José García López."""
    return any(set(one.family) & set(other.given[1:]) for one, other in ((a, b), (b, a)))


def _given_by_letters(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if not a or not b:
        return ""
    return EQUAL if a == b else DIFFERENT if differ_by_letters(a, b) else SAME


@lru_cache(_CACHE)
def _given(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    if not a or not b:
        return ""
    if a == b:
        return INITIAL if len(a[0]) == 1 else EQUAL
    if min(len(a[0]), len(b[0])) == 1:
        return INITIAL if related(a[0], b[0]) else DIFFERENT
    if a[0] == b[0]:
        others = list(product(a[1:], b[1:]))
        if not others or not all(starmap(given_conflict, others)):
            return EQUAL  # only one of them may have a second given name, or write all of them
        # María Elena and María Luisa are sisters.
        return DIFFERENT if is_listed(a[1], 1) and is_listed(b[1], 1) else ALIKE
    joined_a, joined_b = "".join(a), "".join(b)
    if not given_conflict(" ".join(a), " ".join(b)):
        return SAME
    if opposite_sexes(a[0], b[0]):
        return DIFFERENT
    if _slips(joined_a, joined_b):
        return SAME
    if are_two_names(a[0], b[0]):
        return DIFFERENT  # Mark and Mary are two names, however alike they look
    return ALIKE if _look_alike(joined_a, joined_b) else DIFFERENT


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
    if len(a) > 1 or len(b) > 1:
        core_a, core_b = (tuple(word for word in words if word not in PARTICLES) for words in (a, b))
        if core_a and core_a == core_b:
            return SAME
        if any(len(word) > 2 and word in core_b for word in core_a):
            return PART
    return ALIKE if _look_alike(joined_a, joined_b) else DIFFERENT


def _look_alike(a: str, b: str) -> bool:
    return one_slip_apart(a, b) or JaroWinkler.similarity(a, b) >= _ALIKE


def _slips(a: str, b: str) -> bool:
    """Two slips in a long word."""
    return min(len(a), len(b)) > 5 and OSA.distance(a, b, score_cutoff=2) <= 2


@lru_cache(_CACHE)
def _birth(a: date, b: date) -> str:
    if a == b:
        return EQUAL
    if (a.month, a.day) == (1, 1) or (b.month, b.day) == (1, 1):
        # Systems that know only the year store 1 January.
        return YEAR if a.year == b.year else DIFFERENT
    digits_a, digits_b = a.strftime("%Y%m%d"), b.strftime("%Y%m%d")
    slips = OSA.distance(digits_a, digits_b, score_cutoff=2)
    if (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return SWAPPED
    if slips == 1:
        return SLIP
    if slips == 2:
        return TWO_SLIPS
    agreeing = (a.year == b.year) + (a.month == b.month) + (a.day == b.day)
    if agreeing == 2 or abs((a - b).days) <= _NEAR_DAYS:
        return NEAR
    return DIFFERENT if abs(a.year - b.year) < _GENERATION_YEARS else GENERATION


@lru_cache(1_024)
def _place(a: Place, b: Place) -> str:
    """One level for the whole address: its parts depend on each other, and who moves changes all of them."""
    if _is_one_place(a, b):
        return HOME
    street = _text(a.street, b.street) if a.street and b.street else ""
    city = _text(a.city, b.city) if a.city and b.city else ""
    codes = bool(a.postcode and b.postcode)
    if street in (EQUAL, SAME):
        if not (a.house and b.house):
            return STREET
        near = a.postcode == b.postcode or city == EQUAL
        return HOME if a.house == b.house or (near and one_slip_apart(a.house, b.house)) else STREET
    if _share_words(a.words - a.numbers, b.words - b.numbers):
        return STREET
    if codes and a.postcode == b.postcode:
        return POSTCODE
    if city in (EQUAL, SAME):
        return CITY
    return DIFFERENT if street or city or codes else ""


def _is_one_place(a: Place, b: Place) -> bool:
    """Whether two addresses have most words in common, whatever fields they stand in, and no number that differs."""
    fewer, more = sorted((a.numbers, b.numbers), key=len)
    return bool(a.street and b.street and fewer <= more and (fewer or not more)) and _share_words(a.words, b.words)


def _share_words(a: frozenset[str], b: frozenset[str]) -> bool:
    least = min(len(a), len(b))
    return least > 2 and len(a & b) >= _MOST_WORDS * least


@lru_cache(_CACHE)
def _organisation(a: str, b: str) -> str:
    """Names of organisations: a branch or a department adds words to a name."""
    words_a, words_b = a.split(), b.split()
    if sorted(words_a) == sorted(words_b):
        return EQUAL
    fewer, more = sorted((words_a, words_b), key=len)
    common = 0
    for word in fewer:
        same = next((other for other in more if _is_one_word(word, other)), None)
        if same is not None:
            more.remove(same)
            common += 1
    if common == len(fewer) and (len(fewer) > 1 or fuzz.ratio(a, b) >= 80):
        return SAME
    return PART if common else DIFFERENT


def _is_one_word(a: str, b: str) -> bool:
    numbered = any(map(str.isdigit, a + b))  # a branch
    slips = 0 if numbered else 2 if min(len(a), len(b)) > _SHORT else 1 if min(len(a), len(b)) > 2 else 0
    return OSA.distance(a, b, score_cutoff=slips) <= slips


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
    order = LEVELS["email"]
    found = (_address(one, other, a, b) for one, other in product(a.emails, b.emails))
    return min(found, key=order.index)


def _address(one: tuple[str, str], other: tuple[str, str], a: ComparedRecord, b: ComparedRecord) -> str:
    (user, domain), (other_user, other_domain) = one, other
    slips = OSA.distance(f"{user}@{domain}", f"{other_user}@{other_domain}", score_cutoff=2)
    if slips <= 2 and len(user) > 2 and (domain == other_domain or min(len(domain), len(other_domain)) > _SHORT):
        return SLIP
    long = min(len(user), len(other_user)) > 4
    if user != other_user and not (long and OSA.distance(user, other_user, score_cutoff=2) <= 2):
        return DIFFERENT
    if _from_name(user, a) and _from_name(other_user, b):
        return FROM_NAME
    return USER if user == other_user else ALIKE


def _from_name(user: str, profile: ComparedRecord) -> bool:
    """Whether a user part holds only the name: "j.smith", "johnsmith"."""
    letters = "".join(filter(str.isalpha, user))
    names = [*profile.given, *profile.family]
    for name in sorted(names, key=len, reverse=True):
        letters = letters.replace(name, "", 1)
    return len(letters) <= 1 and sum(map(str.isdigit, user)) < 2


def _phone(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    """The level of two different numbers. A common number has no level, like a common address."""
    if not set(a).isdisjoint(b):
        return ""
    return SLIP if any(one_slip_apart(one, other) for one, other in product(a, b)) else DIFFERENT


def _number(a: tuple[str, ...], b: tuple[str, ...]) -> str:
    """The level of two different id numbers. Those of two kinds ("passport:1", "licence:1") are not compared, and two
    short ones are no slip of each other."""
    pairs = [(one, other) for one, other in product(a, b) if _kind(one) == _kind(other)]
    if not pairs or not set(a).isdisjoint(b):
        return ""
    numbers = ((one.rpartition(":")[2], other.rpartition(":")[2]) for one, other in pairs)
    long = (pair for pair in numbers if min(map(len, pair)) >= _LEAST_DIGITS)
    slips = min((OSA.distance(one, other, score_cutoff=2) for one, other in long), default=3)
    return SLIP if slips == 1 else TWO_SLIPS if slips == 2 else DIFFERENT


def _kind(number: str) -> str:
    return number.rpartition(":")[0]
