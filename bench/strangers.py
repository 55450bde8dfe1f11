"""A till's queries while senders without a key send the most expensive bodies that we know of."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Sequence
from itertools import cycle
from typing import Any

import orjson

from bench.kit.load_generator import answer, paced, post
from bench.kit.machine import machine
from bench.kit.traffic import Line
from bench.latency import milliseconds
from domain.settings import Settings

_SENDERS = 6
_ROUNDS = 3
_CONNECTIONS = 8
_READ = """
query Till($number: String!) { customer(by: {customerNumber: $number}) { number tier loyaltyBalance { points } } }
"""


def bodies() -> list[bytes]:
    """Requests without a key: many small values, deep nesting, a fault at the very end, names that repeat."""
    zipped = {"Content-Encoding": "gzip"}
    many = gzip.compress(b'{"batch":[' + b"{}," * 1_390_000 + b"{}]}")
    late = gzip.compress(b'{"batch":[' + b"[[]]," * 838_000 + b"NaN]}")
    deep = b"[" * 30_000
    return [
        post("/v1/batch", many, zipped),
        post("/v1/batch", late, zipped),
        post("/v1/events", many, zipped),
        post("/v1/batch", b'{"batch":' + deep, {}),
        post("/v1/identify", orjson.dumps({"userId": "a", "traits": {f"t{n}": n for n in range(50_000)}}), {}),
        post("/graphql", orjson.dumps({"query": "{" * 20_000}), {}),
        post("/graphql", orjson.dumps({"query": "{ " + "a:__typename " * 30_000 + "}"}), {}),
    ]


async def run(config: Settings, key: str, numbers: Sequence[str], rate: float, seconds: float) -> dict[str, Any]:
    """The till's times (milliseconds) quiet and beside these senders, in turns, and the answers that they got."""
    quiet, beside = list[float](), list[float]()
    statuses: dict[int, int] = {}
    worst = bodies()
    await _till(config, key, numbers, rate, seconds)  # warm
    for _ in range(_ROUNDS):
        quiet += await _till(config, key, numbers, rate, seconds)
        senders = [
            asyncio.create_task(_sender(config, worst[turn:] + worst[:turn], statuses)) for turn in range(_SENDERS)
        ]
        beside += await _till(config, key, numbers, rate, seconds)
        for sender in senders:
            sender.cancel()
        await asyncio.gather(*senders, return_exceptions=True)
    times = {"quiet_ms": milliseconds(quiet), "beside_ms": milliseconds(beside)}
    return {
        "benchmark": "strangers",
        "machine": machine(),
        "queries_per_second": rate,
        "senders": _SENDERS,
        "their_answers": {str(status): count for status, count in sorted(statuses.items())},
        **times,
        "p99_times_quiet": round(times["beside_ms"]["p99"] / times["quiet_ms"]["p99"], 2),
    }


async def _till(config: Settings, key: str, numbers: Sequence[str], rate: float, seconds: float) -> list[float]:
    took: list[float] = []
    headers = {"Authorization": f"Bearer {key}"}

    async def each(number: int, leaves: float, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        query = orjson.dumps({"query": _READ, "variables": {"number": numbers[number % len(numbers)]}})
        writer.write(post("/graphql", query, headers))
        await answer(reader)
        took.append(time.perf_counter() - leaves)

    await paced(config.host, config.port, each, count=int(rate * seconds), rate=rate, connections=_CONNECTIONS)
    return took


async def _sender(config: Settings, requests: Sequence[bytes], statuses: dict[int, int]) -> None:
    """Sends as fast as it gets answers."""
    line = Line(config.host, config.port)
    try:
        for request in cycle(requests):
            try:
                status, _ = await line.ask(request)
            except (OSError, EOFError):
                status = 0
                line.close()
            statuses[status] = statuses.get(status, 0) + 1
    finally:
        line.close()
