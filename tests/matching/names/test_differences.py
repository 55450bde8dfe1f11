from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import given_conflict, name_signature
from matching.names.differences import has_given, name_conflict

_names = st.one_of(st.text(max_size=12), st.sampled_from(["Bob", "Robert", "Mary Ann", "J.", "José", "O'Neil", "李"]))

SAME = [
    "Bob/Robert", "Bill/William", "Liz/Elizabeth", "Peggy/Margaret", "Kate/Katherine", "Katie/Catherine", "Jack/John",
    "Jim/James", "Al/Alan", "Jon/John", "Sara/Sarah", "Steven/Stephen", "Catherine/Kathryn", "Kristin/Christine",
    "Brian/Bryan", "Sean/Shawn", "Marc/Mark", "Geoff/Jeff", "Mohammed/Muhammad", "Philip/Phillip", "Lewis/Louis",
    "Eileen/Aileen", "Jhon/John", "Robbert/Robert", "Elizabth/Elizabeth", "José/Jose", "Zoë/Zoe", "Müller/Mueller",
    "Łukasz/Lukasz", "Søren/Soren", "Иван/Ivan", "J/John", "R/Bob", "B/Robert", "J./Jane", "Chris/Christopher",
    "Sam/Samantha", "Mary_Ann/Ann", "Mary-Ann/Maryann", "Mary_Ann/Mary", "John_P/John", "BOB/robert", "Bob/", "/Bob",
    "J/J", "Sam/Samuel", "Anna_Maria/Maria_Anna", "Juan_Carlos/Juan", "Dr_Anna/Anna", "Дмитрий/Dmitri", "محمد/Mohamed",
    "Γιώργος/Giorgos", "Jean_Pierre/Jean-Pierre", "Maria_del_Carmen/Maria", "Danny/Daniel",
]  # fmt: skip

DIFFERENT = [
    "Mark/Marsha", "Mark/Mary", "John/Jane", "John/Joan", "Tim/Jim", "Dan/Jan", "Rob/Ron", "Nick/Rick", "Bob/Mary",
    "J/Mary", "John_P/Paul", "Wei/Chen", "Jacob/James", "Maria/Mark", "Robin/Robert", "Anna/Peter", "Liam/Noah",
    "Paul/Paula", "Victor/Victoria", "Michael/Michelle", "Francisco/Francisca", "Karim/Karima", "Andrew/Andrea",
    "Jean/Jeanne", "Daniel/Daniela", "Ivan/Ivana", "Александр/Александра", "Γιώργος/Γεωργία", "Иван/Иванна",
    "Martin/Martina", "José_García/Ana_García", "Jan_van_den/Anna_van_den", "María_José/José_María",
    "Mr._Karl/Mr._Ewan", "Dr._Anna/Dr._Peter", "Mehmet_Ali/Ayşe_Ali", "Jean_Luc/Jeanne_Luc",
]  # fmt: skip


def _pair(text: str) -> tuple[str, str]:
    one, _, other = text.replace("_", " ").partition("/")
    return one, other


@pytest.mark.parametrize("pair", SAME)
def test_variants_of_one_given_name_are_no_conflict(pair: str) -> None:
    assert not given_conflict(*_pair(pair))


@pytest.mark.parametrize("pair", DIFFERENT)
def test_clearly_different_given_names_conflict(pair: str) -> None:
    assert given_conflict(*_pair(pair))


@given(_names, _names)
def test_conflict_is_symmetric_and_nobody_conflicts_with_themselves(a: str, b: str) -> None:
    assert given_conflict(a, b) == given_conflict(b, a)
    assert not given_conflict(a, a)
    assert not given_conflict(a, "")


@given(*[_names] * 4)
def test_the_conflict_of_whole_names_is_symmetric(a: str, b: str, c: str, d: str) -> None:
    assert name_conflict((a, b), (c, d)) == name_conflict((c, d), (a, b))
    assert not (name_conflict((a, b), (c, d)) and not given_conflict(a, c))


@pytest.mark.parametrize(
    ("one", "other", "conflict"),
    [
        (("Wei", "Chen"), ("Chen", "Wei"), False),
        (("Caleb", ""), ("Scott", "Caleb"), False),
        (("Mary", "Smith"), ("John", "Smith"), True),
        (("Wei", ""), ("Chen", ""), True),
        (("Mary", ""), ("John", "Smith"), True),
        (("", "Smith"), ("John", "Jones"), False),
    ],
)
def test_a_swapped_family_name_is_no_conflict(one: tuple[str, str], other: tuple[str, str], conflict: bool) -> None:
    assert name_conflict(one, other) is conflict


@pytest.mark.parametrize("variants", ["Bob Robert Rob BOBBY Róbert", "Liz Elizabeth", "Catherine Kathryn", "Jon John"])
def test_variants_of_one_person_sign_alike(variants: str) -> None:
    signatures = {name_signature(given, family) for given in variants.split() for family in ("", "Smith", "Jones")}
    assert len(signatures) == 1
    assert None not in signatures


def test_different_people_sign_differently_and_unknown_ones_not_at_all() -> None:
    assert len({name_signature(name, "Smith") for name in ("Robert", "Mary", "Ahmed", "Wei", "Olga", "李")}) == 6
    assert name_signature("Smith", "John") == name_signature("John", "Smith")
    assert {name_signature(name, "Zbrozek") for name in ("", "J", "J.", "7")} == {None}


def test_an_initial_tells_no_given_name() -> None:
    assert [has_given(name) for name in ("J", "J.", "", "J Robert", "Bo")] == [False, False, False, True, True]
