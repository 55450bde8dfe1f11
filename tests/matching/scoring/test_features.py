"""Records in the spelling in which they are compared: whatever the script, the case and the order of a street."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import msgspec
import orjson
import pytest

from matching.records import About, Identifier, Record
from matching.scoring.features import ComparedRecord, profile_of, profiles_of


def record(**about: object) -> Record:
    return Record("r", frozenset(), about=About(**about))  # pyright: ignore[reportArgumentType]


def test_names_are_words_in_lower_latin_letters() -> None:
    found = profile_of(Record("r", frozenset(), "José María", "Ångström Jr", birth_date=date(1980, 5, 1)))
    assert (found.given, found.family) == (("jose", "maria"), ("angstrom",))
    assert found.generation == profile_of(Record("r", frozenset(), suffix="junior")).generation is not None
    assert found.birth == date(1980, 5, 1)


@pytest.mark.parametrize("line", ["12 Main Street", "Main St. 12", "12, MAIN ST", "main street 12"])
def test_a_street_has_one_spelling(line: str) -> None:
    found = profile_of(record(street=line))
    assert (found.place.house, found.place.street) == ("12", "main st")


def test_a_suffix_may_stand_in_any_field_of_the_name() -> None:
    one, other = (profile_of(Record("r", frozenset(), given, "Klein")) for given in ("Morris I", "Morris II"))
    assert (one.given, one.generation, other.generation) == (("morris",), 1, 2)


def test_an_organisation_is_no_person_there() -> None:
    of = About(attributes=(("organisation", "Regal Foods GmbH (Catering)"),))
    assert profile_of(Record("r", frozenset(), about=of)).organisation == "regal foods"
    assert profile_of(Record("r", frozenset(), "Ann", "Bell", about=of)).organisation == ""


def test_what_is_not_known_is_empty() -> None:
    found = profile_of(Record("r", frozenset()))
    assert (found.given, found.family, found.sex, found.emails) == ((), (), "", ())
    assert found.place == ("", "", "", "", frozenset(), frozenset())
    assert (found.given_sound, found.family_sound) == ("", "")


def test_contact_data_are_sorted_and_postcodes_bare() -> None:
    found = profile_of(record(emails=frozenset(("b@y.org", "a@x.org")), postcode="SW1A 1AA", sex="Female"))
    assert found.emails == (("a", "x.org"), ("b", "y.org"))
    assert (found.place.postcode, found.sex) == ("sw1a1aa", "f")


def test_records_that_say_the_same_share_one_profile() -> None:
    """However many lie between them: how often a group says a thing is counted by profile."""
    one, other = Record("a", frozenset(), "Ann", "Bell"), Record("b", frozenset(), "Ann", "Bell")
    between = [Record(f"r{n}", frozenset(), "Ann", f"Bell{n}") for n in range(3_000)]
    found = profiles_of([one, *between, other])
    assert found[0] is found[-1]
    assert len(set(found)) == 3_001


def test_a_profile_is_the_same_after_a_journey_as_json() -> None:
    """Bulk resolution hands profiles from process to process."""
    about = About("f", "1 Elm St", "1234", "Bath", frozenset(("a@b.org",)), attributes=(("room", "7"),))
    profile = profile_of(Record("r", frozenset(), "Ann", "Bell Jr", birth_date=date(1990, 5, 1), about=about))
    again = msgspec.convert(orjson.loads(orjson.dumps(msgspec.to_builtins(profile))), ComparedRecord)
    for name in ComparedRecord.__struct_fields__:
        assert getattr(again, name) == getattr(profile, name)


def test_ids_whose_text_is_not_known_are_compared_by_their_keyed_values() -> None:
    keyed = Record("r", frozenset((Identifier("government_id", "government_id:x"), Identifier("email", "y"))))
    assert profile_of(keyed).government_ids == ("government_id:x",)
    known = About(government_ids=frozenset(("4711",)))
    assert profile_of(replace(keyed, about=known)).government_ids == ("4711",)
