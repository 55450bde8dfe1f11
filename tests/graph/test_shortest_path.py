"""The shortest path between two records: none is shorter, and too long a chain is given up.

Tests graph.identity_graph too.
"""

from __future__ import annotations

from typing import Any

import networkx as nx
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import shortest_path
from graph.shortest_path import shortest
from graph.store.database import Database


class Carried(Database):
    """Answers `identity_graph/hop` from a plain set of (record, identifier)."""

    def __init__(self, carried: set[tuple[str, str]]) -> None:
        self.carried, self.trips = carried, 0

    async def read(self, name: str, /, **asked: Any) -> list[dict[str, Any]]:
        assert name == "identity_graph/hop"
        self.trips += 1
        found: list[dict[str, Any]] = []
        for identifier in sorted({i for _, i in self.carried} - set(asked["followed"])):
            those = sorted(r for r, i in self.carried if i == identifier)
            mine = [r for r in those if r in asked["keys"]]
            if mine:
                found += [{"identifier": identifier, "key": mine[0], "other": o} for o in those if o != mine[0]]
        return found


carried = st.sets(st.tuples(st.integers(0, 11).map("r{}".format), st.integers(0, 9).map("i{}".format)), max_size=24)


@settings(max_examples=150, deadline=None)
@given(carried, st.integers(0, 11), st.integers(0, 11))
async def test_no_path_is_shorter(carries: set[tuple[str, str]], a: int, b: int) -> None:
    left, right = f"r{a}", f"r{b}"
    if left == right:
        return
    graph = nx.Graph([*carries])
    graph.add_nodes_from([left, right])
    store = Carried(carries)
    found = await shortest(store, [left], [right])
    assert found.complete
    if not nx.has_path(graph, left, right):
        assert found.steps == []
        return
    assert len(found.steps) == nx.shortest_path_length(graph, left, right) // 2
    assert store.trips <= len(found.steps)
    assert (found.steps[0][0], found.steps[-1][2]) == (left, right)
    for place, (one, identifier, other) in enumerate(found.steps):
        assert {(one, identifier), (other, identifier)} <= carries
        assert place == 0 or found.steps[place - 1][2] == one


async def test_a_chain_too_long_is_given_up_and_said_so() -> None:
    chain = {(f"r{n}", f"i{m}") for n in range(40) for m in (n, n + 1)}
    store = Carried(chain)
    found = await shortest(store, ["r0"], ["r39"])
    assert (found.steps, found.complete, store.trips) == ([], False, shortest_path.MAX_HOPS)
    assert len((await shortest(store, ["r0"], ["r12"])).steps) == 12
