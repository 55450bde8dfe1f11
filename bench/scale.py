"""What a growing store costs the profile query: stores of several sizes, each with a service of its own, take turns.

Each holds so many people of one record, and the same three hundred guests of three records and fifteen orders. One
workload asks for the whole selection of those guests, the other for people drawn from all of the store.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bench import registry
from bench.children import child
from bench.load_generator import Load, hammer, post
from bench.machine import machine
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
    """Brings so many people into the empty store of `config` by `regulars resolve`; its figures."""
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
                    asked = requests[store.people][workload]
                    where = (store.config.host, store.config.port)
                    load = await hammer(*where, asked, connections=connections, seconds=_SECONDS)
                    if turn:  # the first is the warm-up
                        rounds[store.people].append(load)
                step()
            figures[f"{workload}_{connections}_connections"] = _figures(rounds)
    return figures


def _requests(store: Store) -> dict[str, list[bytes]]:
    headers = {"Authorization": f"Bearer {store.key}"}

    def asked(document: str, **variables: str) -> bytes:
        return post("/graphql", orjson.dumps({"query": document, "variables": variables}), headers)

    people = [record["id"] for record in registry.records(store.people, _SEED, each=1)]
    drawn = random.Random(_SEED).choices(people, k=_DRAWN)
    return {
        "guests": [asked(CUSTOMER, number=number) for number in store.guests],
        "anyone": [asked(ANYONE, id=one) for one in drawn],
    }


def _figures(rounds: dict[int, list[Load]]) -> dict[str, Any]:
    """The middle of each store's rounds by p50 and by p99, and the ratios of the last store to the first."""
    found: dict[str, Any] = {}
    for people, loads in rounds.items():
        told = [load.summary() for load in loads]
        found[f"{people}_people"] = {name: sorted(one[name] for one in told)[len(told) // 2] for name in told[0]}
    first, last = (found[f"{people}_people"] for people in (min(rounds), max(rounds)))
    for name in ("p50", "p99"):
        found[f"{name}_ratio"] = round(last[f"{name}_ms"] / first[f"{name}_ms"], 2)
    return found
