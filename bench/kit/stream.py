"""Streams events into a running service through its public HTTP intake, as an integrator would."""

from __future__ import annotations

import asyncio
import gzip
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import httpx
import orjson

from domain.errors import SetupError

_GIVE_UP_S = 120.0


@dataclass(slots=True)
class Streamed:
    """The result of a stream. `latencies` are seconds from a request's first byte to its durable answer."""

    accepted: int = 0
    duplicates: int = 0
    refused: int = 0
    warnings: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list[float])

    @property
    def events_per_second(self) -> float:
        return (self.accepted + self.duplicates + self.refused) / self.seconds if self.seconds else 0.0


async def stream(
    events: Iterable[Mapping[str, Any]],
    url: str,
    api_key: str,
    *,
    batch: int = 250,
    connections: int = 4,
    progress: Callable[[int], None] = lambda count: None,
) -> Streamed:
    """Sends all events in NDJSON batches over several connections; memory does not grow with their number.

    A batch that meets 429 or 503, or a broken connection, is sent again until it is answered. Raises SetupError on any
    other answer, and when nothing answers for two minutes.
    """
    result = Streamed()
    source = _batches(iter(events), batch)
    started = time.perf_counter()
    headers = {"Authorization": f"Bearer {api_key}", "Content-Encoding": "gzip"}
    async with httpx.AsyncClient(base_url=url, headers=headers, timeout=60) as client:

        async def connection() -> None:
            for chunk in source:
                body = gzip.compress(b"\n".join(map(orjson.dumps, chunk)), compresslevel=1)
                answer = await _send(client, body, result)
                result.accepted += answer["accepted"]
                result.duplicates += answer["duplicates"]
                result.refused += len(answer["refused"])
                result.warnings += len(answer["warnings"])
                progress(len(chunk))

        async with asyncio.TaskGroup() as tasks:
            for _ in range(connections):
                tasks.create_task(connection())
    result.seconds = time.perf_counter() - started
    return result


async def _send(client: httpx.AsyncClient, body: bytes, result: Streamed) -> dict[str, Any]:
    deadline = time.monotonic() + _GIVE_UP_S
    while True:
        sent = time.perf_counter()
        try:
            response = await client.post("/v1/events", content=body)
        except httpx.TransportError:
            status = 503
        else:
            status = response.status_code
            if response.is_success:
                result.latencies.append(time.perf_counter() - sent)
                return response.json()
        if status not in (429, 503):
            raise SetupError(f"The intake answered {status}.", hint="See the service's log.")
        if time.monotonic() > deadline:
            raise SetupError("The intake has not answered for two minutes.", hint="See the service's log.")
        await asyncio.sleep(0.5)


def _batches(events: Iterator[Mapping[str, Any]], size: int) -> Iterator[list[Mapping[str, Any]]]:
    while chunk := list(islice(events, size)):
        yield chunk


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` (0 to 1) of the values lie; 0 without values (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
