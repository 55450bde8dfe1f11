"""A load generator that costs less than what it measures: keep-alive HTTP/1.1 over plain asyncio streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from bench.kit.stream import percentile


@dataclass(slots=True)
class Load:
    """Requests answered in a span of time; latencies in seconds."""

    seconds: float
    latencies: list[float] = field(default_factory=list[float])

    def summary(self) -> dict[str, float]:
        return {
            "requests_per_second": round(len(self.latencies) / self.seconds, 1),
            "p50_ms": round(1000 * percentile(self.latencies, 0.5), 2),
            "p99_ms": round(1000 * percentile(self.latencies, 0.99), 2),
        }


def post(path: str, body: bytes, headers: dict[str, str]) -> bytes:
    """A request as bytes."""
    lines = [f"POST {path} HTTP/1.1", "Host: bench", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def hammer(host: str, port: int, requests: Sequence[bytes], *, connections: int, seconds: float) -> Load:
    """Closed loop: each connection sends its next request when the last is answered. Raises on any answer but 200."""
    load = Load(seconds)
    end = time.perf_counter() + seconds

    async def connection(first: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            turn = first
            while (sent := time.perf_counter()) < end:
                writer.write(requests[turn % len(requests)])
                await answer(reader)
                load.latencies.append(time.perf_counter() - sent)
                turn += connections
        finally:
            writer.close()
            await writer.wait_closed()

    await asyncio.gather(*(connection(number) for number in range(connections)))
    return load


async def paced(
    host: str,
    port: int,
    each: Callable[[int, float, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    *,
    count: int,
    rate: float,
    connections: int,
) -> None:
    """Open loop: the nth turn leaves on time, `rate` a second, whether or not earlier ones have ended.

    `each` gets its number, its due time (`perf_counter`), so that a stall of this process is measured too, and a
    connection of its own.
    """
    due: asyncio.Queue[tuple[int, float]] = asyncio.Queue()
    started = time.perf_counter() + 0.2

    async def clock() -> None:
        for number in range(count):
            leaves = started + number / rate
            await asyncio.sleep(max(0.0, leaves - time.perf_counter()))
            due.put_nowait((number, leaves))
        for _ in range(connections):
            due.put_nowait((-1, 0.0))

    async def connection() -> None:
        reader, writer = await asyncio.open_connection(host, port)
        try:
            while (turn := await due.get())[0] >= 0:
                await each(*turn, reader, writer)
        finally:
            writer.close()
            await writer.wait_closed()

    await asyncio.gather(clock(), *(connection() for _ in range(connections)))


async def exchange(reader: asyncio.StreamReader) -> tuple[int, bytes, bool]:
    """Status and body of the next answer on a connection, and whether it is the connection's last."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length:"))
    return int(lines[0].split()[1]), await reader.readexactly(length), b"connection: close" in lines


async def answer(reader: asyncio.StreamReader) -> bytes:
    """The body of the next answer on a connection. Raises RuntimeError where it is not 200."""
    status, body, _ = await exchange(reader)
    if status != 200:
        raise RuntimeError(f"answered {status}: {body[:300].decode()}")
    return body
