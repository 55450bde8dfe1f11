"""Who is who: `resolve_people` on small random evidence against brute force, and what becomes of numbers. No store."""

from __future__ import annotations

import random
from collections import defaultdict
from copy import deepcopy
from itertools import count

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.stats import Contribution
from identity.inheritance import Inheritance
from identity.record_state import Carried, CustomerRef, RecordState
from identity.repartition import settle
from identity.resolution import Resolution, resolve_people
from matching.policy import default
from matching.resolve import Guards

Pool = dict[str, RecordState]


def record(key: str, identifiers: list[tuple[str, int]], given_name: str = "") -> RecordState:
    state = RecordState(key, "till", known=True)
    for kind, number in identifiers:
        state.identifiers[f"{kind}:{number}"] = Carried(kind, False, False, "2026-01-01", "2026-01-01")
    if given_name:
        state.traits["given_name"] = [given_name, "2026"]
        state.signatures.add(given_name)
    return state


def pools(kinds: tuple[str, ...], names: tuple[str, ...]) -> st.SearchStrategy[Pool]:
    """Up to ten records with up to three of a few identifiers, some of them customers and components already."""
    identifier = st.tuples(st.sampled_from(kinds), st.integers(0, 4))
    one = st.tuples(
        st.lists(identifier, max_size=3, unique=True),
        st.sampled_from(names),
        st.none() | st.integers(0, 3),
    )

    def build(rows: list[tuple[list[tuple[str, int]], str, int | None]]) -> Pool:
        pool: Pool = {}
        for index, (identifiers, name, customer) in enumerate(rows):
            state = pool[f"r{index}"] = record(f"r{index}", identifiers, name)
            if customer is not None:
                # Younger numbers sort first, so that age and alphabet disagree.
                state.customer = CustomerRef(f"CUST-{customer}", f"2026-01-0{9 - customer}T00:00:00Z", None)
                state.component = f"k{customer % 2}"
        return pool

    return st.lists(one, min_size=1, max_size=10).map(build)


_fresh = count()


def resolved(pool: Pool, weights: dict[str, int] | None = None) -> Resolution:
    fresh = count()
    return resolve_people(pool, default(), Guards.ON, lambda: f"new{next(fresh)}", Inheritance(weights or {}))


def decided(pool: Pool) -> Resolution:
    """Resolved, and settled on the pool as a commit would."""
    decision = resolve_people(pool, default(), Guards.ON, lambda: f"new{next(_fresh)}")
    settle(pool, decision)
    return decision


def partition(decision: Resolution) -> set[frozenset[str]]:
    return {frozenset(record.key for record in person.records) for person in decision.persons}


UNGUARDED = pools(("email", "phone"), ("",))
GUARDED = pools(("email", "phone", "account_id", "device_id"), ("", "anna", "bob", "carol"))


@given(UNGUARDED)
def test_without_contradictions_people_are_the_connected_components(pool: Pool) -> None:
    graph = nx.Graph()
    for key, state in pool.items():
        graph.add_node(key)
        graph.add_edges_from((key, ("identifier", identifier)) for identifier in state.identifiers)
    expected = {frozenset(node for node in part if node in pool) for part in nx.connected_components(graph)} - {
        frozenset()
    }
    decision = decided(pool)
    assert partition(decision) == expected
    assert not decision.kept_apart
    assert not decision.newly_shared


@given(GUARDED, st.dictionaries(st.sampled_from([f"r{n}" for n in range(10)]), st.integers(1, 20)))
def test_resolving_changes_none_of_its_arguments(pool: Pool, weights: dict[str, int]) -> None:
    before = deepcopy((pool, weights))
    resolution = resolved(pool, weights)
    assert (pool, weights) == before
    assert resolution.placement.components.keys() == pool.keys()


@given(st.randoms(use_true_random=False), GUARDED)
def test_the_order_of_the_pool_does_not_matter(rng: random.Random, pool: Pool) -> None:
    order = list(pool)
    rng.shuffle(order)
    again = {key: deepcopy(pool[key]) for key in order}
    one, other = resolved(pool), resolved(again)
    assert one == other
    for copy in (pool, again):
        settle(copy, one)
    assert pool == again
    settle(again, one)
    assert pool == again, "settling twice is settling once"


@given(GUARDED)
def test_deciding_again_changes_nothing(pool: Pool) -> None:
    first = decided(pool)
    for index, person in enumerate(first.persons):
        number = person.number or f"CUST-new-{index}"
        for state in person.records:
            state.customer = CustomerRef(number, f"2026-02-{index + 1:02}T00:00:00Z", None)
    second = decided(pool)
    assert partition(second) == partition(first)
    assert not second.retired
    assert not second.newly_shared
    assert not second.placement.created
    assert not second.placement.emptied


@pytest.mark.parametrize("till", ["a-till", "z-till"])
def test_of_two_equal_parts_the_named_one_keeps_the_number_then_the_one_with_more_spend(till: str) -> None:
    """A stranger signs up with the phone of a regular: the till that knows the phone alone leaves the regular."""
    pool = {
        till: record(till, [("phone", 1)]),
        "m-web": record("m-web", [("phone", 1), ("email", 1)], "Anna"),
        "n-app": record("n-app", [("phone", 1)], "Ben"),
    }
    for key in (till, "m-web"):
        pool[key].customer = CustomerRef("CUST-A", "2026-01-01T00:00:00Z", None)
    pool[till].stats.apply(Contribution("grill", "web", "USD", 50_000, 500, "2026-01-01T00:00:00Z"), 1)
    numbers = {person.records[0].key: person.number for person in resolved(pool).persons}
    assert numbers == {"m-web": "CUST-A", "n-app": None, till: None}
    two = {key: record(key, []) for key in ("a", "b")}
    for state in two.values():
        state.customer = CustomerRef("CUST-A", "2026-01-01T00:00:00Z", None)
    two["b"].stats.apply(Contribution("grill", "web", "USD", 1, 0, "2026-01-01T00:00:00Z"), 1)
    assert {person.records[0].key: person.number for person in resolved(two).persons} == {"a": None, "b": "CUST-A"}


@given(GUARDED)
def test_old_numbers_are_kept_or_retired_into_their_heir(pool: Pool) -> None:
    decision = decided(pool)
    ages = {state.customer.number: state.customer.created_at for state in pool.values() if state.customer}
    kept = [person.number for person in decision.persons if person.number]
    retired = {row["number"]: row["into"] for row in decision.retired}
    assert sorted([*kept, *retired]) == sorted(ages), "each old number lives on exactly once"
    inherited: dict[str, list[str]] = defaultdict(list)
    for number in kept:
        inherited[number].append(number)
    for number, heir in retired.items():
        inherited[heir].append(number)
    for heir, numbers in inherited.items():
        assert heir == min(numbers, key=lambda number: (ages[number], number)), "the oldest survives"
    person_of = {person.number: person for person in decision.persons if person.number}
    for heir, numbers in inherited.items():
        for number in numbers:
            holding = [
                sum(state.customer is not None and state.customer.number == number for state in person.records)
                for person in decision.persons
            ]
            mine = decision.persons.index(person_of[heir])
            assert holding[mine] == max(holding), "the largest part keeps the number"


@given(GUARDED)
def test_components_are_the_parts_that_share_linking_evidence(pool: Pool) -> None:
    before = {state.component for state in pool.values()} - {None}
    decision = decided(pool)
    after = {state.component for state in pool.values()}
    assert None not in after
    assert set(decision.placement.created) == after - before
    assert set(decision.placement.emptied) == before - after
    for person in decision.persons:
        assert len({state.component for state in person.records}) == 1
    holders: dict[str, set[str | None]] = defaultdict(set)
    for state in pool.values():
        for key, carried in state.identifiers.items():
            if not carried.shared:
                holders[key].add(state.component)
    assert all(len(components) == 1 for components in holders.values())


def test_a_number_that_too_many_names_use_stops_linking() -> None:
    names = ("ada", "bruno", "clementine", "dmitri", "eleanor", "ferdinand", "gwendolyn")
    pool = {name: record(name, [("phone", 1)], name) for name in names}
    six = decided({name: pool[name] for name in names[:6]})
    assert not six.newly_shared
    seven = decided(pool)
    assert seven.newly_shared == {"phone:1": 7}
    assert len(_components(pool)) == 7


def _components(pool: Pool) -> set[frozenset[str]]:
    parts: dict[str | None, set[str]] = defaultdict(set)
    for key, state in pool.items():
        parts[state.component].add(key)
    return {frozenset(part) for part in parts.values()}
