"""Who is who among records: equal to the naive specification, in any order.

Tests matching.linkage, matching.placement and matching.records too.
"""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import Guards, Identifier, Partition, Record, components, default, resolve
from matching.names.typos import correct_given_names
from tests.matching.oracle import Oracle
from tests.matching.strategies import record_lists, shared

POLICIES = default()


def record(key: str, given: str = "", family: str = "", born: date | None = None, **identifiers: str) -> Record:
    found = frozenset(Identifier(kind, v) for kind, values in identifiers.items() for v in values.split())
    return Record(key, found, given, family, "", born)


def people(*records: Record, shared: frozenset[Identifier] = frozenset()) -> tuple[list[str], Partition]:
    """The clusters as words ("a b"), and the whole answer."""
    partition = resolve(records, shared, POLICIES)
    return [" ".join(cluster.members) for cluster in partition.clusters], partition


def rules(partition: Partition) -> list[str]:
    return [f"{r.left} {r.right} {r.rule}" for r in partition.refusals]


@settings(max_examples=150, deadline=None)
@given(record_lists(), shared, st.randoms(use_true_random=False))
def test_any_order_gives_the_identical_partition(records, ignored, random) -> None:
    shuffled = random.sample(records, len(records))
    assert resolve(records, ignored, POLICIES) == resolve(shuffled, ignored, POLICIES)


@settings(max_examples=400, deadline=None)
@given(record_lists(), shared)
def test_equals_the_naive_specification(records, ignored) -> None:
    partition = resolve(records, ignored, POLICIES)
    clusters, apart = Oracle(correct_given_names(records), ignored, POLICIES).resolve()
    assert {frozenset(cluster.members) for cluster in partition.clusters} == clusters
    of = {key: frozenset(cluster.members) for cluster in partition.clusters for key in cluster.members}
    told = {(frozenset({of[r.left], of[r.right]}), r.rule) for r in partition.refusals}
    assert told == {(frozenset({one, other}), rule) for one, other, rule in apart}


@settings(max_examples=100, deadline=None)
@given(record_lists(max_size=6), record_lists(max_size=6))
def test_components_do_not_touch_each_other(left, right) -> None:
    """Resolving two components at once gives what resolving each by itself gives."""
    far = [
        Record("web:" + r.key, frozenset(Identifier(i.type, "far" + i.value) for i in r.identifiers), r.given)
        for r in right
    ]
    together = resolve([*left, *far], [], POLICIES)
    alone = [resolve(side, [], POLICIES) for side in (left, far)]
    assert set(together.clusters) == {cluster for side in alone for cluster in side.clusters}
    assert set(together.refusals) == {refusal for side in alone for refusal in side.refusals}


@settings(max_examples=100, deadline=None)
@given(record_lists(), shared, st.sampled_from(Guards))
def test_links_span_every_cluster_with_evidence_that_both_records_carry(records, ignored, guards) -> None:
    by_key = {r.key: r for r in records}
    for cluster in resolve(records, ignored, POLICIES, guards).clusters:
        reached = {cluster.members[0]}
        for _ in cluster.links:
            reached |= {
                k for link in cluster.links for k in (link.left, link.right) if reached & {link.left, link.right}
            }
        assert reached == set(cluster.members)
        assert len(cluster.links) == len(cluster.members) - 1
        for link in cluster.links:
            common = by_key[link.left].identifiers & by_key[link.right].identifiers - ignored
            assert link.identifier_type in {i.type for i in common}
            assert link.left < link.right
            assert link.weight >= 1


@given(record_lists(), shared)
def test_guards_off_is_connected_components(records, ignored) -> None:
    partition = resolve(records, ignored, POLICIES, Guards.OFF)
    expected = [tuple(r.key for r in found) for found in components(records, ignored, POLICIES)]
    assert [cluster.members for cluster in partition.clusters] == expected
    assert not partition.refusals


def test_nicknames_and_typos_join_and_a_family_phone_does_not() -> None:
    clusters, answer = people(
        record("a", "Robert", "Smith", phone="p", email="bob"),
        record("b", "Bob", "Smith", phone="p"),
        record("c", "Mary", "Smith", phone="p", email="mary"),
    )
    assert clusters == ["a b", "c"]
    assert rules(answer) == ["a c GIVEN_NAMES_DIFFER"]


def test_a_nameless_till_record_on_a_family_phone_is_given_to_nobody() -> None:
    clusters, answer = people(
        record("bob", "Bob", "Smith", phone="p", email="b"),
        record("mary", "Mary", "Smith", phone="p", email="m"),
        record("till", phone="p"),
    )
    assert clusters == ["bob", "mary", "till"]
    assert rules(answer) == ["bob mary GIVEN_NAMES_DIFFER", "bob till AMBIGUOUS", "mary till AMBIGUOUS"]


def test_clearly_stronger_evidence_decides_however_often_the_rival_was_seen() -> None:
    clusters, _ = people(
        *(record(f"bob{n}", "Bob", "Smith", phone="p", email="b", device_id=str(n)) for n in range(9)),
        record("mary", "Mary", "Smith", phone="p", email="m"),
        record("till", phone="p", email="m"),
    )
    assert clusters[1:] == ["mary till"]


def test_a_record_without_a_birth_date_is_not_guessed_between_father_and_son() -> None:
    clusters, answer = people(
        record("father", "John", "Smith", date(1950, 3, 4), phone="p"),
        record("son", "John", "Smith", date(1984, 9, 21), phone="p"),
        record("till", "John", "Smith", phone="p"),
    )
    assert clusters == ["father", "son", "till"]
    assert rules(answer) == ["father son BIRTH_DATES_DIFFER", "father till AMBIGUOUS", "son till AMBIGUOUS"]


def test_what_is_held_apart_keeps_what_nobody_contests() -> None:
    clusters, _ = people(
        record("father", "John", "Smith", date(1950, 3, 4), phone="p"),
        record("son", "John", "Smith", date(1984, 9, 21), phone="p"),
        record("till", "John", "Smith", phone="p", email="e"),
        record("web", "John", "Smith", phone="p", email="e"),
        record("app", email="e"),
    )
    assert clusters == ["app till web", "father", "son"]


def test_a_nameless_record_bridges_what_does_not_contradict() -> None:
    clusters, _ = people(
        record("a", "Bob", email="e"), record("b", "Robert", phone="p"), record("till", email="e", phone="p")
    )
    assert clusters == ["a b till"]


def test_a_strong_identifier_overrides_all_but_the_suffix() -> None:
    one = record("a", "Bob", "Smith", date(1950, 3, 4), loyalty_card="c")
    assert people(one, record("b", "Mary", "Jones", date(1984, 9, 21), loyalty_card="c"))[0] == ["a b"]
    clusters, answer = people(
        record("a", "Bob", "Smith Sr", loyalty_card="c"), record("b", "Bob", "Smith Jr.", loyalty_card="c")
    )
    assert clusters == ["a", "b"]
    assert rules(answer) == ["a b SUFFIXES_DIFFER"]


def test_a_limit_stops_a_join_and_says_which() -> None:
    clusters, answer = people(
        record("a", "Bob", email="e", loyalty_card="1 2 3"), record("b", "Bob", email="e", loyalty_card="4 5")
    )
    assert clusters == ["a", "b"]
    [refusal] = answer.refusals
    assert (refusal.rule, refusal.identifier_type) == ("TOO_MANY_LOYALTY_CARD", "email")
    assert refusal.detail == "together they have 5 values of loyalty_card, and a person may have 4"


def test_one_source_that_claims_more_than_the_limit_does_not_contradict_itself() -> None:
    many = record("a", "Bob", email=" ".join(map(str, range(20))))
    assert people(many, record("b", "Bob", email="7"))[0] == ["a b"]
    assert people(many, record("b", "Bob", email="7"), record("c", "Bob", email="8 9"))[0] == ["a b c"]
    assert people(many, record("b", "Bob", email="7 99"))[0] == ["a", "b"]


def test_a_browser_is_attached_to_the_one_person_it_points_to() -> None:
    clusters, _ = people(
        record("bob", "Bob", email="e", device_id="d"),
        record("web", device_id="d", anonymous_id="x"),
        record("earlier", anonymous_id="x"),
    )
    assert clusters == ["bob earlier web"]


def test_a_shared_tablet_joins_neither_its_people_nor_its_sessions() -> None:
    clusters, answer = people(
        record("bob", "Bob", email="b", device_id="d"),
        record("mary", "Mary", email="m", device_id="d"),
        record("s1", device_id="d", anonymous_id="x"),
        record("s2", device_id="d", anonymous_id="y"),
        record("s3", device_id="d", anonymous_id="y"),
    )
    assert clusters == ["bob", "mary", "s1", "s2 s3"]
    assert "bob mary GIVEN_NAMES_DIFFER" in rules(answer)
    assert {"bob s1 AMBIGUOUS", "mary s1 AMBIGUOUS", "bob s2 AMBIGUOUS", "mary s2 AMBIGUOUS"} <= set(rules(answer))


def test_a_device_never_joins_two_known_people() -> None:
    clusters, answer = people(record("a", email="1", device_id="d"), record("b", email="2", device_id="d"))
    assert clusters == ["a", "b"]
    assert rules(answer) == ["a b WEAK_NEVER_JOINS_KNOWN"]


def test_strangers_who_share_a_browser_join_among_themselves() -> None:
    assert people(record("a", anonymous_id="x"), record("b", anonymous_id="x", device_id="d"))[0] == ["a b"]


def test_a_shared_identifier_neither_links_nor_counts() -> None:
    clusters, answer = people(
        record("a", "Bob", phone="p"), record("b", "Bob", phone="p"), shared=frozenset({Identifier("phone", "p")})
    )
    assert clusters == ["a", "b"]
    assert not answer.refusals


def test_two_records_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        people(record("a", "Bob"), record("a", "Mary"))


def test_a_refusal_holds_no_value_and_no_name() -> None:
    _, answer = people(record("a", "Robert", phone="p5551234"), record("b", "Mary", phone="p5551234"))
    text = str(answer.refusals)
    assert "p5551234" not in text
    assert "Robert" not in text


@pytest.mark.parametrize("guards", Guards)
def test_a_chain_of_two_thousand_records_is_no_matter(guards: Guards) -> None:
    """Linear in what is shared: quadratic work would pass the suite's patience at once."""
    chain = [record(f"r{n}", email=f"e{n // 2}", phone=f"p{(n + 1) // 2}") for n in range(2_000)]
    clusters = resolve(chain, [], POLICIES, guards).clusters
    assert sum(len(cluster.members) for cluster in clusters) == 2_000
    assert (len(clusters) == 1) is (guards is Guards.OFF)


def test_a_browser_seen_two_thousand_times_is_no_matter() -> None:
    seen = [record(f"r{n}", "Bob", "Smith", email="e", anonymous_id=f"a{n}") for n in range(2_000)]
    assert len(resolve(seen, [], POLICIES).clusters) == 1


KIOSK, BROWSER = Identifier("account_id", "web:kiosk-1"), Identifier("anonymous_id", "kiosk-1")


def aliased(key: str, given: str = "", born: date | None = None) -> Record:
    """A user who was formerly known as the kiosk."""
    own = frozenset({Identifier("account_id", f"web:{key}")})
    former = frozenset({KIOSK, BROWSER})
    return Record(key, own | former, given, birth_date=born, former=former)


ALICE, BORIS = aliased("alice", "Alice", date(1970, 5, 5)), aliased("boris", "Boris", date(1990, 9, 9))
SESSION, ACCOUNT = Record("session", frozenset({BROWSER})), Record("account", frozenset({KIOSK}))
STRANGER = Record("stranger", frozenset({KIOSK}), "Carl", birth_date=date(1955, 1, 2))


@pytest.mark.parametrize(
    ("records", "people", "reviews"),
    [
        ([ALICE, SESSION], ["alice session"], []),
        ([ALICE, ACCOUNT], ["account alice"], []),
        ([ALICE, BORIS, SESSION], ["alice", "boris", "session"], []),
        ([ALICE, BORIS, ACCOUNT], ["account", "alice", "boris"], []),
        ([ALICE, STRANGER], ["alice", "stranger"], ["alice stranger"]),
        ([ALICE, BORIS, STRANGER], ["alice", "boris", "stranger"], ["alice stranger", "boris stranger"]),
        ([aliased("one"), aliased("two"), SESSION], ["one", "session", "two"], []),
        ([aliased("one"), ACCOUNT], ["account one"], []),
    ],
)
def test_a_former_id_ties_its_owner_and_overrules_nothing(
    records: list[Record], people: list[str], reviews: list[str]
) -> None:
    for order in permutations(records):
        partition = resolve(order, [], default())
        assert [" ".join(cluster.members) for cluster in partition.clusters] == people
        assert [f"{r.left} {r.right}" for r in partition.refusals if r.rule == "REVIEW"] == reviews
