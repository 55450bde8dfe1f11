"""What a till asks about points, in stores of several sizes that take turns: inquire, accrue and redeem.

Each store holds its number of members with one record. Members are drawn from the whole store. *Inquire* reads a
balance with its lots, *accrue* sends an order, and *redeem* uses a point of a member that an order was sent for before.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from bench import registry
from bench.kit.load_generator import Load, hammer, post
from bench.kit.machine import machine
from bench.scale import Store

INQUIRE = """
query Inquire($id: String!) {
  customer(by: {externalId: {source: "registry", id: $id}}) {
    number tier loyaltyBalance { points held lots { lastDay points } }
  }
}
"""
REDEEM = """
mutation Redeem($id: String!, $request: ID!) {
  pointsRedeem(customer: {externalId: {source: "registry", id: $id}}, points: 1, requestId: $request) {
    pointsLeft userErrors { code }
  }
}
"""
_SEED = 7
_CONNECTIONS = 32
_ROUNDS = 3
_SECONDS = 5.0
_WARM_UP_S = 60.0  # the store compiles frequent statements slowly, and plans them anew while its sums grow fast
_DRAWN = 4_000
_START = datetime(2026, 5, 1, tzinfo=UTC)
KINDS = ("inquire", "accrue", "redeem")


class _Requests:
    """What is sent to one store: no order and no request id twice."""

    def __init__(self, store: Store) -> None:
        self._headers = {"Authorization": f"Bearer {store.key}"}
        people = [record["id"] for record in registry.records(store.people, _SEED, each=1)]
        self.members: Sequence[str] = random.Random(_SEED).sample(people, min(_DRAWN, len(people)))
        self._count = itertools.count()

    def of(self, kind: str, number: int) -> list[bytes]:
        return list(itertools.islice(getattr(self, kind)(), number))

    def inquire(self) -> Iterator[bytes]:
        return (self._document(INQUIRE, id=member) for member in itertools.cycle(self.members))

    def accrue(self) -> Iterator[bytes]:
        for member in itertools.cycle(self.members):
            count = next(self._count)
            order = {"id": f"order-{count}", "store": "store-1", "channel": "dine_in", "currency": "USD", "total": "40"}
            event = {
                "type": "order.completed",
                "messageId": f"accrue-{count}",
                "source": "registry",
                "at": (_START + timedelta(seconds=count)).isoformat(),
                "brand": "grill",
                "subject": {"id": member},
                "order": order,
            }
            yield post("/v1/events", orjson.dumps({"events": [event]}), self._headers)

    def redeem(self) -> Iterator[bytes]:
        for member in itertools.cycle(self.members):
            yield self._document(REDEEM, id=member, request=f"redeem-{next(self._count)}")

    def _document(self, document: str, **variables: str) -> bytes:
        return post("/graphql", orjson.dumps({"query": document, "variables": variables}), self._headers)


async def run(stores: Sequence[Store], step: Callable[[], None]) -> dict[str, Any]:
    """Requests per second and latencies of each kind and store: medians of rounds."""
    requests = {store.people: _Requests(store) for store in stores}
    loads: dict[tuple[str, int], list[Load]] = {}
    for turn in range(_ROUNDS + 1):
        for kind in ("accrue", "inquire", "redeem"):
            for store in stores:
                seconds = _SECONDS if turn else _WARM_UP_S
                some = requests[store.people].of(kind, int(seconds * (3_000 if kind == "inquire" else 1_500)))
                where = (store.config.host, store.config.port)
                load = await hammer(*where, some, connections=_CONNECTIONS, seconds=seconds)
                if turn:  # the first is the warm-up, and gives the members their points
                    loads.setdefault((kind, store.people), []).append(load)
        step()
    figures: dict[str, Any] = {"benchmark": "loyalty", "machine": machine(), "connections": _CONNECTIONS}
    for kind in KINDS:
        figures[kind] = {f"{store.people}_members": _middle(loads[kind, store.people]) for store in stores}
    return figures


def _middle(loads: Sequence[Load]) -> dict[str, float]:
    summaries = [load.summary() for load in loads]
    return {name: sorted(summary[name] for summary in summaries)[len(summaries) // 2] for name in summaries[0]}
