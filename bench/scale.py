"""The cost of the profile query in a growing store: stores of several sizes, each with its own service, take turns.

Each store holds its number of people with one record, and the same three hundred guests with three records and fifteen
orders. One workload reads the whole selection of those guests, the other reads people drawn from the whole store.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bench import registry
from bench.kit.children import child
from bench.kit.load_generator import Load, hammer, post
from bench.kit.machine import machine
from bench.serve import CUSTOMER
from domain.settings import Settings

ANYONE = """
query Anyone($id: String!) {
  customer(by: {externalId: {source: "registry", id: $id}}) {
    number name tier emails phones linkedIdentities { source kind identifiers { type display } }
    transactions(first: 15) { edges { node { at } } }
  }
}
"""
_CONNECTIONS = (1, 8)
_ROUNDS = 5
_SECONDS = 4.0
_DRAWN = 20_000
_SEED = 7


@dataclass(frozen=True, slots=True)
class Store:
    """A service over a store of `people`, a key for it, and the numbers of its guests."""

    people: int
    config: Settings
    key: str
    guests: Sequence[str]


def load(config: Settings, people: int) -> dict[str, Any]:
    """Loads so many people into the empty store of `config` by `regulars resolve`; its figures."""
    folder = config.state_dir / "registry"
    folder.mkdir(parents=True, exist_ok=True)
    table, mapping = registry.write(folder, people, _SEED, each=1)
    return child(["-m", "cli.main", "resolve", table, "--mapping", mapping, "--json"], config)


async def run(stores: Sequence[Store], step: Callable[[], None]) -> dict[str, Any]:
    """Requests per second and latencies of each store, and the largest beside the smallest: medians of rounds."""
    requests = {store.people: _requests(store) for store in stores}
    figures: dict[str, Any] = {"benchmark": "scale", "machine": machine(), "guests": len(stores[0].guests)}
    for connections in _CONNECTIONS:
        for workload in ("guests", "anyone"):
            rounds: dict[int, list[Load]] = {store.people: [] for store in stores}
            for turn in range(_ROUNDS + 1):
                for store in stores:
                    workload_requests = requests[store.people][workload]
                    where = (store.config.host, store.config.port)
                    load = await hammer(*where, workload_requests, connections=connections, seconds=_SECONDS)
                    if turn:  # the first is the warm-up
                        rounds[store.people].append(load)
                step()
            figures[f"{workload}_{connections}_connections"] = _figures(rounds)
    return figures


def _requests(store: Store) -> dict[str, list[bytes]]:
    headers = {"Authorization": f"Bearer {store.key}"}

    def request(document: str, **variables: str) -> bytes:
        return post("/graphql", orjson.dumps({"query": document, "variables": variables}), headers)

    people = [record["id"] for record in registry.records(store.people, _SEED, each=1)]
    drawn = random.Random(_SEED).choices(people, k=_DRAWN)
    return {
        "guests": [request(CUSTOMER, number=number) for number in store.guests],
        "anyone": [request(ANYONE, id=person) for person in drawn],
    }


def _figures(rounds: dict[int, list[Load]]) -> dict[str, Any]:
    """The middle of each store's rounds by p50 and by p99, and the ratios of the last store to the first."""
    figures: dict[str, Any] = {}
    for people, loads in rounds.items():
        summaries = [load.summary() for load in loads]
        figures[f"{people}_people"] = {
            name: sorted(summary[name] for summary in summaries)[len(summaries) // 2] for name in summaries[0]
        }
    first, last = (figures[f"{people}_people"] for people in (min(rounds), max(rounds)))
    for name in ("p50", "p99"):
        figures[f"{name}_ratio"] = round(last[f"{name}_ms"] / first[f"{name}_ms"], 2)
    return figures
