"""Where a graph falls apart: nodes that alone hold it together, and the cheapest cut between two sets of nodes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def articulations(neighbours: Mapping[N, Collection[N]]) -> set[N]:
    """The nodes without which a connected part falls into two (Hopcroft and Tarjan 1973). Linear; not recursive."""
    depth: dict[N, int] = {}
    low: dict[N, int] = {}
    found: set[N] = set()
    for root in neighbours:
        if root in depth:
            continue
        depth[root] = low[root] = 0
        branches = 0
        stack = [(root, root, iter(neighbours[root]))]
        while stack:
            node, parent, rest = stack[-1]
            for other in rest:
                if other not in depth:
                    depth[other] = low[other] = depth[node] + 1
                    branches += node == root
                    stack.append((other, node, iter(neighbours[other])))
                    break
                if other != parent:
                    low[node] = min(low[node], depth[other])
            else:
                stack.pop()
                low[parent] = min(low[parent], low[node])
                if parent not in (root, node) and low[node] >= depth[parent]:
                    found.add(parent)
        if branches > 1:
            found.add(root)
    return found


def parts_without(neighbours: Mapping[N, Collection[N]], gone: N) -> list[set[N]]:
    """The connected parts that are left of the node's own part once it is gone, in the order of its neighbours."""
    seen = {gone}
    parts: list[set[N]] = []
    for start in neighbours[gone]:
        if start not in seen:
            part = _reached({start}, lambda node: (other for other in neighbours[node] if other != gone))
            seen |= part
            parts.append(part)
    return parts


def min_cut(
    edges: Mapping[tuple[N, N], int], sources: Collection[N], sinks: Collection[N]
) -> tuple[int, set[N]] | None:
    """The least total weight of edges that part every source from every sink, and the nodes left on the sources' side.

    Edges have no direction and weights are whole and positive. None where a source is a sink. By augmenting along
    shortest paths (Edmonds and Karp 1972): the number of rounds grows with the edges, not with the weights.
    """
    if not set(sources).isdisjoint(sinks):
        return None
    left: dict[N, dict[N, int]] = {}
    for (a, b), weight in edges.items():
        for one, other in ((a, b), (b, a)):
            left.setdefault(one, {})[other] = left.get(one, {}).get(other, 0) + weight
    total = 0
    while path := _augmenting(left, sources, set(sinks)):
        room = min(left[a][b] for a, b in path)
        total += room
        for a, b in path:
            left[a][b] -= room
            left[b][a] += room
    return total, _reached(set(sources), lambda node: (o for o, room in left.get(node, {}).items() if room))


def _augmenting(left: Mapping[N, Mapping[N, int]], sources: Iterable[N], sinks: set[N]) -> list[tuple[N, N]]:
    came: dict[N, N] = {source: source for source in sources}
    waiting = deque(came)
    while waiting:
        node = waiting.popleft()
        if node in sinks:
            path: list[tuple[N, N]] = []
            while came[node] != node:
                path.append((came[node], node))
                node = came[node]
            return path
        for other, room in left.get(node, {}).items():
            if room and other not in came:
                came[other] = node
                waiting.append(other)
    return []


def _reached(start: Iterable[N], onwards: Callable[[N], Iterable[N]]) -> set[N]:
    seen = set(start)
    waiting = list(seen)
    while waiting:
        fresh = set(onwards(waiting.pop())) - seen
        seen |= fresh
        waiting += fresh
    return seen
