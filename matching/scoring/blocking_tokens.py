"""Blocking tokens in plain text: values that two records of one person probably share without a common identifier.

A token joins nothing: records with a common token are compared. It holds one or two coarse views of a record, such as
the sound of a name and the birth year. `RECIPES` were chosen by how many matches each finds that the others miss, on
tables with many slips (`regulars train` reports it). General ones find most in a small store and are hot in a large
one, where the specific ones still find what they miss. The caller hashes tokens under a key before they are stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product

from matching.names.differences import name_signature
from matching.records import Record
from matching.scoring.features import ComparedRecord, profile_of
from matching.tables.spelling import sound

MAX_CARRIERS = 20
"""Records that carry a blocking token. If more carry it, it says too little and does not count."""

Texts = tuple[str, ...]


def tokens_of(record: Record) -> frozenset[str]:
    """The record's tokens; each begins with the name of its recipe. They depend only on the record's current claims."""
    return _tokens(profile_of(record))


@lru_cache(1_024)
def _tokens(profile: ComparedRecord) -> frozenset[str]:
    views = {view: make(profile) for view, make in _VIEWS.items()}
    return frozenset(
        f"{name}|{'|'.join(texts)}"
        for name, recipe in RECIPES.items()
        for texts in product(*(views[view] for view in recipe))
        if all(texts)
    )


def _given_sound(profile: ComparedRecord) -> Texts:
    given = profile.given[:1]
    return tuple(sound(word) for word in given if len(word) > 1)


def _family_sound(profile: ComparedRecord) -> Texts:
    return (profile.family_sound,) if profile.family else ()


def _both_names(profile: ComparedRecord) -> Texts:
    """The sounds of both names in sorted order, the given name by its formal form: Bob Smith and Smith Robert agree."""
    if not profile.given or not profile.family or min(len(profile.given[0]), len(profile.family[0])) == 1:
        return ()
    given = name_signature(profile.given[0], "") or profile.given_sound
    return ("|".join(sorted((given, profile.family_sound))),)


def _in_any_order(profile: ComparedRecord) -> Texts:
    """The same by formal form, and as the names are written: of swapped names nobody knows which is the given one."""
    found = _both_names(profile)
    return (*{*found, "|".join(sorted((profile.given_sound, profile.family_sound)))},) if found else ()


def _birth(start: int, end: int) -> Callable[[ComparedRecord], Texts]:
    return lambda profile: (profile.birth.strftime("%Y%m%d")[start:end],) if profile.birth else ()


def _door(profile: ComparedRecord) -> Texts:
    house, street = profile.place.house, profile.place.street
    return (f"{house} {street[:4]}",) if house and street else ()


_VIEWS: Mapping[str, Callable[[ComparedRecord], Texts]] = {
    "both names": _both_names,
    "names in any order": _in_any_order,
    "organisation": lambda profile: tuple({sound(word) for word in profile.organisation.split()}),
    "organisation start": lambda profile: tuple({word[:4] for word in profile.organisation.split()}),
    "given name": _given_sound,
    "family name": _family_sound,
    "a name": lambda profile: tuple({*_given_sound(profile), *_family_sound(profile)}),
    "given initial": lambda profile: (profile.given[0][:1],) if profile.given else (),
    "family start": lambda profile: ("".join(profile.family)[:4],) if profile.family else (),
    "birth date": _birth(0, 8),
    "birth year": _birth(0, 4),
    "postcode": lambda profile: (profile.place.postcode,),
    "city": lambda profile: (profile.place.city[:4],),
    "street": lambda profile: (profile.place.street[:4],),
    "door": _door,
    "e-mail user": lambda profile: tuple({user for user, _ in profile.emails if len(user) > 2}),
    "e-mail start": lambda profile: tuple({user[:4] for user, _ in profile.emails}),
    "phone start": lambda profile: tuple({phone[:-4] for phone in profile.phones if len(phone) > 8}),
    "phone end": lambda profile: tuple({phone[-4:] for phone in profile.phones if len(phone) > 8}),
}

RECIPES: Mapping[str, Texts] = {
    " + ".join(recipe): recipe
    for recipe in (
        ("names in any order",),
        ("both names", "birth year"),
        ("both names", "postcode"),
        ("both names", "city"),
        ("both names", "phone start"),
        ("both names", "phone end"),
        ("both names", "e-mail start"),
        ("birth date",),
        ("birth date", "family name"),
        ("birth date", "given name"),
        ("birth date", "postcode"),
        ("birth date", "street"),
        ("e-mail user",),
        ("a name", "city"),
        ("a name", "birth year"),
        ("a name", "postcode"),
        ("given initial", "family start"),
        ("given initial", "door"),
        ("given name", "door"),
        ("organisation",),
        ("organisation start", "postcode"),
        ("organisation", "city"),
    )
}
