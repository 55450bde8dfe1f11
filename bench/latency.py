"""The time from sending an event until the guest's profile shows it through GraphQL, at a steady rate."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from bench.kit.load_generator import answer, paced, post
from bench.kit.machine import machine
from bench.kit.stream import percentile
from domain.settings import Settings

_LAST = """
query Last($number: String!) {
  customer(by: {customerNumber: $number}) { transactions(first: 5) { edges { node { orderId } } } }
}
"""
_CONNECTIONS = 32
_VISIBLE_WITHIN_S = 10.0


async def run(
    config: Settings,
    key: str,
    guests: Sequence[tuple[str, str, str]],
    *,
    rate: float,
    seconds: float,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    """Orders at a steady rate, whether or not earlier ones are answered. `guests` are (customer number, source, subject
    id). A latency starts when an order is due."""
    count = int(rate * seconds)
    latencies: list[float] = []
    durable: list[float] = []
    headers = {"Authorization": f"Bearer {key}"}

    async def each(number: int, leaves: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        customer, source, subject = guests[number % len(guests)]
        order = f"bench-{uuid.uuid4().hex}"
        writer.write(post("/v1/events", orjson.dumps(_order(order, source, subject)), headers))
        await answer(reader)
        durable.append(time.perf_counter() - leaves)
        query = orjson.dumps({"query": _LAST, "variables": {"number": customer}})
        while True:
            writer.write(post("/graphql", query, headers))
            if order.encode() in await answer(reader):
                break
            if time.perf_counter() - leaves > _VISIBLE_WITHIN_S:
                raise RuntimeError("an acknowledged order is not visible in its profile")
        latencies.append(time.perf_counter() - leaves)
        progress(1)

    await paced(config.host, config.port, each, count=count, rate=rate, connections=_CONNECTIONS)
    return {
        "benchmark": "latency",
        "machine": machine(),
        "events_per_second": rate,
        "events": count,
        "durable_ms": milliseconds(durable),
        "visible_ms": milliseconds(latencies),
    }


def _order(order: str, source: str, subject: str) -> dict[str, Any]:
    return {
        "type": "order.completed",
        "messageId": order,
        "source": source,
        "at": datetime.now(UTC).isoformat(),
        "brand": "forno-nine",
        "subject": {"id": subject},
        "order": {
            "id": order,
            "store": "bench-store",
            "channel": "app",
            "currency": "USD",
            "total": "12.50",
            "lines": [{"product": "bench-product", "amount": "12.50"}],
        },
    }


def milliseconds(values: Sequence[float]) -> dict[str, float]:
    """Percentiles of seconds, in milliseconds."""
    return {f"p{share}": round(1000 * percentile(values, share / 100), 1) for share in (50, 90, 99)}
