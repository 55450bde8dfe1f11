"""Reasons why two clusters are two people: symmetric, and whatever grows from a contradicted cluster keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given

from matching.guards import (
    Contradiction,
    PersonClaims,
    against,
    contradicted_by,
    contradiction,
    contradictions,
    is_contradiction,
    too_little,
)
from matching.policy import default
from matching.records import Identifier, Record
from matching.scoring import PairScore, score_pair
from tests.matching.strategies import record_lists

POLICIES = default()


def claims(record: Record) -> PersonClaims:
    return PersonClaims.of(record, record.identifiers, POLICIES)


def person(key: str = "r", given: str = "", family: str = "", **identifiers: str) -> Record:
    found = frozenset(Identifier(kind, v) for kind, values in identifiers.items() for v in values.split())
    return Record(key, found, given, family)


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
        (person(given="Ann", family="Smith"), person(given="Robert", family="Smith"), []),
        (person(family="Smith Jr"), person(family="Smith Sr"), ["SUFFIXES_DIFFER"]),
        (person(loyalty_card="1 2 3"), person(loyalty_card="4 5"), ["TOO_MANY_LOYALTY_CARD"]),
        (person(loyalty_card="1 2 3"), person(loyalty_card="3 4 5"), []),
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


def test_a_generation_that_fits_one_alternative_does_not_contradict_the_other() -> None:
    junior, senior = person(family="Smith Jr"), person(family="Smith Sr")
    both = claims(junior)
    both.absorb(claims(senior))
    both.reconcile(POLICIES)
    assert contradiction(both, claims(person(family="Smith III")), POLICIES) is not None
    for again in (senior, junior, senior):
        assert contradiction(both, claims(again), POLICIES) is None
        both.absorb(claims(again))


def test_a_fingerprint_is_equal_for_equal_claims_only() -> None:
    ann = person(given="Ann", loyalty_card="1 2")
    assert claims(ann).fingerprint() == claims(ann).fingerprint()
    assert claims(ann).fingerprint() != claims(person(given="Ann", loyalty_card="1")).fingerprint()
    locked = claims(ann)
    locked.locked = True
    assert locked.fingerprint() != claims(ann).fingerprint()


def paired(one: Record, other: Record) -> PairScore:
    return score_pair(one, other, POLICIES.model)


def test_the_field_that_differs_most_is_the_reason() -> None:
    ann = replace(person(given="Ann", family="Smith"), birth_date=date(1980, 5, 1))
    robert = replace(ann, given="Robert")
    assert contradicted_by(paired(ann, robert)) == Contradiction(
        "GIVEN_NAMES_DIFFER", "the given names are clearly different"
    )
    son = replace(ann, birth_date=date(2010, 9, 14))
    assert [reason.rule for reason in against(paired(ann, son))] == ["BIRTH_DATES_DIFFER"]
    assert contradicted_by(paired(ann, ann)) is None


def test_too_little_is_no_contradiction() -> None:
    one, other = person(given="Ann"), person(given="Ann")
    reason = too_little(paired(one, other), POLICIES.model)
    assert reason.rule == "TOO_LITTLE_EVIDENCE"
    assert not is_contradiction(reason)
    assert not is_contradiction(None)
    assert is_contradiction(contradicted_by(paired(one, person(given="Robert"))))
