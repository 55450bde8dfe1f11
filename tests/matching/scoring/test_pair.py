"""What a scored pair promises: symmetric, explained to the bit, silent about what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from math import log2

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matching.records import About, Record
from matching.scoring import default_model, pair, score_pair
from matching.scoring.features import ComparedRecord, profile_of
from matching.scoring.levels import compared
from matching.scoring.model import Level
from matching.scoring.pair import may_be_one, odds

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
    government_ids=st.frozensets(st.sampled_from(("passport:1234567", "passport:1234568", "1234")), max_size=1),
    attributes=st.sampled_from(
        (
            (),
            (("diet", "vegan"),),
            (("diet", "none"),),
            (("organisation", "Elm Street Bakery"),),
            (("cuisine", "maltese"), ("organisation", "Elm Street Bakery 2"), ("zone", "a")),
            (("cuisine", "maltese"), ("organisation", "The Elm Bakery"), ("zone", "b")),
        )
    ),
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
_BAKERIES = (
    Record(
        "a",
        frozenset(),
        about=About(attributes=(("cuisine", "maltese"), ("organisation", "Elm Bakery"), ("zone", "b"))),
    ),
    Record(
        "b", frozenset(), about=About(attributes=(("cuisine", "indian"), ("organisation", "Elm Bakery"), ("zone", "b")))
    ),
)
_TWO_LEVELS = {
    level: Level(m=m, u=u, h=u) for level, m, u in (("equal", 0.9, 0.1), ("slip", 0.05, 0.1), ("different", 0.05, 0.8))
}
_SUFFIXES = dict(MODEL.fields["suffix"]) | {"one_sided": Level(m=0.65, u=0.05, h=0.05)}
ATTRIBUTES = replace(MODEL, fields={**MODEL.fields, "cuisine": _TWO_LEVELS, "zone": _TWO_LEVELS, "suffix": _SUFFIXES})


def worth(a: Record, b: Record) -> dict[str, tuple[str, float]]:
    return {field.name: (field.level, field.strangers) for field in score_pair(a, b, MODEL).fields}


@given(_records, _records)
def test_a_score_is_symmetric_and_the_sum_of_its_explanation(a: Record, b: Record) -> None:
    score = score_pair(a, b, MODEL)
    assert score == score_pair(b, a, MODEL)
    assert score.strangers == pytest.approx(MODEL.prior + sum(field.strangers for field in score.fields))
    assert score.relatives == pytest.approx(MODEL.relatives + sum(field.relatives for field in score.fields))
    assert score.bits == pytest.approx(odds(score.strangers, score.relatives), abs=0.006)
    assert score.bits <= min(score.strangers, score.relatives) + 0.006


@given(_records, _records, st.sampled_from((-40.0, -25.0, -15.0, -3.0, 0.0, 4.0, 10.0, 20.0)))
@example(*_BAKERIES, -5.0)
@example(Record("a", frozenset(), "Anna", "Smith", "Jr"), Record("b", frozenset(), "Hanna", "Smith"), -9.0)
def test_two_may_be_one_where_their_score_reaches_the_review_threshold(a: Record, b: Record, review: float) -> None:
    model = replace(ATTRIBUTES, review=review)
    assert may_be_one(profile_of(a), profile_of(b), model) is (score_pair(a, b, model).bits >= review)


def test_two_strangers_are_not_compared_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def counted(a: ComparedRecord, b: ComparedRecord) -> Iterator[tuple[str, str]]:
        for name, level in compared(a, b):
            seen.append(name)
            yield name, level

    monkeypatch.setattr(pair, "compared", counted)
    known = replace(HOME, phones=frozenset({"+12125552368"}), sex="F")
    anna = replace(ANNA, about=known)
    bob = Record("b", frozenset(), "Bob", "Smith", "", date(1951, 7, 30), about=replace(known, street="4 Elm Road"))
    assert not may_be_one(profile_of(anna), profile_of(bob), MODEL)
    assert seen == ["given_name", "family_name", "birth_date"], "not sex, place and phone"
    assert may_be_one(profile_of(anna), profile_of(anna), MODEL)


@given(st.floats(-200, 200), st.floats(-200, 200))
def test_the_odds_against_both_are_those_of_the_sum_of_both(strangers: float, relatives: float) -> None:
    against = 2.0**-strangers + 2.0**-relatives
    assert odds(strangers, relatives) == pytest.approx(-log2(against), abs=1e-9)


@given(_records, _records)
def test_what_is_missing_says_nothing(a: Record, b: Record) -> None:
    fields = worth(replace(a, birth_date=None, about=About()), b)
    assert not fields.keys() - {"given_name", "family_name", "suffix"}


def test_a_rare_name_says_more_than_a_common_one() -> None:
    smith = replace(ANNA, family="Smith")
    assert worth(ANNA, ANNA)["family_name"][1] > worth(smith, smith)["family_name"][1] + 4


def test_name_and_birth_date_link_and_relatives_do_not() -> None:
    no_address = replace(ANNA, about=About())
    assert score_pair(no_address, no_address, MODEL).bits > MODEL.link
    for relative in (replace(ANNA, given="Mary"), replace(ANNA, given="Mary", birth_date=date(1986, 11, 30))):
        assert score_pair(ANNA, relative, MODEL).bits < MODEL.link, "a twin, and a sister"
    senior, junior = replace(ANNA, birth_date=date(1951, 7, 30)), ANNA
    assert score_pair(senior, junior, MODEL).bits < MODEL.link, "mother and daughter of one name"


def test_a_false_birth_date_does_not_part_what_all_else_joins() -> None:
    mail = About(street="12 Main Street", postcode="02157", emails=frozenset({"zorro77@a.com"}))
    other = replace(mail, emails=frozenset({"zorro77@a.con"}))
    one = replace(ANNA, about=mail)
    assert score_pair(one, replace(ANNA, birth_date=date(1978, 10, 26), about=other), MODEL).bits > MODEL.link


def test_a_user_part_that_only_repeats_the_name_says_little() -> None:
    def with_email(email: str) -> Record:
        return replace(ANNA, about=About(emails=frozenset({email})))

    named = worth(with_email("anna.mifsud@a.com"), with_email("anna.mifsud@b.com"))["email"]
    own = worth(with_email("zorro77@a.com"), with_email("zorro77@b.com"))["email"]
    assert named[0] == "name"
    assert own[0] == "user"
    assert own[1] > named[1] + 3
