"""Scores as evidence beside identifiers: the same partition in any order, guards as ever, and findings to look at."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from hypothesis import event, given, settings
from hypothesis import strategies as st

from matching import About, Identifier, Partition, Record, components, default, default_model, resolve
from matching.names.typos import correct_given_names
from matching.scoring.zones import alike
from tests.matching.oracle import Oracle
from tests.matching.strategies import scored_record_lists, shared

MODEL = default_model()
POLICIES = default()
HOME = About(street="12 Main Street", postcode="02157", city="Boston")
BORN = date(1984, 3, 9)


def record(key: str, given: str = "", family: str = "", born: date | None = None, **more: object) -> Record:
    return replace(Record(key, frozenset(), given, family, "", born, tokens=frozenset({"t"})), **more)


def partition(*records: Record) -> tuple[list[str], Partition]:
    found = resolve(records, [], POLICIES)
    return [" ".join(cluster.members) for cluster in found.clusters], found


@settings(max_examples=150, deadline=None)
@given(scored_record_lists(), shared, st.randoms(use_true_random=False))
def test_any_order_gives_the_identical_partition(records, ignored, random) -> None:
    shuffled = random.sample(records, len(records))
    assert resolve(records, ignored, POLICIES) == resolve(shuffled, ignored, POLICIES)


@settings(max_examples=400, deadline=None)
@given(scored_record_lists(), shared)
def test_equals_the_naive_specification(records, ignored) -> None:
    found = resolve(records, ignored, POLICIES)
    pairs = alike(records, MODEL)
    event(f"alike {min(3, len(pairs))}")
    clusters, apart = Oracle(correct_given_names(records), ignored, POLICIES, pairs).resolve()
    assert {frozenset(cluster.members) for cluster in found.clusters} == clusters
    of = {key: frozenset(cluster.members) for cluster in found.clusters for key in cluster.members}
    refused = {(frozenset({of[r.left], of[r.right]}), r.rule) for r in found.refusals if r.identifier_type != "score"}
    assert refused == {(frozenset({one, other}), rule) for one, other, rule in apart}
    reviews = {frozenset({of[r.left], of[r.right]}) for r in found.refusals if r.identifier_type == "score"}
    assert not reviews & {pair for pair, _ in refused}


@settings(max_examples=100, deadline=None)
@given(scored_record_lists())
def test_reviews_are_about_two_people_once_each_whom_nothing_else_keeps_apart(records) -> None:
    found = resolve(records, [], POLICIES)
    of = {key: cluster for cluster in found.clusters for key in cluster.members}
    met = Counter(frozenset((of[r.left].members, of[r.right].members)) for r in found.refusals)
    assert all(len(pair) == 2 and count == 1 for pair, count in met.items())


def test_records_without_a_common_identifier_are_joined_by_what_they_claim() -> None:
    a, b = record("a", "Robert", "Mifsud", BORN), record("b", "Bob", "Mifsud", BORN)
    people, found = partition(a, b)
    assert people == ["a b"]
    [link] = found.clusters[0].links
    assert (link.left, link.right, link.identifier_type) == ("a", "b", "score")
    assert link.weight >= MODEL.link


def test_records_that_share_no_token_are_not_compared() -> None:
    a, b = record("a", "Robert", "Mifsud", BORN), record("b", "Bob", "Mifsud", BORN, tokens=frozenset({"u"}))
    assert partition(a, b)[0] == ["a", "b"]
    assert len(components([a, b], [], POLICIES)) == 2


def test_a_token_alone_ties_nobody() -> None:
    a, b = record("a", "Robert", "Mifsud", BORN), record("b", "Mary", "Borg")
    assert len(components([a, b], [], POLICIES)) == 2
    people, found = partition(a, b)
    assert people == ["a", "b"]
    assert found.refusals == ()


def test_between_the_thresholds_somebody_should_look() -> None:
    town = About(city="Boston")
    a, b = record("a", "John", "Smith", about=town), record("b", "John", "Smith", about=town)
    assert len(components([a, b], [], POLICIES)) == 1
    people, found = partition(a, b)
    assert people == ["a", "b"]
    [refusal] = found.refusals
    assert (refusal.rule, refusal.identifier_type) == ("REVIEW", "score")
    assert "bits speak for one person" in refusal.detail


def test_a_score_never_overrides_a_contradiction() -> None:
    # A generation that only a third record tells keeps apart what the two claims of name and birth date would join.
    senior = record("a", "John", "Mifsud", BORN, suffix="Sr", identifiers=frozenset({Identifier("email", "1")}))
    john = record("b", "John", "Mifsud", BORN, identifiers=frozenset({Identifier("email", "2")}))
    junior = record("c", "John", "Mifsud", suffix="Jr", identifiers=frozenset({Identifier("email", "2")}))
    people, found = partition(senior, john, junior)
    assert "a b c" not in people
    assert all(len({"a", "c"} & set(cluster.members)) < 2 for cluster in found.clusters), (
        "two generations are never one person"
    )


def test_a_newcomer_goes_where_its_claims_point() -> None:
    # A till's record on the family's phone was ambiguous between father and son; the address tells whose it is.
    phone = frozenset({Identifier("phone", "1")})
    father = record("a", "John", "Mifsud", date(1950, 3, 9), identifiers=phone, about=HOME)
    son = record("b", "John", "Mifsud", date(1984, 7, 1), identifiers=phone)
    seen = record("c", "John", "Mifsud", identifiers=phone, about=replace(HOME, emails=frozenset({"zorro77@a.com"})))
    known = replace(father, about=replace(HOME, emails=frozenset({"zorro77@b.com"})))
    assert partition(father, son, seen)[0] == ["a", "b", "c"]
    assert partition(known, son, seen)[0] == ["a c", "b"]
