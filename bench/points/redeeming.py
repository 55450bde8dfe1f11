"""What a till asks about points, in stores of several sizes that take turns: inquire, accrue and redeem.

Each store holds its number of members with one record. Members are drawn from the whole store. *Inquire* reads a
balance with its lots, *accrue* sends an order, and *redeem* uses a point of a member that an order was sent for before.

Each is measured in two ways. *At most*: every connection sends its next request as soon as it has an answer. So
requests always wait for each other, and latency says as much about the number of connections as about the service. *At
a rate*: requests leave on time, at the rate that is aimed at, as those of tills do.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from bench.kit.load_generator import Load, answer, hammer, paced, post
from bench.kit.machine import machine
from bench.points import plain_members
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
RATES = {"inquire": 1_200.0, "accrue": 400.0, "redeem": 250.0}
"""Requests a second that are aimed at, by kind."""


class _Requests:
    """What is sent to one store: no order and no request id twice."""

    def __init__(self, store: Store) -> None:
        self._headers = {"Authorization": f"Bearer {store.key}"}
        everybody = list(plain_members.ids(store.people))
        self.members: Sequence[str] = random.Random(_SEED).sample(everybody, min(_DRAWN, len(everybody)))
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
                "source": plain_members.SOURCE,
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
    """Requests per second and latencies of each kind and store, at most and at a rate: medians of rounds."""
    requests = {store.people: _Requests(store) for store in stores}
    most: dict[tuple[str, int], list[Load]] = {}
    at_rate: dict[tuple[str, int], list[Load]] = {}
    for turn in range(_ROUNDS + 1):
        for kind in ("accrue", "inquire", "redeem"):
            for store in stores:
                seconds = _SECONDS if turn else _WARM_UP_S
                some = requests[store.people].of(kind, int(seconds * (3_000 if kind == "inquire" else 1_500)))
                where = (store.config.host, store.config.port)
                load = await hammer(*where, some, connections=_CONNECTIONS, seconds=seconds)
                if turn:  # the first is the warm-up, and gives the members their points
                    most.setdefault((kind, store.people), []).append(load)
                    some = requests[store.people].of(kind, int(RATES[kind] * _SECONDS))
                    at_rate.setdefault((kind, store.people), []).append(await _at_rate(*where, some, RATES[kind]))
        step()
    figures: dict[str, Any] = {"benchmark": "loyalty", "machine": machine(), "connections": _CONNECTIONS}
    for kind, rate in RATES.items():
        figures[kind] = {f"{store.people}_members": _middle(most[kind, store.people]) for store in stores}
        figures[f"{kind}_at_{rate:.0f}"] = {
            f"{store.people}_members": _middle(at_rate[kind, store.people]) for store in stores
        }
    return figures


async def _at_rate(host: str, port: int, requests: Sequence[bytes], rate: float) -> Load:
    load, started = Load(0.0), time.perf_counter()

    async def each(number: int, leaves: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(requests[number])
        await answer(reader)
        load.latencies.append(time.perf_counter() - leaves)

    await paced(host, port, each, count=len(requests), rate=rate, connections=_CONNECTIONS)
    load.seconds = time.perf_counter() - started
    return load


def _middle(loads: Sequence[Load]) -> dict[str, float]:
    summaries = [load.summary() for load in loads]
    return {name: sorted(summary[name] for summary in summaries)[len(summaries) // 2] for name in summaries[0]}
