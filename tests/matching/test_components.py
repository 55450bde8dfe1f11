from __future__ import annotations

import networkx as nx
from hypothesis import given

from matching import Strength, components, default
from tests.matching.strategies import record_lists, shared

POLICIES = default()


@given(record_lists(max_size=15), shared)
def test_equals_networkx(records, ignored) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(r.key for r in records)
    for r in records:
        for i in r.identifiers - ignored:
            if POLICIES.of(i.type).strength is not Strength.ATTRIBUTE:
                graph.add_edge(r.key, i)
    expected = {frozenset(r.key for r in records) & found for found in nx.connected_components(graph)} - {frozenset()}
    found = components(records, ignored, POLICIES)
    assert {frozenset(r.key for r in component) for component in found} == expected


@given(record_lists(max_size=15))
def test_the_order_is_canonical(records) -> None:
    found = components(records, [], POLICIES)
    assert found == components(records[::-1], [], POLICIES)
    keys = [[r.key for r in component] for component in found]
    assert all(component == sorted(component) for component in keys)
    assert keys == sorted(keys)
