"""Who lives together: what people share, how many share it and their family names, the same from both sides."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.household import LIKELY, SHARED_TYPES, HouseholdPerson, Relation, RelationKind, SharedTie, relation

ANN, BOB = HouseholdPerson("Ann", "Smith"), HouseholdPerson("Bob", "Smith")
EVE = HouseholdPerson("Eve", "Jones")
NAMELESS = HouseholdPerson()


def related(one: HouseholdPerson, other: HouseholdPerson, *shared: SharedTie) -> Relation:
    found = relation(one, other, shared)
    assert found is not None
    return found


def test_one_family_at_one_address_is_a_household() -> None:
    found = related(ANN, BOB, SharedTie("address", 2))
    assert (found.kind, found.family) == (RelationKind.HOUSEHOLD, True)
    assert found.confidence > 0.9
    assert related(ANN, BOB, SharedTie("address", 5)).kind is RelationKind.HOUSEHOLD


def test_people_of_one_block_of_flats_are_not() -> None:
    assert related(ANN, EVE, SharedTie("address", 40)).confidence < 0.02
    assert related(ANN, EVE, SharedTie("address", 2)).kind is RelationKind.CONTACT
    assert related(ANN, BOB, SharedTie("address", 60)).kind is RelationKind.CONTACT  # a Smith among sixty says little


def test_a_family_phone_with_one_surname_is() -> None:
    assert related(ANN, BOB, SharedTie("phone", 3)).kind is RelationKind.HOUSEHOLD
    assert related(ANN, EVE, SharedTie("phone", 2)).kind is RelationKind.CONTACT
    assert related(ANN, NAMELESS, SharedTie("phone", 2)).kind is RelationKind.CONTACT


def test_flatmates_who_share_a_card_are_moderately() -> None:
    found = related(ANN, EVE, SharedTie("address", 2), SharedTie("payment_token", 2))
    assert found.kind is RelationKind.HOUSEHOLD
    assert LIKELY < found.confidence < 0.8
    assert related(ANN, EVE, SharedTie("payment_token", 2)).kind is RelationKind.CONTACT


def test_an_address_that_one_has_left_counts_less() -> None:
    now, then = (related(ANN, BOB, SharedTie("address", 2, current)) for current in (True, False))
    assert then.confidence < now.confidence
    assert then.kind is RelationKind.CONTACT


def test_who_nothing_tells_apart_may_be_one_person() -> None:
    twice = HouseholdPerson("Annie", "Smith", birth_date="1980-05-03")
    assert related(ANN, twice, SharedTie("address", 2)).kind is RelationKind.POSSIBLY_SAME
    born = HouseholdPerson("Ann", "Smith", birth_date="1950-11-20")
    assert related(born, twice, SharedTie("address", 2)).kind is RelationKind.HOUSEHOLD
    senior, junior = HouseholdPerson("Bob", "Smith", "Sr"), HouseholdPerson("Bob", "Smith", "Jr")
    assert related(senior, junior, SharedTie("address", 2)).kind is RelationKind.HOUSEHOLD
    assert related(HouseholdPerson("Ann", "Jones"), ANN, SharedTie("address", 2)).kind is RelationKind.CONTACT
    assert related(NAMELESS, NAMELESS, SharedTie("phone", 2)).kind is RelationKind.CONTACT


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Smith", "SMITH", True),
        ("Smith-Jones", "Jones", True),
        ("Smith", "Smyth", True),
        ("Müller", "Muller", True),
        ("Smith", "Jones", False),
        ("Li", "Lu", False),
        ("Smith Jr", "Jones Jr", False),
        ("Smith", "", None),
    ],
)
def test_family_names(one: str, other: str, same: bool | None) -> None:
    assert related(HouseholdPerson("Ann", one), HouseholdPerson("Bob", other), SharedTie("phone", 2)).family is same


def test_sharing_nothing_relates_nobody() -> None:
    assert relation(ANN, BOB, []) is None
    assert relation(ANN, BOB, [SharedTie("loyalty_card", 2)]) is None


def people() -> st.SearchStrategy[HouseholdPerson]:
    return st.builds(
        HouseholdPerson,
        st.sampled_from(("", "Ann", "Anna", "Bob")),
        st.sampled_from(("", "Smith", "Jones", "Smith-Jones")),
        st.sampled_from(("", "Jr", "Sr")),
        st.sampled_from(("", "1980-05-03", "1950-11-20")),
    )


@given(st.data(), people(), people())
def test_a_relation_is_mutual_and_more_never_speaks_against_it(
    data: st.DataObject, one: HouseholdPerson, other: HouseholdPerson
) -> None:
    thing = st.builds(SharedTie, st.sampled_from(SHARED_TYPES), st.integers(2, 100), st.booleans())
    shared = data.draw(st.lists(thing, min_size=1, max_size=5))
    found = related(one, other, *shared)
    assert found == related(other, one, *data.draw(st.permutations(shared)))
    assert 0 <= found.confidence <= 1
    assert related(one, other, *shared, data.draw(thing)).confidence >= found.confidence
    closer = [thing._replace(people=2, current=True) for thing in shared]
    assert related(one, other, *closer).confidence >= found.confidence
