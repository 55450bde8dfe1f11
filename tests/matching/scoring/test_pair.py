"""What a scored pair promises: symmetric, explained to the bit, silent about what is missing, braked where it must."""

from __future__ import annotations

import timeit
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.records import About, Record
from matching.scoring import default_model, score_pair

MODEL = default_model()
HOME = About(street="12 Main Street", postcode="02157", city="Boston")
ANNA = Record("a", frozenset(), "Anna", "Mifsud", "", date(1984, 3, 9), about=HOME)

_abouts = st.builds(
    About,
    sex=st.sampled_from(("", "F", "male", "M")),
    street=st.sampled_from(("", "12 Main Street", "12 Main St.", "21 Main St", "Elm Road 4")),
    postcode=st.sampled_from(("", "02157", "02175", "02199", "98101")),
    city=st.sampled_from(("", "Boston", "Bostn", "Seattle")),
    emails=st.frozensets(
        st.sampled_from(("mifsud.anna@a.com", "zorro77@a.com", "zorro77@b.com", "zoro77@a.com")), max_size=2
    ),
    phones=st.frozensets(st.sampled_from(("+12125552368", "+12125552386", "+13105550000")), max_size=2),
    attributes=st.sampled_from(((), (("diet", "vegan"),), (("diet", "none"),))),
)
_records = st.builds(
    Record,
    key=st.just("r"),
    identifiers=st.just(frozenset()),
    given=st.sampled_from(("", "Anna", "Ann Marie", "A", "Hanna", "Bob", "Mifsud", "Анна")),
    family=st.sampled_from(("", "Mifsud", "Miftsud", "Smith Jr", "Anna", "Borg Mifsud")),
    suffix=st.sampled_from(("", "Jr", "Sr")),
    birth_date=st.sampled_from((None, date(1984, 3, 9), date(1984, 9, 3), date(1984, 1, 1), date(1951, 7, 30))),
    about=_abouts,
)


def worth(a: Record, b: Record) -> dict[str, tuple[str, float]]:
    return {field.name: (field.level, field.bits) for field in score_pair(a, b, MODEL).fields}


@given(_records, _records)
def test_a_score_is_symmetric_and_the_sum_of_its_explanation(a: Record, b: Record) -> None:
    score = score_pair(a, b, MODEL)
    assert score == score_pair(b, a, MODEL)
    assert score.bits == pytest.approx(score.prior + sum(field.bits for field in score.fields), abs=0.006)


@given(_records, _records)
def test_what_is_missing_says_nothing(a: Record, b: Record) -> None:
    fields = worth(replace(a, birth_date=None, about=About()), b)
    assert not fields.keys() - {"given_name", "family_name", "suffix", "one_kind", "no_given_name"}


@given(_records, _records)
def test_one_kind_of_evidence_never_links(a: Record, b: Record) -> None:
    name_only = replace(a, birth_date=None, about=About())
    assert score_pair(name_only, b, MODEL).bits <= max(0.0, MODEL.review)


TWO = (
    About(emails=frozenset({"quirin77@a.example"}), phones=frozenset({"+12125552368"})),
    About(emails=frozenset({"blumen@b.example"}), phones=frozenset({"+12125552369"})),
)


@pytest.mark.parametrize(
    ("changes", "links"),
    [
        ({}, False),
        ({"emails": frozenset({"z.quillfeather@b.example"})}, False),
        ({"phones": frozenset({"+12125552386"})}, False),
        ({"phones": frozenset({"+13105550000"})}, False),
        ({"emails": frozenset({"quirin77@b.example"})}, True),  # the same user part elsewhere
        ({"emails": frozenset()}, True),  # nothing else speaks
    ],
)
def test_two_accounts_with_a_rare_name_are_two_where_both_contacts_differ(changes: Any, links: bool) -> None:
    one = Record("a", frozenset(), "Zerlina", "Quillfeather", about=TWO[0])
    other = Record("b", frozenset(), "Zerlina", "Quillfeather", about=replace(TWO[1], **changes))
    assert (score_pair(one, other, MODEL).bits >= MODEL.link) is links


def test_a_birth_date_or_a_home_still_tells_one_person_with_new_contacts() -> None:
    one, other = (replace(ANNA, about=about) for about in TWO)
    assert score_pair(one, other, MODEL).bits >= MODEL.link
    at_home = [replace(one, birth_date=None, about=replace(of, street=HOME.street, postcode="02157")) for of in TWO]
    assert "contacts_differ" not in worth(*at_home)


def test_a_rare_name_says_more_than_a_common_one() -> None:
    smith = replace(ANNA, family="Smith")
    assert worth(ANNA, ANNA)["family_name"][1] > worth(smith, smith)["family_name"][1] + 4


def test_name_and_birth_date_link_and_a_household_does_not() -> None:
    no_address, no_birth = replace(ANNA, about=About()), replace(ANNA, birth_date=None)
    assert score_pair(no_address, no_address, MODEL).bits >= MODEL.link
    assert MODEL.review <= score_pair(no_birth, no_birth, MODEL).bits < MODEL.link
    assert score_pair(ANNA, replace(ANNA, given="Mary"), MODEL).bits < MODEL.link
    assert score_pair(replace(ANNA, given=""), ANNA, MODEL).bits < MODEL.link


def test_a_user_part_that_only_repeats_the_name_says_little() -> None:
    def with_email(email: str) -> Record:
        return replace(ANNA, about=About(emails=frozenset({email})))

    named = worth(with_email("anna.mifsud@a.com"), with_email("anna.mifsud@b.com"))["email"]
    own = worth(with_email("zorro77@a.com"), with_email("zorro77@b.com"))["email"]
    assert named[0] == "name"
    assert own[0] == "equal"
    assert own[1] > named[1] + 3


def test_a_pair_takes_far_less_than_a_millisecond() -> None:
    records = [replace(ANNA, family=f"Mifsud{chr(97 + n % 26)}{chr(97 + n // 26)}") for n in range(400)]
    seconds = min(
        timeit.repeat(lambda: [score_pair(ANNA, record, MODEL) for record in records], number=1, repeat=2),
    )
    assert seconds / len(records) < 0.001
