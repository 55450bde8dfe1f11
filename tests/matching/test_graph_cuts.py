"""Cuts and articulations against networkx on random graphs."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from matching.graph_cuts import articulation_points, min_cut, parts_without

nodes = st.integers(0, 9)
graphs = st.dictionaries(
    st.tuples(nodes, nodes).filter(lambda edge: edge[0] < edge[1]), st.integers(1, 20), max_size=22
)


def neighbours(edges: dict[tuple[int, int], int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for a, b in sorted(edges):
        found.setdefault(a, []).append(b)
        found.setdefault(b, []).append(a)
    return found


@given(graphs)
def test_articulations_are_networkx_s(edges: dict[tuple[int, int], int]) -> None:
    assert articulation_points(neighbours(edges)) == set(nx.articulation_points(nx.Graph(list(edges))))


@given(graphs)
def test_without_a_node_the_parts_are_connected_components(edges: dict[tuple[int, int], int]) -> None:
    around = neighbours(edges)
    for node in around:
        graph = nx.Graph(list(edges))
        home = nx.node_connected_component(graph, node)
        graph = graph.subgraph(home - {node})
        parts = parts_without(around, node)
        assert sorted(map(sorted, parts)) == sorted(map(sorted, nx.connected_components(graph)))


@given(graphs, st.sets(nodes, min_size=1, max_size=3), st.sets(nodes, min_size=1, max_size=3))
def test_the_cut_is_as_cheap_as_networkx_s_and_parts_the_two(
    edges: dict[tuple[int, int], int], sources: set[int], sinks: set[int]
) -> None:
    found = min_cut(edges, sources, sinks)
    if sources & sinks:
        assert found is None
        return
    assert found is not None
    total, side = found
    graph = nx.Graph()
    graph.add_nodes_from(range(10))
    graph.add_weighted_edges_from(((a, b, w) for (a, b), w in edges.items()), weight="capacity")
    for end, ends in (("from", sources), ("to", sinks)):
        graph.add_edges_from((end, node) for node in ends)  # without a capacity: without end
    assert total == nx.minimum_cut_value(graph, "from", "to")
    assert sources <= side
    assert not sinks & side
    assert total == sum(w for (a, b), w in edges.items() if (a in side) != (b in side))


def test_a_long_chain_needs_no_recursion() -> None:
    chain = dict.fromkeys(pairwise(range(20_000)), 1)
    assert len(articulation_points(neighbours(chain))) == 19_998
