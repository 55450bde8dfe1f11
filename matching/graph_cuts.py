"""Weak places of a graph: nodes that alone hold it together, and the cheapest cut between two sets of nodes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping
from typing import TypeVar

N = TypeVar("N", bound=Hashable)


def articulation_points(neighbours: Mapping[N, Collection[N]]) -> set[N]:
    """The nodes without which a connected part splits in two (Hopcroft and Tarjan 1973). Linear; not recursive."""
    depth: dict[N, int] = {}
    low: dict[N, int] = {}
    points: set[N] = set()
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
                    points.add(parent)
        if branches > 1:
            points.add(root)
    return points


def parts_without(neighbours: Mapping[N, Collection[N]], gone: N) -> list[set[N]]:
    """The connected parts into which the node's part splits without the node, in the order of its neighbours."""
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
    """The least total weight of edges that separate every source from every sink, and the nodes on the sources' side.

    Edges have no direction; weights are whole and positive. None if a source is a sink. Augments along shortest paths
    (Edmonds and Karp 1972), so the number of rounds grows with the edges, not with the weights.
    """
    if not set(sources).isdisjoint(sinks):
        return None
    left: dict[N, dict[N, int]] = {}
    for (a, b), weight in edges.items():
        for start, end in ((a, b), (b, a)):
            left.setdefault(start, {})[end] = left.get(start, {}).get(end, 0) + weight
    total = 0
    while path := _augmenting(left, sources, set(sinks)):
        room = min(left[a][b] for a, b in path)
        total += room
        for a, b in path:
            left[a][b] -= room
            left[b][a] += room
    return total, _reached(set(sources), lambda node: (o for o, room in left.get(node, {}).items() if room))


def _augmenting(left: Mapping[N, Mapping[N, int]], sources: Iterable[N], sinks: set[N]) -> list[tuple[N, N]]:
    reached_from: dict[N, N] = {source: source for source in sources}
    queue = deque(reached_from)
    while queue:
        node = queue.popleft()
        if node in sinks:
            path: list[tuple[N, N]] = []
            while reached_from[node] != node:
                path.append((reached_from[node], node))
                node = reached_from[node]
            return path
        for other, room in left.get(node, {}).items():
            if room and other not in reached_from:
                reached_from[other] = node
                queue.append(other)
    return []


def _reached(start: Iterable[N], onwards: Callable[[N], Iterable[N]]) -> set[N]:
    seen = set(start)
    queue = list(seen)
    while queue:
        fresh = set(onwards(queue.pop())) - seen
        seen |= fresh
        queue += fresh
    return seen
