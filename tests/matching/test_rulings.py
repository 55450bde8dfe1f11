"""Agents' decisions in the partition: the newest holds whatever it contradicts, and order leaves no trace."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Identifier, Partition, Record, components, default, resolve
from matching.rulings import Ruling, RulingRule, rulings_in_force
from tests.matching.strategies import record_lists, shared
from tests.matching.test_resolve import people, record, rules

POLICIES = default()
JUNE, MAY, OTHER = date(1950, 6, 4), date(1984, 5, 13), date(1971, 11, 28)


@st.composite
def ruled(draw: st.DrawFn) -> list[Record]:
    """Records with up to five decisions about some of them."""
    records = draw(record_lists())
    rulings: dict[str, set[Ruling]] = {r.key: set() for r in records}
    keys = st.sampled_from(sorted(rulings))
    for n in range(draw(st.integers(0, 5))):
        rule = draw(st.sampled_from(RulingRule))
        about = draw(st.lists(keys, min_size=1, max_size=4, unique=True))
        for key in about:
            side = draw(st.integers(0, 1)) if rule is RulingRule.APART else 0
            rulings[key].add(Ruling(f"d{n}", rule, side))
    places = st.sampled_from(("", "till", "shop"))
    return [replace(r, rulings=frozenset(rulings[r.key]), place=draw(places)) for r in records]


def cluster_of(partition: Partition) -> dict[str, tuple[str, ...]]:
    return {key: cluster.members for cluster in partition.clusters for key in cluster.members}


@settings(max_examples=150, deadline=None)
@given(ruled(), shared, st.randoms(use_true_random=False))
def test_any_order_gives_the_identical_partition(records, ignored, random) -> None:
    shuffled = random.sample(records, len(records))
    assert resolve(records, ignored, POLICIES) == resolve(shuffled, ignored, POLICIES)


@settings(max_examples=300, deadline=None)
@given(ruled(), shared)
def test_every_decision_holds_that_no_newer_one_overrules(records, ignored) -> None:
    partition = resolve(records, ignored, POLICIES)
    of = cluster_of(partition)
    found = rulings_in_force((r.key, r.rulings) for r in records)
    newest = max((ruling.decision for r in records for ruling in r.rulings), default=None)
    assert newest not in found.superseded
    for one, other in combinations(records, 2):
        for a in one.rulings:
            for b in other.rulings:
                if a.decision != b.decision or a.decision in found.superseded:
                    continue
                if a.rule is RulingRule.APART:
                    assert a.side == b.side or of[one.key] != of[other.key]
                elif a.ties:
                    assert of[one.key] == of[other.key]
    for r in records:
        for ruling in r.rulings:
            if ruling.rule is RulingRule.LOCK and ruling.decision not in found.superseded:
                assert all(found.joined.get(key) == found.joined[r.key] for key in of[r.key]), "nobody joins a lock"


PHONE, TOKEN = Identifier("phone", "p"), Identifier("payment_token", "t")


def _at(key: str, place: str, *more: Identifier, side: int | None = None) -> Record:
    rulings = frozenset() if side is None else frozenset({Ruling("d", RulingRule.APART, side)})
    return Record(key, frozenset({PHONE, *more}), rulings=rulings, place=place)


def test_who_is_set_apart_as_a_phone_at_a_till_has_its_next_orders_and_no_others() -> None:
    ann = Record("ann", frozenset({PHONE}), "Ann", "Roe", rulings=frozenset({Ruling("d", RulingRule.APART, 0)}))
    till, token, named = (
        _at("till", "till", side=1),
        _at("token", "till", TOKEN),
        replace(_at("named", "till"), given="Ann", family="Roe"),
    )
    for others in ((), (_at("other-token", "shop", TOKEN),)):
        for elsewhere in (_at("elsewhere", "till-2"), _at("elsewhere", "")):
            found = resolve([ann, till, token, named, elsewhere, *others], [], POLICIES)
            people = {frozenset(cluster.members) for cluster in found.clusters}
            assert frozenset({"ann", "named"}) in people
            assert {"till", "token"} <= next(one for one in people if "till" in one)
            # Whose order that is, no rule can decide.
            assert "elsewhere" not in next(one for one in people if "till" in one)
            assert ("elsewhere", "AMBIGUOUS") in {(key, r.rule) for r in found.refusals for key in (r.left, r.right)}
    undone = [replace(record, rulings=frozenset()) for record in (ann, till, token, named)]
    assert len(resolve(undone, [], POLICIES).clusters) == 1


@settings(max_examples=150, deadline=None)
@given(ruled(), shared)
def test_what_is_said_of_a_field_tells_nothing_about_who_is_who(records, ignored) -> None:
    told = [
        replace(r, rulings=frozenset(one for one in r.rulings if one.rule is not RulingRule.FIELD)) for r in records
    ]
    assert resolve(records, ignored, POLICIES) == resolve(told, ignored, POLICIES)
    assert components(records, ignored, POLICIES) == [
        [one for r in part for one in records if one.key == r.key] for part in components(told, ignored, POLICIES)
    ]


@settings(max_examples=150, deadline=None)
@given(ruled(), shared)
def test_components_do_not_touch_each_other(records, ignored) -> None:
    whole = resolve(records, ignored, POLICIES)
    parts = [resolve(part, ignored, POLICIES) for part in components(records, ignored, POLICIES)]
    assert set(whole.clusters) == {cluster for part in parts for cluster in part.clusters}
    assert set(whole.refusals) == {refusal for part in parts for refusal in part.refusals}


@settings(max_examples=150, deadline=None)
@given(ruled(), shared)
def test_links_span_every_cluster(records, ignored) -> None:
    for cluster in resolve(records, ignored, POLICIES).clusters:
        reached = {cluster.members[0]}
        for _ in cluster.links:
            reached |= {k for at in cluster.links for k in (at.left, at.right) if reached & {at.left, at.right}}
        assert reached == set(cluster.members)
        assert len(cluster.links) == len(cluster.members) - 1


def said(to: Record, *rulings: tuple[str, RulingRule, int]) -> Record:
    return replace(to, rulings=to.rulings | {Ruling(*ruling) for ruling in rulings})


def test_an_agent_joins_what_contradicts_and_what_shares_nothing() -> None:
    maria = said(record("a", "Maria", "Ode", email="m"), ("d1", RulingRule.JOIN, 0))
    paul = said(record("b", "Paul", "Kay", phone="1"), ("d1", RulingRule.JOIN, 0))
    assert people(maria, paul)[0] == ["a b"]
    # What either of them is known by finds the person still, though the two names contradict each other.
    again = record("c", "Paul", "Kay", phone="1")
    assert people(maria, paul, again)[0] == ["a b c"]


def test_who_fits_none_of_those_an_agent_joined_is_as_much_a_stranger_as_before() -> None:
    maria = said(record("a", "Maria", "Ode", email="m"), ("d1", RulingRule.JOIN, 0))
    paul = said(record("b", "Paul", "Kay", phone="1"), ("d1", RulingRule.JOIN, 0))
    clusters, partition = people(maria, paul, record("c", "Carla", "Kay", phone="1"))
    assert clusters == ["a b", "c"]
    assert rules(partition) == ["b c GIVEN_NAMES_DIFFER"]
    born = [
        said(record(key, email=key, born=day), ("d1", RulingRule.JOIN, 0)) for key, day in (("a", JUNE), ("b", MAY))
    ]
    assert people(*born, record("c", email="a", born=MAY))[0] == ["a b c"]
    clusters, partition = people(*born, record("c", email="a", born=OTHER))
    assert clusters == ["a b", "c"]
    assert rules(partition) == ["a c BIRTH_DATES_DIFFER"]


def test_a_ban_is_inherited_by_who_joins_a_side() -> None:
    one = said(record("a", "Ann", "Lee", email="x"), ("d1", RulingRule.APART, 0))
    other = said(record("b", "Ann", "Lee", email="x", phone="1"), ("d1", RulingRule.APART, 1))
    friend = record("c", "Ann", "Lee", phone="1")
    clusters, partition = people(one, other, friend)
    assert clusters == ["a", "b c"]
    assert rules(partition) == ["a b NEVER_MATCH"]


def test_the_newer_of_two_decisions_holds_and_the_older_one_comes_back() -> None:
    a, b = record("a", email="x"), record("b", email="x")
    split = ("d1", RulingRule.APART)
    joined = said(a, (*split, 0), ("d2", RulingRule.JOIN, 0)), said(b, (*split, 1), ("d2", RulingRule.JOIN, 0))
    assert people(*joined)[0] == ["a b"]
    assert people(said(a, (*split, 0)), said(b, (*split, 1)))[0] == ["a", "b"]


def test_nothing_joins_who_is_locked() -> None:
    a, b = (said(record(key, email="x"), ("d1", RulingRule.LOCK, 0)) for key in "ab")
    clusters, partition = people(a, b, record("c", email="x"), record("d", device_id="t"))
    assert clusters == ["a b", "c", "d"]
    assert rules(partition) == ["a c LOCKED"]


def test_a_moved_record_goes_along_with_its_new_person_only() -> None:
    old, new = record("a", "Ann", email="x"), record("c", "Eve", email="y")
    moved = said(record("b", "Ann", email="x"), ("d1", RulingRule.JOIN, 0), ("d1", RulingRule.APART, 0))
    clusters, _ = people(said(old, ("d1", RulingRule.APART, 1)), moved, said(new, ("d1", RulingRule.JOIN, 0)))
    assert clusters == ["a", "b c"]


def test_a_decision_ties_a_component() -> None:
    a = said(record("a", email="x"), ("d1", RulingRule.JOIN, 0))
    b = said(record("b", email="y"), ("d1", RulingRule.JOIN, 0))
    assert len(components([a, b], [], POLICIES)) == 1
    assert len(components([said(record("a", email="x"), ("d1", RulingRule.APART, 0)), b], [], POLICIES)) == 2
    assert Identifier("email", "x") in a.identifiers
