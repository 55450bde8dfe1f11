"""Two groups of records: each field and each identifier counts once, however many records say it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matching.group_evidence import Profiles, score_groups
from matching.records import About, Identifier, Record
from matching.scoring import default_model, score_pair
from matching.scoring.features import profile_of
from matching.scoring.model import Bits

MODEL = default_model()
HOME = About(street="12 Main Street", postcode="02157", city="Boston")
ANNA = Record("a", frozenset(), "Anna", "Mifsud", "", date(1984, 3, 9), about=HOME)
PHONE = Identifier("phone", "1")


def profiles(*records: Record) -> Profiles:
    return Profiles(map(profile_of, records))


def test_two_single_records_score_as_a_pair() -> None:
    other = replace(ANNA, family="Miftsud")
    alone = score_groups(profiles(ANNA), profiles(other), {}, MODEL)
    assert alone.bits == pytest.approx(score_pair(ANNA, other, MODEL).bits, abs=0.011)


def test_how_often_something_was_said_says_nothing() -> None:
    other = replace(ANNA, given="Ana")
    once = score_groups(profiles(ANNA), profiles(other), {}, MODEL)
    often = score_groups(profiles(*[ANNA] * 50), profiles(*[other] * 9), {}, MODEL)
    assert often.bits == pytest.approx(once.bits, abs=0.011)


def test_records_that_lack_a_field_do_not_hold_it_down() -> None:
    bare = Record("b", frozenset(), "Anna")
    full = score_groups(profiles(ANNA), profiles(ANNA), {}, MODEL)
    mixed = score_groups(profiles(ANNA, bare, bare), profiles(ANNA), {}, MODEL)
    assert mixed.bits == pytest.approx(full.bits, abs=1.0)


def test_several_identifiers_of_one_type_count_as_the_best() -> None:
    common = {PHONE: Bits(10.0, 2.0), Identifier("phone", "2"): Bits(5.0, 1.0)}
    one = score_groups(profiles(ANNA), profiles(ANNA), {PHONE: Bits(10.0, 2.0)}, MODEL)
    assert score_groups(profiles(ANNA), profiles(ANNA), common, MODEL) == one


def test_namesakes_alone_are_not_one_person() -> None:
    rare = Record("a", frozenset(), "Zerlina", "Quillfeather")
    assert score_groups(profiles(rare), profiles(rare), {}, MODEL).bits <= MODEL.link
    with_phone = score_groups(profiles(rare), profiles(rare), {PHONE: MODEL.weights["phone"]["equal"]}, MODEL)
    assert with_phone.bits > MODEL.link


def test_of_what_an_agent_joined_one_fitting_name_is_enough() -> None:
    mary = replace(ANNA, given="Mary", family="Borg", birth_date=date(1961, 12, 24))
    both = profiles(ANNA, mary, mary, mary)
    assert score_groups(both, profiles(ANNA), {}, MODEL, either=True).bits > MODEL.link
    assert score_groups(both, profiles(ANNA), {}, MODEL).bits <= MODEL.link
    stranger = replace(ANNA, given="Robert", family="Diaz")
    assert score_groups(both, profiles(stranger), {}, MODEL, either=True).bits <= MODEL.link
