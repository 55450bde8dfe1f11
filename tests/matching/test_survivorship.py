"""Which claim survives is a function of the set of claims: each rule, ties, groups, and what a wrong file is told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SetupError
from matching.survivorship import (
    MAX_REJECTED,
    Claim,
    Rule,
    Survivorship,
    default,
    folded,
    parse,
    well_formed,
)

TRUST = ("bank", "crm", "till")


def claim(value: Any, source: str = "web", at: str = "2026-01-01", record: str = "") -> Claim:
    return Claim(value, source, record or f"{source}|{value}", f"{at}T00:00:00.000000Z|{source}|{value}")


def value_of(rules: tuple[Rule, ...], *claims: Claim, name: str = "given_name", **more: Any) -> tuple[Any, str]:
    survivor = Survivorship(rules, trust=TRUST, **more).survivors({name: claims})[name]
    return survivor.claim.value, survivor.rule


def claims() -> st.SearchStrategy[list[Claim]]:
    """What several records say of one field; a record says one thing."""
    one = st.builds(
        claim,
        st.sampled_from(("Ann", "ann", "Anna", "Anna Maria", "unknown", "B0b")),
        st.sampled_from((*TRUST, "web")),
        st.sampled_from(("2026-01-01", "2026-01-02", "2026-01-03")),
        st.uuids().map(str),
    )
    return st.lists(one, min_size=1, max_size=8, unique_by=lambda claim: claim.record)


def rules() -> st.SearchStrategy[tuple[Rule, ...]]:
    return st.lists(st.sampled_from(Rule), min_size=1, unique=True).map(tuple)


@given(st.data(), rules(), claims())
def test_the_order_of_claims_does_not_matter(data: st.DataObject, order: tuple[Rule, ...], told: list[Claim]) -> None:
    rules = Survivorship(order, trust=TRUST)
    assert rules.survivors({"x": told}) == rules.survivors({"x": data.draw(st.permutations(told))})


@given(st.data(), rules(), claims())
def test_what_was_joined_and_parted_again_is_what_it_was(
    data: st.DataObject, order: tuple[Rule, ...], told: list[Claim]
) -> None:
    rules = Survivorship(order, trust=TRUST)
    joined = rules.survivors({"x": told})["x"]
    mine = data.draw(st.sets(st.sampled_from([claim.record for claim in told])))
    parts = [[c for c in told if (c.record in mine) is here] for here in (True, False)]
    found = [rules.survivors({"x": part})["x"] for part in parts if part]
    if Rule.FREQUENT not in order:  # all other rules judge a claim by itself: who wins among all wins among some
        assert joined.claim in [survivor.claim for survivor in found]
    assert rules.survivors({"x": [c for part in parts for c in part]})["x"] == joined


@given(rules(), claims())
def test_nothing_that_was_said_is_lost_from_sight(order: tuple[Rule, ...], told: list[Claim]) -> None:
    survivor = Survivorship(order, trust=TRUST).survivors({"x": told})["x"]
    shown = [folded(claim.value) for claim in (survivor.claim, *survivor.rejected)]
    assert len(shown) == len(set(shown))
    values = {folded(claim.value) for claim in told}
    assert survivor.others == len(values) - 1
    assert set(shown) <= values
    assert len(survivor.rejected) == min(MAX_REJECTED, survivor.others)
    assert (survivor.rule == "only value") is (len(values) == 1)


@given(claims())
def test_the_first_rule_decides_wherever_it_can(told: list[Claim]) -> None:
    newest = max(claim.at for claim in told)
    survivor = Survivorship((Rule.NEWEST, Rule.LONGEST)).survivors({"x": told})["x"]
    assert survivor.claim.at == newest
    longest = max(len(c.value.replace(" ", "")) for c in told if c.at == newest)
    assert len(survivor.claim.value.replace(" ", "")) == longest


def test_each_rule() -> None:
    old_bank = claim("Anna", "bank", "2026-01-01")
    long_web = claim("Anna Maria", "web", "2026-01-02")
    new_till = claim("unknown", "till", "2026-01-04")
    twice = [claim("ANN", "crm", "2026-01-02", "r1"), claim("Ann", "app", "2026-01-03", "r2")]
    told = (old_bank, long_web, new_till, *twice)
    assert value_of((Rule.NEWEST,), *told) == ("unknown", "newest")
    assert value_of((Rule.TRUSTED,), *told) == ("Anna", "trusted")
    assert value_of((Rule.FREQUENT,), *told) == ("Ann", "frequent")
    assert value_of((Rule.LONGEST,), *told) == ("Anna Maria", "longest")
    assert value_of((Rule.VALIDATED, Rule.NEWEST), *told) == ("Ann", "newest")
    assert value_of((Rule.VALIDATED, Rule.LONGEST), *told) == ("Anna Maria", "longest")
    assert value_of((Rule.TRUSTED,), long_web, *twice[1:]) == (
        "Ann",
        "clock and record",
    )  # neither is listed


def test_sources_that_verify_a_field_come_before_a_good_form() -> None:
    told = claim("1980-05-03", "bank", "2026-01-01"), claim("1980-05-04", "web", "2026-01-02")
    verified = {"birth_date": frozenset({"bank"})}
    order = (Rule.VALIDATED, Rule.NEWEST)
    assert value_of(order, *told, name="birth_date", verified=verified) == ("1980-05-03", "validated")
    assert value_of(order, *told, name="birth_date") == ("1980-05-04", "newest")


def test_an_address_survives_whole() -> None:
    told = (
        claim({"line1": "1 Elm Street", "city": "New York", "postcode": "10001"}, "crm", "2026-01-01", "r1"),
        claim({"city": "Boston"}, "web", "2026-01-02", "r2"),
    )
    assert value_of((Rule.NEWEST,), *told, name="address")[0] == {"city": "Boston"}
    assert value_of((Rule.VALIDATED, Rule.NEWEST), *told, name="address")[0] == told[0].value


def test_fields_of_a_group_survive_from_one_record() -> None:
    told = {
        "extra.street": [claim("1 Elm Street", record="r1", at="2026-01-01"), claim("", record="r3")],
        "extra.city": [
            claim("New York", record="r1", at="2026-01-01"),
            claim("Boston", record="r2", at="2026-01-02"),
            claim("Rome", record="r3", at="2026-01-01"),
        ],
        "language": [claim("en", record="r1"), claim("fr", record="r2", at="2026-01-02")],
    }
    rules = Survivorship((Rule.NEWEST,), together={"home": ("extra.street", "extra.city")})
    found = {name: survivor.claim.value for name, survivor in rules.survivors(told).items()}
    assert found == {"extra.city": "Boston", "language": "fr"}  # no street of another record
    longest = Survivorship(
        (Rule.NEWEST,),
        {"home": (Rule.LONGEST,)},
        together={"home": ("extra.street", "extra.city")},
    ).survivors(told)
    assert {name: survivor.claim.value for name, survivor in longest.items()} == {
        "extra.street": "1 Elm Street",
        "extra.city": "New York",
        "language": "fr",
    }
    assert longest["extra.city"].rule == "longest"
    assert [claim.value for claim in longest["extra.city"].rejected] == ["Boston", "Rome"]
    assert longest["extra.street"].others == 2


@pytest.mark.parametrize(
    ("name", "value", "good"),
    [
        ("given_name", "José", True),
        ("given_name", "R2D2", False),
        ("family_name", "a@b.example", False),
        ("family_name", " Unknown ", False),
        ("birth_date", "1980-05-03", True),
        ("birth_date", "1980-01-01", False),
        ("birth_date", "2027-05-03", False),
        ("birth_date", "1880-05-03", False),
        ("birth_date", "5/3/1980", False),
        ("language", "pt-BR", True),
        ("language", "Portuguese", False),
        ("sex", "Female", True),
        ("sex", "?", False),
        ("address", {"line1": "1 Elm Street", "city": "New York"}, True),
        ("address", {"city": "New York"}, False),
        ("extra.plan", "gold", True),
        ("extra.plan", "N/A", False),
    ],
)
def test_what_is_well_formed(name: str, value: Any, good: bool) -> None:
    assert well_formed(name, value, "2026-01-01T00:00:00Z") is good


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "The survivorship rules cannot be read: the file"),
        ("{}", "default"),
        ("default: []", "default"),
        ("default: [oldest]", "default.0"),
        ("default: [newest, newest]", "default: newest is listed twice"),
        ("{default: [newest], fields: {birth_day: [newest]}}", "fields.birth_day: is neither"),
        ("{default: [newest], fields: {birth_date: [trusted]}}", "fields.birth_date: trusted needs"),
        ("{default: [newest], feelds: {}}", "feelds"),
        ("{default: [newest], trust: [crm, crm]}", "trust"),
        ("{default: [newest], verified: {emial: [crm]}}", "verified.emial"),
        ("{default: [newest], together: {home: [extra.a]}}", "together.home"),
        (
            "{default: [newest], together: {home: [extra.a, extra.b], away: [extra.a, extra.c]}}",
            "extra.a is in two",
        ),
        ("{default: [newest], together: {home: [extra.a, extra.b]}, fields: {extra.a: [longest]}}", "fields.extra.a"),
        ("default:\n  - [", "line 2"),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(text: str, place: str) -> None:
    with pytest.raises(SetupError) as caught:
        parse(text)
    assert place in caught.value.message


def test_a_file_says_everything() -> None:
    rules = parse(
        "{default: [newest], fields: {birth_date: [validated, frequent], home: [trusted, newest]}, trust: [crm, web],"
        " verified: {birth_date: [bank]}, together: {home: [extra.street, extra.city]}}"
    )
    assert rules.fields["birth_date"] == (Rule.VALIDATED, Rule.FREQUENT)
    told: Mapping[str, list[Claim]] = {"extra.city": [claim("Rome", "web"), claim("Oslo", "crm", "2025-01-01")]}
    assert rules.survivors(told)["extra.city"].claim.value == "Oslo"


def test_by_default_the_newest_survives() -> None:
    assert default().default == (Rule.NEWEST,)
    assert default().survivors({"x": []}) == {}
