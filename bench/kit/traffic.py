"""Guests that read and buy at a steady rate; each answer is compared with what was acknowledged before its request.

One request in five is an order, the others read profiles. A caller acts like a load balancer or a client library: a
request whose connection breaks is sent again at once on a new connection. A refused order is not sent again at once:
the guest's next order is the same order.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from bench.kit.load_generator import exchange, post
from bench.kit.stream import percentile

SOURCE = "faults"
ORDERS_IN = 5
"""One request in so many is an order."""

_NEWEST = "transactions(first: 3) { edges { node { orderId } } }"
_READS = [
    f"query Read($n: String!) {{ customer(by: {{customerNumber: $n}}) {{ number {_NEWEST} {more} }} }}"
    for more in (
        "rfm { visits }",
        "tier loyaltyBalance { points } lifetimeSpend { amount currency }",
        "linkedIdentities { source kind identifiers { type display } }",
        "lastVisits { at store { name brand { name } } }",
    )
]
_LINES = 48
_ANSWER_WITHIN_S = 10.0
_STALE_TURN_S = 2.0
_TRIES = 3


@dataclass(slots=True)
class Guest:
    """`acknowledged`: how many orders are, which is the number of the newest; `buying`: an order is being sent."""

    id: str
    number: str
    acknowledged: int = 0
    buying: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """A request without a usable answer: its due time, and when it failed."""

    left: float
    ended: float
    kind: str


@dataclass(slots=True)
class Seen:
    """The results of the callers. Times are seconds since the start; `bought` has orders, and when each was
    acknowledged, in seconds since 1970."""

    requests: int = 0
    checked: int = 0
    stale: int = 0
    foreign: int = 0
    sent_again: int = 0
    bought: dict[str, float] = field(default_factory=dict[str, float])
    errors: list[Failed] = field(default_factory=list[Failed])
    latencies: list[tuple[float, float]] = field(default_factory=list[tuple[float, float]])

    def kinds(self) -> dict[str, int]:
        return dict(Counter(error.kind for error in self.errors))

    def milliseconds(self, outside: Sequence[tuple[float, float]]) -> dict[str, float]:
        """Percentiles of the requests that were sent outside of these spans."""
        kept = [took for at, took in self.latencies if not any(start <= at < end for start, end in outside)]
        return {f"p{share}": round(1000 * percentile(kept, share / 100), 1) for share in (50, 90, 99)}


def order(guest: str, number: int) -> dict[str, Any]:
    """The guest's nth order, later than the one before it."""
    day, minute = divmod(number, 1_440)
    return {
        "type": "order.completed",
        "messageId": f"{guest}-{number}",
        "source": SOURCE,
        "at": f"2026-{1 + day // 28:02}-{1 + day % 28:02}T{minute // 60:02}:{minute % 60:02}:00Z",
        "brand": "forno-nine",
        "subject": {"id": guest},
        "order": {
            "id": f"{guest}-{number}",
            "store": "faults-store",
            "channel": "web",
            "currency": "USD",
            "total": "10.00",
        },
    }


class Traffic:
    """Callers of one address. Failures are counted in `seen`, not raised."""

    def __init__(self, host: str, port: int, key: str, guests: Sequence[Guest], seed: int = 3) -> None:
        self.seen = Seen()
        self._where = (host, port)
        self._headers = {"Authorization": f"Bearer {key}"}
        self._guests = guests
        self._rng = random.Random(seed)
        self._started = 0.0

    async def run(self, seconds: float, rate: float | None) -> Seen:
        """`rate` requests a second, each leaving on time; None: as fast as answers come, on a third of the lines."""
        self._started = time.perf_counter()
        due: asyncio.Queue[float] = asyncio.Queue()
        over = asyncio.Event()

        async def clock() -> None:
            if rate is None:
                await asyncio.sleep(seconds)
            else:
                for number in range(int(seconds * rate)):
                    leaves = self._started + number / rate
                    await asyncio.sleep(max(0.0, leaves - time.perf_counter()))
                    due.put_nowait(leaves)
            over.set()
            for _ in range(_LINES):
                due.put_nowait(0.0)

        async def paced(line: Line) -> None:
            while leaves := await due.get():
                if time.perf_counter() - leaves > _STALE_TURN_S:
                    self._failed(leaves, "not sent: all lines waited")
                else:
                    await self._turn(line, leaves)

        async def closed(line: Line) -> None:
            while not over.is_set():
                await self._turn(line, time.perf_counter())

        lines = [Line(*self._where) for _ in range(_LINES if rate else _LINES // 3)]
        try:
            await asyncio.gather(clock(), *((closed if rate is None else paced)(line) for line in lines))
        finally:
            for line in lines:
                line.close()
        return self.seen

    async def _turn(self, line: Line, leaves: float) -> None:
        guest = self._rng.choice(self._guests)
        seen = self.seen
        seen.requests += 1
        try:
            if self._rng.randrange(ORDERS_IN) == 0 and not guest.buying:
                await self._buy(line, guest)
            else:
                await self._read(line, guest)
        except _Refused as error:
            self._failed(leaves, str(error))
        else:
            seen.latencies.append((leaves - self._started, time.perf_counter() - leaves))

    def _failed(self, leaves: float, kind: str) -> None:
        self.seen.errors.append(Failed(leaves - self._started, time.perf_counter() - self._started, kind))

    async def _buy(self, line: Line, guest: Guest) -> None:
        guest.buying = True
        try:
            number = guest.acknowledged + 1
            answer = await self._ask(line, "/v1/events", order(guest.id, number))
            if answer["accepted"] + answer["duplicates"] != 1:
                raise _Refused("an order was refused")
            guest.acknowledged = number
            self.seen.bought[f"{guest.id}-{number}"] = time.time()
        finally:
            guest.buying = False

    async def _read(self, line: Line, guest: Guest) -> None:
        least = guest.acknowledged
        document = {"query": self._rng.choice(_READS), "variables": {"n": guest.number}}
        answer = await self._ask(line, "/graphql", document)
        if "errors" in answer:
            raise _Refused(f"read: {answer['errors'][0]['extensions']['code']}")
        customer = answer["data"]["customer"]
        orders = [edge["node"]["orderId"].rsplit("-", 1) for edge in customer["transactions"]["edges"]]
        self.seen.checked += 1
        self.seen.foreign += customer["number"] != guest.number or any(owner != guest.id for owner, _ in orders)
        self.seen.stale += max((int(number) for _, number in orders), default=0) < least

    async def _ask(self, line: Line, path: str, body: dict[str, Any]) -> Any:
        request = post(path, orjson.dumps(body), self._headers)
        for left in reversed(range(_TRIES)):
            try:
                async with asyncio.timeout(_ANSWER_WITHIN_S):
                    status, answer = await line.ask(request)
            except TimeoutError:
                line.close()
                raise _Refused("no answer in ten seconds") from None
            except (OSError, EOFError):
                line.close()
                if not left:
                    raise _Refused("the connection broke three times") from None
                self.seen.sent_again += 1
                continue
            if status != 200:
                raise _Refused(f"{path} answered {status}")
            return orjson.loads(answer)


class _Refused(Exception):
    """There was no usable answer."""


class Line:
    """One keep-alive connection, opened when it is needed."""

    def __init__(self, host: str, port: int) -> None:
        self._where = (host, port)
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer. Raises OSError or EOFError where the connection breaks."""
        if self._streams is None:
            self._streams = await asyncio.open_connection(*self._where)
        reader, writer = self._streams
        writer.write(request)
        status, body, last = await exchange(reader)
        if last:
            self.close()
        return status, body

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None
