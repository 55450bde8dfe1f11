"""Reasons why two clusters are two people: symmetric, and whatever grows from a contradicted cluster keeps them."""

from __future__ import annotations

from datetime import date
from itertools import combinations

import pytest
from hypothesis import given

from matching.guards import PersonClaims, contradiction, contradictions
from matching.policy import default
from matching.records import Identifier, Record
from tests.matching.strategies import record_lists

POLICIES = default()


def claims(record: Record) -> PersonClaims:
    return PersonClaims.of(record, record.identifiers, POLICIES)


def person(key: str = "r", given: str = "", family: str = "", born: date | None = None, **identifiers: str) -> Record:
    found = frozenset(Identifier(kind, v) for kind, values in identifiers.items() for v in values.split())
    return Record(key, found, given, family, "", born)


def rules(one: Record, other: Record) -> list[str]:
    return [found.rule for found in contradictions(claims(one), claims(other), POLICIES)]


@given(record_lists(max_size=6))
def test_contradiction_is_symmetric(records) -> None:
    for one, other in combinations(map(claims, records), 2):
        ours, theirs = (list(contradictions(*pair, POLICIES)) for pair in ((one, other), (other, one)))
        assert ours == theirs
        assert contradiction(one, other, POLICIES) == (ours[0] if ours else None)


@given(record_lists(max_size=6))
def test_what_contradicts_a_cluster_contradicts_what_grows_from_it(records) -> None:
    """Unless a strong identifier agrees. Limits are left out: a record with more values of its own raises them."""
    if len(records) < 2:
        return
    stranger, cluster, *more = map(claims, records)
    for other in more:
        before = {found.rule for found in contradictions(stranger, cluster, POLICIES)}
        cluster.absorb(other)
        if stranger.strong.isdisjoint(cluster.strong):
            after = {found.rule for found in contradictions(stranger, cluster, POLICIES)}
            assert {rule for rule in before if not rule.startswith("TOO_MANY")} <= after


@pytest.mark.parametrize(
    ("one", "other", "wanted"),
    [
        (person(given="Ann", family="Smith"), person(given="Anne", family="Smith"), []),
        (person(given="Ann", family="Smith"), person(given="Robert", family="Smith"), ["GIVEN_NAMES_DIFFER"]),
        (person(born=date(1980, 1, 1)), person(born=date(1985, 6, 2)), ["BIRTH_DATES_DIFFER"]),
        (person(family="Smith Jr"), person(family="Smith Sr"), ["SUFFIXES_DIFFER"]),
        (person(given="Ann", loyalty_card="1"), person(given="Robert", loyalty_card="1"), []),
        (person(family="Smith Jr", loyalty_card="1"), person(family="Smith Sr", loyalty_card="1"), ["SUFFIXES_DIFFER"]),
    ],
)
def test_reasons(one: Record, other: Record, wanted: list[str]) -> None:
    assert rules(one, other) == wanted


def test_agents_bans_and_locks_come_first() -> None:
    one, other = claims(person(loyalty_card="1")), claims(person(loyalty_card="1"))
    one.sides, other.sides = {"d": 0}, {"d": 1}
    assert [found.rule for found in contradictions(one, other, POLICIES)] == ["NEVER_MATCH"]
    one.locked = True
    assert [found.rule for found in contradictions(one, other, POLICIES)] == ["LOCKED", "NEVER_MATCH"]


def test_of_what_an_agent_brought_together_either_name_may_be_met() -> None:
    both = claims(person(given="Ann", family="Smith"))
    both.absorb(claims(person(given="Robert", family="Jones")))
    both.reconcile(POLICIES)
    for known in ("Ann Smith", "Robert Jones"):
        given_name, family = known.split()
        assert contradiction(both, claims(person(given=given_name, family=family)), POLICIES) is None
    stranger = claims(person(given="Charlotte", family="Diaz"))
    assert contradiction(both, stranger, POLICIES) is not None


@pytest.mark.parametrize(
    ("ann", "robert"),
    [
        (person(given="Ann", family="Smith"), person(given="Robert", family="Jones")),
        (person(born=date(1990, 5, 1)), person(born=date(1961, 12, 24))),
        (person(family="Smith Jr"), person(family="Smith Sr")),
    ],
)
def test_a_value_that_fits_one_alternative_does_not_contradict_the_other(ann: Record, robert: Record) -> None:
    both = claims(ann)
    both.absorb(claims(robert))
    both.reconcile(POLICIES)
    for again in (robert, ann, robert):
        assert contradiction(both, claims(again), POLICIES) is None
        both.absorb(claims(again))


def test_a_fingerprint_is_equal_for_equal_claims_only() -> None:
    ann = person(given="Ann", loyalty_card="1 2")
    assert claims(ann).fingerprint() == claims(ann).fingerprint()
    assert claims(ann).fingerprint() != claims(person(given="Ann", loyalty_card="1")).fingerprint()
    locked = claims(ann)
    locked.locked = True
    assert locked.fingerprint() != claims(ann).fingerprint()
