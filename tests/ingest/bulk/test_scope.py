"""The component of each record, against networkx on random connections."""

from __future__ import annotations

from collections import defaultdict

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from ingest.bulk.scope import components_of

edges = st.lists(st.tuples(st.integers(0, 7), st.integers(0, 5)), max_size=20)


@given(st.integers(8, 10), edges)
def test_components_are_those_of_the_graph(records: int, connects: list[tuple[int, int]]) -> None:
    graph = nx.Graph()
    graph.add_nodes_from(("record", rid) for rid in range(records))
    graph.add_edges_from((("record", rid), ("key", kid)) for rid, kid in connects)
    wanted = {
        frozenset(number for kind, number in part if kind == "record") for part in nx.connected_components(graph)
    } - {frozenset()}
    found: dict[int, set[int]] = defaultdict(set)
    for rid, label in enumerate(components_of([rid for rid, _ in connects], [kid for _, kid in connects], records)):
        found[int(label)].add(rid)
    assert {frozenset(part) for part in found.values()} == wanted
