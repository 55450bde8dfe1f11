"""Whether the service's memory stays flat over very many requests whose documents vary.

One request in ten sends a random document: every field of a customer, arguments, fragments, aliases, switches; the
others send one of the ten shapes of `bench serve`. One in fifty is a text that was never sent before, to be parsed,
validated and compiled. Each request asks for another guest.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from statistics import median
from typing import Any

import orjson
import psutil
from graphql import GraphQLSchema

from bench.kit.load_generator import answer, post
from bench.kit.machine import machine
from bench.kit.random_documents import RandomDocuments
from bench.serve import MIXED
from domain.settings import Settings

_CONNECTIONS = 8
_DRAWN = 200
_DRAWN_ONE_IN = 10
_NEW_ONE_IN = 50
_SAMPLES = 200


async def run(
    config: Settings,
    key: str,
    process: psutil.Process,
    schema: GraphQLSchema,
    numbers: Sequence[str],
    total: int,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    """The process' memory over `total` requests: medians of tenths, and what the second half adds.

    Raises RuntimeError at any answer but 200.
    """
    requests = _requests(schema, numbers, {"Authorization": f"Bearer {key}"})
    samples: list[float] = []
    every = max(1, total // _SAMPLES)
    left, faults, started = total, 0, time.perf_counter()

    async def connection() -> None:
        nonlocal left, faults
        reader, writer = await asyncio.open_connection(config.host, config.port)
        while left > 0:
            left -= 1
            if left % every == 0:
                samples.append(process.memory_info().rss / 2**20)
            writer.write(next(requests))
            faults += b'"errors"' in await answer(reader)
            progress(1)
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(connection() for _ in range(_CONNECTIONS)))
    seconds = time.perf_counter() - started
    tenth = len(samples) // 10
    tenths = [median(samples[place * tenth : (place + 1) * tenth]) for place in range(10)]
    return {
        "benchmark": "memory",
        "machine": machine(),
        "requests": total,
        "requests_per_second": round(total / seconds, 1),
        "answers_with_errors": faults,
        "resident_mib_by_tenth": [round(value, 1) for value in tenths],
        "highest_mib": round(max(samples), 1),
        "second_half_adds_mib": round(tenths[9] - tenths[5], 1),
        "last_of_second_tenth": round(tenths[9] / tenths[1], 3),
    }


def _requests(schema: GraphQLSchema, numbers: Sequence[str], headers: dict[str, str]) -> Iterator[bytes]:
    rng = random.Random(13)
    generator = RandomDocuments(schema, rng, numbers[0])
    drawn = [generator.draw() for _ in range(_DRAWN)]
    for turn in count():
        document, variables = rng.choice(drawn) if turn % _DRAWN_ONE_IN == 0 else (rng.choice(MIXED), {})
        if rng.randrange(_NEW_ONE_IN) == 0:
            document = document.replace("(", f"{turn}(", 1)  # the operation's name
        body = {"query": document, "variables": variables | {"number": rng.choice(numbers)}}
        yield post("/graphql", orjson.dumps(body), headers)
