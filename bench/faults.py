"""Mixed load while the store is killed for twenty seconds, a worker every minute, and Redis is restarted."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

import orjson
import psutil

from bench.kit.load_generator import post
from bench.kit.machine import machine
from bench.kit.stream import stream
from bench.kit.traffic import SOURCE, Guest, Line, Traffic, order
from domain.settings import Settings
from graph.local import LocalNeo4j
from graph.store.database import Database

_GUESTS = 400
_CAPACITY_S = 20.0
_SHARE = 0.7
_KILL_EVERY_S = 60.0
_STORE_STOPS_AT = 0.3
_REDIS_STOPS_AT = 0.65
_STORE_OUT_S = 20.0
_REDIS_OUT_S = 5.0
_RECOVERY_S = 30.0
_WHO = f'query Who($id: String!) {{ customer(by: {{externalId: {{source: "{SOURCE}", id: $id}}}}) {{ number }} }}'


class Redis(Protocol):
    def start(self) -> Any: ...
    def stop(self) -> Any: ...


async def guests(config: Settings, key: str) -> list[Guest]:
    """Guests with one order each, known to the service."""
    url = f"http://{config.host}:{config.port}"
    ids = [f"guest{number}" for number in range(_GUESTS)]
    await stream((order(id_, 1) for id_ in ids), url, key)
    line = Line(config.host, config.port)
    loaded: list[Guest] = []
    for id_ in ids:
        body = orjson.dumps({"query": _WHO, "variables": {"id": id_}})
        _, answer = await line.ask(post("/graphql", body, {"Authorization": f"Bearer {key}"}))
        loaded.append(Guest(id_, orjson.loads(answer)["data"]["customer"]["number"], 1))
    line.close()
    return loaded


class Disturbance:
    """The scheduled failures. `outage`: from the store's kill until it answers again, in seconds since the start."""

    def __init__(self, store: LocalNeo4j, redis: Redis, service: psutil.Process, seconds: float) -> None:
        self.killed_workers = 0
        self.outage = (seconds, seconds)
        self.redis_out = (seconds, seconds)
        self._store = store
        self._redis = redis
        self._service = service
        self._seconds = seconds
        self._started = time.perf_counter()

    async def run(self) -> None:
        await asyncio.gather(
            self._at(_STORE_STOPS_AT * self._seconds - _STORE_OUT_S / 2, self._store_out),
            self._at(_REDIS_STOPS_AT * self._seconds, self._redis_restarts),
            *(
                self._at(_KILL_EVERY_S * turn, self._kill_worker)
                for turn in range(1, int(self._seconds / _KILL_EVERY_S - 0.1) + 1)
            ),
        )

    def _now(self) -> float:
        return time.perf_counter() - self._started

    async def _at(self, moment: float, act: Callable[[], Awaitable[None]]) -> None:
        await asyncio.sleep(max(0.0, moment - self._now()))
        await act()

    async def _store_out(self) -> None:
        running = self._store.status()
        assert running is not None
        began = self._now()
        psutil.Process(running.pid).send_signal(signal.SIGKILL)
        await asyncio.sleep(_STORE_OUT_S)
        await asyncio.to_thread(self._store.start, tied_to_parent=False)
        self.outage = (began, self._now())

    async def _redis_restarts(self) -> None:
        began = self._now()
        await asyncio.to_thread(self._redis.stop)
        await asyncio.sleep(_REDIS_OUT_S)
        await asyncio.to_thread(self._redis.start)
        self.redis_out = (began, self._now())

    async def _kill_worker(self) -> None:
        workers = sorted(self._service.children(), key=lambda worker: worker.create_time())
        workers[0].send_signal(signal.SIGKILL)  # the oldest: each in its turn
        self.killed_workers += 1


async def run(
    config: Settings, key: str, store: LocalNeo4j, redis: Redis, service: psutil.Process, minutes: float
) -> tuple[dict[str, Any], list[Guest]]:
    """The figures that callers measured, and the guests with their acknowledged orders."""
    buyers = await guests(config, key)

    async def traffic(seconds: float, rate: float | None) -> Traffic:
        calls = Traffic(config.host, config.port, key, buyers)
        await calls.run(seconds, rate)
        return calls

    await traffic(_CAPACITY_S / 2, None)  # warm
    capacity = len((await traffic(_CAPACITY_S, None)).seen.latencies) / _CAPACITY_S
    seconds, rate = 60 * minutes, _SHARE * capacity
    disturbance = Disturbance(store, redis, service, seconds)
    calls, _ = await asyncio.gather(traffic(seconds, rate), disturbance.run())
    seen, (began, ended) = calls.seen, disturbance.outage
    # A request that left before the kill and was under way at the kill failed by it.
    elsewhere = [error for error in seen.errors if error.ended < began or error.left >= ended + _RECOVERY_S]
    after = [error.left - ended for error in seen.errors if ended <= error.left < ended + _RECOVERY_S]
    return {
        "benchmark": "faults",
        "machine": machine(),
        "minutes": minutes,
        "capacity_per_second": round(capacity, 1),
        "rate": round(rate, 1),
        "requests": seen.requests,
        "workers_killed": disturbance.killed_workers,
        "store_out_s": round(ended - began, 1),
        "sent_again_on_another_connection": seen.sent_again,
        "errors_while_the_store_was_out": sum(began <= error.ended and error.left < ended for error in seen.errors),
        "recovered_after_s": round(max(after, default=0.0), 2),
        "errors_elsewhere": len(elsewhere),
        "errors_elsewhere_in_second": dict(
            Counter(f"{error.left:.0f}: {error.kind}" for error in sorted(elsewhere, key=lambda error: error.left))
        ),
        "redis_out_from_second": round(disturbance.redis_out[0]),
        "errors": seen.kinds(),
        "ms_outside_the_outage": seen.milliseconds([(began, ended + _RECOVERY_S)]),
        "profiles_checked": seen.checked,
        "profiles_stale": seen.stale,
        "profiles_foreign": seen.foreign,
    }, buyers


async def kept(database: Database, buyers: list[Guest]) -> dict[str, int]:
    """The outcome of the acknowledged orders: missing ones, and guests whose totals disagree with their orders."""
    numbers = [guest.number for guest in buyers]
    rows = {row["number"]: row for row in await database.read("bench/orders", numbers=numbers)}
    acknowledged = {guest.number: {f"{guest.id}-{n}" for n in range(1, guest.acknowledged + 1)} for guest in buyers}
    return {
        "orders_acknowledged": sum(map(len, acknowledged.values())),
        "orders_lost": sum(len(ids - set(rows[number]["orders"])) for number, ids in acknowledged.items()),
        "orders_twice": sum(len(row["orders"]) - len(set(row["orders"])) for row in rows.values()),
        "guests_with_other_totals": sum(row["visits"] != len(row["orders"]) for row in rows.values()),
    }
