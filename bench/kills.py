"""Kills at random under load, and then the loss of the store's disk: what was acknowledged, and what a restore has."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import psutil

from bench.kit.children import environment
from bench.kit.load_generator import post
from bench.kit.traffic import SOURCE, Guest, Line, Traffic
from domain.errors import SetupError
from domain.settings import Settings
from graph.local import LocalNeo4j
from graph.store.database import Database

_REFUSE_EVERY_S = 0.2
_WORKERS_SHARE = 0.7
"""The share of the kills that meet a worker; the others meet the store."""
_KILLED_WHILE_STARTING = 0.5
"""The share of the store's kills after which it is killed once more before it has started."""
_FIRST_SECONDS = 4.0
_ORDERS_BETWEEN = 5
_SERVES_WITHIN_S = 60.0
_AS_LONG_AS_IT_TAKES_S = 24 * 3600.0
BEFORE_THE_LOSS_S = 100.0
"""Seconds of load before the disk is lost: more than the journal may be behind."""


@dataclass(slots=True)
class Killer:
    """Kills workers and the store at random until there were `wanted`. The store is started again at once.
    `acknowledged`: how many orders are."""

    store: LocalNeo4j
    service: psutil.Process
    wanted: int
    seed: int
    acknowledged: Callable[[], int]
    of_workers: int = 0
    of_the_store: int = 0
    while_starting: int = 0
    not_served: int = 0
    rng: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)

    async def run(self) -> None:
        while self.done < self.wanted:
            await self._served()
            await asyncio.sleep(self.rng.uniform(0.0, 4.0))
            if self.rng.random() < _WORKERS_SHARE:
                self._kill_worker()
            else:
                await self._kill_store()

    @property
    def done(self) -> int:
        return self.of_workers + self.of_the_store + self.while_starting

    async def _served(self) -> None:
        """Waits until orders are acknowledged again, or the kills would only meet a service that is down."""
        before, deadline = self.acknowledged(), time.monotonic() + _SERVES_WITHIN_S
        while self.acknowledged() < before + _ORDERS_BETWEEN:
            if time.monotonic() > deadline:
                self.not_served += 1
                return
            await asyncio.sleep(0.1)

    def figures(self) -> dict[str, int]:
        return {
            "workers_killed": self.of_workers,
            "store_killed": self.of_the_store,
            "store_killed_while_starting": self.while_starting,
            "no_order_between_two_kills": self.not_served,
        }

    def _kill_worker(self) -> None:
        """Any of them: one that has just begun too."""
        if workers := self.service.children():
            self.rng.choice(workers).send_signal(signal.SIGKILL)
            self.of_workers += 1

    async def _kill_store(self) -> None:
        _kill(self.store)
        self.of_the_store += 1
        if self.done < self.wanted and self.rng.random() < _KILLED_WHILE_STARTING:
            start = asyncio.create_task(asyncio.to_thread(self.store.start))
            await asyncio.sleep(self.rng.uniform(0.2, _FIRST_SECONDS))
            self.while_starting += _kill(self.store)
            with suppress(SetupError):  # it says that the server died
                await start
        await asyncio.to_thread(self.store.start)


def _kill(store: LocalNeo4j) -> bool:
    """Whether there was a server to kill."""
    running = store.status()
    if running is None:
        return False
    process = psutil.Process(running.pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    return True


@dataclass(slots=True)
class Refusals:
    """One guest after another refuses a purpose, then another one; what has no answer is sent until it has one."""

    config: Settings
    key: str
    guests: list[Guest]
    acknowledged: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """Customer number and purpose."""
    turn: int = 0

    async def run(self) -> None:
        line = Line(self.config.host, self.config.port)
        while True:
            guest, purpose = self.guests[self.turn % len(self.guests)], f"purpose-{self.turn // len(self.guests)}"
            while not await self._refused(line, guest, purpose):
                line.close()
                await asyncio.sleep(0.3)
            self.acknowledged.add((guest.number, purpose))
            self.turn += 1
            await asyncio.sleep(_REFUSE_EVERY_S)

    async def _refused(self, line: Line, guest: Guest, purpose: str) -> bool:
        event = {
            "type": "consent.changed",
            "messageId": f"{guest.id}-{purpose}",
            "source": SOURCE,
            "at": "2026-11-01T12:00:00Z",
            "subject": {"id": guest.id},
            "consent": {"purpose": purpose, "granted": False},
        }
        request = post("/v1/events", orjson.dumps(event), {"Authorization": f"Bearer {self.key}"})
        try:
            async with asyncio.timeout(10):
                status, answer = await line.ask(request)
        except (OSError, EOFError, TimeoutError):
            return False
        taken = orjson.loads(answer) if status == 200 else {}
        return taken.get("accepted", 0) + taken.get("duplicates", 0) == 1


async def forgotten(database: Database, refusals: Refusals) -> int:
    """How many acknowledged refusals the store does not hold."""
    numbers = sorted({number for number, _ in refusals.acknowledged})
    rows = await database.read("bench/consents", numbers=numbers)
    consents = {row["number"]: orjson.loads(row["consents"] or "{}") for row in rows}
    return sum(consents.get(number, {}).get(purpose, [True])[0] for number, purpose in refusals.acknowledged)


async def missing(database: Database, guests: list[Guest], bought: dict[str, float], at: float) -> dict[str, Any]:
    """The acknowledged orders that a restored store lacks, and how long before the loss (seconds since 1970) the oldest
    one was acknowledged."""
    rows = await database.read("bench/orders", numbers=[guest.number for guest in guests])
    held = [order for row in rows for order in row["orders"]]
    gone = [acknowledged for order, acknowledged in bought.items() if order not in set(held)]
    return {
        "orders_acknowledged": len(bought),
        "orders_lost": len(gone),
        "oldest_lost_order_was_acknowledged_s_before": round(at - min(gone), 1) if gone else 0.0,
        "orders_twice": len(held) - len(set(held)),
    }


def command(arguments: list[str | Path], settings: Settings) -> float:
    """Runs a `regulars` command under these settings; its seconds. Raises SetupError where it fails."""
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "cli.main", *map(str, arguments)],
        env=environment(settings),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-1_000:]
        raise SetupError(f"`regulars {arguments[0]}` ended with {done.returncode}: {said}")
    return time.perf_counter() - started


def kill_all(service: psutil.Process, store: LocalNeo4j) -> float:
    """Ends the service and the store as a power cut does; when, in seconds since 1970."""
    processes = [service, *service.children(recursive=True)]
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            os.kill(process.pid, signal.SIGKILL)
    at = time.time()
    _kill(store)
    return at


async def while_loaded(calls: Traffic, refusals: Refusals, rate: float, until: Awaitable[None]) -> None:
    """Guests buy, read and refuse until `until` is over."""
    load: list[asyncio.Task[Any]] = [
        asyncio.create_task(calls.run(_AS_LONG_AS_IT_TAKES_S, rate)),
        asyncio.create_task(refusals.run()),
    ]
    try:
        await until
    finally:
        for task in load:
            task.cancel()
        await asyncio.gather(*load, return_exceptions=True)
