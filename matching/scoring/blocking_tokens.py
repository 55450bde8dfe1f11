"""Blocking tokens in plain text: values that two records of one person probably share without a common identifier.

A token joins nothing: records with a common token are compared. `RECIPES` were chosen with `regulars train`, which
reports for each recipe how many pairs it makes and how many matches it finds. The caller hashes tokens under a key
before they are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache

from matching.names import name_signature
from matching.records import Record
from matching.scoring.features import ComparedRecord, profile_of

MAX_CARRIERS = 50
"""Records that carry a blocking token. If more carry it, it says too little and does not count."""


def tokens_of(record: Record) -> frozenset[str]:
    """The record's tokens; each begins with the name of its recipe. They depend only on the record's current claims."""
    return _tokens(profile_of(record))


@lru_cache(65_536)
def _tokens(profile: ComparedRecord) -> frozenset[str]:
    return frozenset(f"{name}|{text}" for name, recipe in RECIPES.items() for text in recipe(profile))


def _both(*parts: str) -> str:
    """All parts as one text; empty if one is unknown."""
    return "|".join(parts) if all(parts) else ""


def _name(profile: ComparedRecord) -> str:
    """The sounds of both names in sorted order, the given name by its formal form: Bob Smith and Smith Robert agree."""
    if not profile.given or not profile.family or min(len(profile.given[0]), len(profile.family[0])) == 1:
        return ""
    given = name_signature(profile.given[0], "") or profile.given_sound
    return "|".join(sorted((given, profile.family_sound)))


def _unless_empty(text: str) -> Iterator[str]:
    if text:
        yield text


def _birth(profile: ComparedRecord) -> str:
    return profile.birth.strftime("%Y%m%d") if profile.birth else ""


def _name_year(profile: ComparedRecord) -> Iterator[str]:
    return _unless_empty(_both(_name(profile), _birth(profile)[:4]))


def _name_postcode(profile: ComparedRecord) -> Iterator[str]:
    return _unless_empty(_both(_name(profile), profile.postcode))


def _name_phone(profile: ComparedRecord) -> Iterator[str]:
    name = _name(profile)
    for phone in profile.phones if name else ():
        if len(phone) > 8:
            yield f"{name}|{phone[-4:]}"
            yield f"{name}|{phone[:-4]}"


def _name_email(profile: ComparedRecord) -> Iterator[str]:
    name = _name(profile)
    for user, _ in profile.emails if name else ():
        yield f"{name}|{user[:4]}"


def _family_birth(profile: ComparedRecord) -> Iterator[str]:
    return _unless_empty(_both(profile.family_sound, _birth(profile)))


def _given_birth(profile: ComparedRecord) -> Iterator[str]:
    return _unless_empty(_both(profile.given_sound, _birth(profile)))


def _birth_postcode(profile: ComparedRecord) -> Iterator[str]:
    return _unless_empty(_both(_birth(profile), profile.postcode))


def _initial_family_house(profile: ComparedRecord) -> Iterator[str]:
    """With the initial of the formal name. Without it, the members of a household would all share one token."""
    initial = (name_signature(profile.given[0], "") or profile.given_sound)[:1] if profile.given else ""
    return _unless_empty(_both(initial, profile.family_sound, profile.house, profile.postcode))


def _given_street(profile: ComparedRecord) -> Iterator[str]:
    return _unless_empty(_both(profile.given_sound, profile.house, profile.street[:4]))


def _birth_street(profile: ComparedRecord) -> Iterator[str]:
    return _unless_empty(_both(_birth(profile), profile.street[:4]))


RECIPES: Mapping[str, Callable[[ComparedRecord], Iterator[str]]] = {
    "name+birth year": _name_year,
    "family name+birth date": _family_birth,
    "given name+birth date": _given_birth,
    "name+postcode": _name_postcode,
    "name+phone part": _name_phone,
    "name+e-mail part": _name_email,
    "birth date+postcode": _birth_postcode,
    "initial+family name+house+postcode": _initial_family_house,
    "given name+house+street": _given_street,
    "birth date+street": _birth_street,
}
