"""A simulated day of many tills, and whether the books of that day add up to what the tills saw.

The tills speak Toast's protocol to a real service, all at once. They send checks, use offers and take some of them
back. A part of the answers is lost, so tills send again. Each till is without a network for some hours: it goes on by
a snapshot, and sends its checks and redemptions afterwards, in any order. Guests get refunds. Each hour an agent
merges guests, and takes some merges back.

What the tills saw is counted here: own points by brand, and points used by brand. What the service has is read from
its ledger. Both must be equal to the unit, and so must the service's own books.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import httpx

from bench.kit.stream import percentile, stream
from bench.points.offline_till import OfflineTill
from bench.points.till_rules import PRICES
from graph.booked_points import BookedPoints
from graph.store.database import Database
from loyalty.reports.liability import report
from loyalty.reports.verification import verify

SOURCE = "toast"
_STORES_A_BRAND = 7
_AGAIN, _LOST, _REDEEMS, _BACK, _REFUNDS = 0.1, 0.05, 0.35, 0.15, 0.04
_MERGES_AN_HOUR = 2
_SNAPSHOT = 60
"""Cards that a till asks a snapshot for, before it loses its network."""


@dataclass(slots=True)
class _Check:
    """A paid check: what the till knows of it."""

    guid: str
    brand: str
    store: str
    card: str
    total: Decimal
    at: datetime
    refunded: Decimal = Decimal(0)

    @property
    def own_points(self) -> int:
        return int(self.total - self.refunded)

    @property
    def order(self) -> str:
        return f"{self.store}/o-{self.guid}/{self.guid}"


@dataclass(slots=True)
class _Till:
    number: int
    brand: str
    store: str
    offline: range
    away: OfflineTill
    waiting: list[_Check] = field(default_factory=list[_Check])


@dataclass(slots=True)
class TillDay:
    """One day at one service. `brands`: id and name of each; each gets stores of its own for this day."""

    url: str
    key: str
    brands: Mapping[str, str]
    tills: int = 60
    hours: int = 24
    checks_an_hour: int = 4
    members: int = 1_500
    seed: int = 7
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    counts: Counter[str] = field(default_factory=Counter[str])
    checks: list[_Check] = field(default_factory=list[_Check])
    used: Counter[str] = field(default_factory=Counter[str])
    missing: Counter[str] = field(default_factory=Counter[str])
    latencies: dict[str, list[float]] = field(default_factory=lambda: defaultdict[str, list[float]](list))
    guids: Any = field(default_factory=count)
    merged: list[str] = field(default_factory=list[str])

    async def run(self, step: Callable[[int], None]) -> None:
        """Plays the day; `step` gets 1 for each hour of it. Raises SetupError, and HTTPError where a till gets an
        answer that it must not get."""
        rng = random.Random(self.seed)
        tills = [self._till(number, rng) for number in range(self.tills)]
        await stream(iter(self._reference(tills)), self.url, self.key)
        limits = httpx.Limits(max_connections=self.tills + 4, keepalive_expiry=2)
        start = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
        async with httpx.AsyncClient(base_url=self.url, timeout=60, limits=limits) as client:
            for hour in range(self.hours):
                moment = start + timedelta(hours=hour)
                async with asyncio.TaskGroup() as tasks:
                    for till in tills:
                        seed = rng.getrandbits(64)
                        tasks.create_task(self._hour(client, till, hour, moment, random.Random(seed)))
                    tasks.create_task(self._agent(client, random.Random(rng.getrandbits(64))))
                    tasks.create_task(self._refunds(client, random.Random(rng.getrandbits(64))))
                step(1)

    def _till(self, number: int, rng: random.Random) -> _Till:
        brand = sorted(self.brands)[number % len(self.brands)]
        away = rng.randrange(max(self.hours - 3, 1))
        offline = range(away, away + rng.randint(1, 3)) if self.hours > 4 else range(0)
        store = f"{brand}-till-{number % (_STORES_A_BRAND * len(self.brands))}"
        return _Till(number, brand, store, offline, OfflineTill(f"till-{number}", store, self.key))

    def _reference(self, tills: Sequence[_Till]) -> list[dict[str, Any]]:
        at = self.began.isoformat()
        stores = {till.store: till.brand for till in tills}
        envelope = {"source": "office", "at": at}
        return [
            {
                "type": "store.upserted",
                "messageId": f"day-{store}",
                "store": {"id": store, "name": store, "brand": {"id": brand, "name": self.brands[brand]}},
            }
            | envelope
            for store, brand in stores.items()
        ] + [
            {
                "type": "identify",
                "messageId": f"day-member-{number}",
                "subject": {"id": f"day-member-{number}", "identifiers": {"loyalty_card": self._card(number)}},
            }
            | envelope
            for number in range(self.members)
        ]

    def _card(self, number: int) -> str:
        return f"DAY-{self.seed:03}-{number:06}"

    def _anybody(self, rng: random.Random) -> str:
        """The card of a guest: of some much more often than of others. The first of 1,500 has one check in 40."""
        return self._card(int(self.members * rng.random() ** 2))

    def _guid(self) -> str:
        return f"{int(self.began.timestamp()):x}-{next(self.guids):x}"

    async def _hour(
        self, client: httpx.AsyncClient, till: _Till, hour: int, moment: datetime, rng: random.Random
    ) -> None:
        if hour not in till.offline and till.waiting:
            rng.shuffle(till.waiting)
            self.counts["checks sent later"] += len(till.waiting)
            for check in till.waiting:
                await self._accrue(client, check, rng)
            till.waiting.clear()
            await self._later(client, till, rng)
        if hour + 1 in till.offline and hour not in till.offline:
            await till.away.fetch(client, [self._anybody(rng) for _ in range(_SNAPSHOT)])
        for _ in range(self.checks_an_hour):
            card = self._anybody(rng)
            total = Decimal(rng.randrange(300, 9_000)) / 100
            at = moment + timedelta(seconds=rng.randrange(3_600))
            check = _Check(self._guid(), till.brand, till.store, card, total, at)
            if hour in till.offline:
                till.waiting.append(check)
                if rng.random() < _REDEEMS:
                    till.away.give(check.guid, card, "coffee", PRICES["coffee"], rng)
                continue
            if rng.random() < _REDEEMS:
                await self._offers(client, check, rng)
            await self._accrue(client, check, rng)
        if hour == self.hours - 1:
            for check in till.waiting:
                await self._accrue(client, check, rng)
            await self._later(client, till, rng)

    async def _later(self, client: httpx.AsyncClient, till: _Till, rng: random.Random) -> None:
        """Sends what was given without a network."""
        for answer in await till.away.send(client, rng):
            self.counts[
                "offers used without a network" if answer["status"] == "BOOKED" else "answers that changed"
            ] += 1
            self.used[till.brand] += answer["points"]
            if answer["missing"]:
                self.missing[answer["owner"].lower()] += answer["missing"]

    async def _accrue(self, client: httpx.AsyncClient, check: _Check, rng: random.Random) -> None:
        """Sends a check until it is answered: under a new GUID each time, as Toast's tills do."""
        body = self._about(check)
        if rng.random() < _LOST:
            await self._lost(client, check, "ACCRUE", self._guid(), body, rng)
        for _ in range(2 if rng.random() < _AGAIN else 1):
            await self._ask(client, check, "ACCRUE", self._guid(), checkTransactionInformation=body)
        self.counts["checks"] += 1
        self.checks.append(check)

    async def _offers(self, client: httpx.AsyncClient, check: _Check, rng: random.Random) -> None:
        """Asks what the guest can have, uses one of it, and sometimes takes it back."""
        answer = await self._ask(client, check, "INQUIRE", self._guid(), checkTransactionInformation=self._about(check))
        offers = [offer["identifier"] for offer in answer["checkResponse"]["offers"] if offer["identifier"] in PRICES]
        if not offers:
            return
        offer, guid = rng.choice(offers), self._guid()
        body = self._about(check) | {"redemptions": [{"identifier": offer, "appliedDiscountGuid": guid, "quantity": 1}]}
        if rng.random() < _LOST:
            await self._lost(client, check, "REDEEM", guid, body, rng)
        answers = [
            await self._ask(client, check, "REDEEM", guid, checkTransactionInformation=body)
            for _ in range(2 if rng.random() < _AGAIN else 1)
        ]
        rejected = [bool(one["checkResponse"]["rejectedRedemptions"]) for one in answers]
        if len(set(rejected)) > 1:
            self.counts["answers that changed"] += 1
        if rejected[0]:
            self.counts["offers refused"] += 1
            return
        self.counts["offers used"] += 1
        if rng.random() < _BACK:
            said = {"loyaltyIdentifier": check.card, "transactionId": guid}
            await self._ask(client, check, "REVERSE", self._guid(), reverseTransactionInformation=said)
            self.counts["offers taken back"] += 1
        else:
            self.used[check.brand] += PRICES[offer]

    def _about(self, check: _Check) -> dict[str, Any]:
        return {
            "loyaltyIdentifier": check.card,
            "orderGuid": f"o-{check.guid}",
            "check": {
                "guid": check.guid,
                "totalAmount": float(check.total),
                "paidDate": f"{check.at:%Y-%m-%dT%H:%M:%S}.000+0000",
                "payments": [{"guid": f"p-{check.guid}", "type": "CREDIT", "amount": float(check.total)}],
            },
            "redemptions": [],
        }

    async def _ask(
        self, client: httpx.AsyncClient, check: _Check, verb: str, guid: str, **information: Any
    ) -> dict[str, Any]:
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Toast-Restaurant-External-ID": check.store,
            "Toast-Transaction-GUID": guid,
            "Toast-Transaction-Type": f"LOYALTY_{verb}",
        }
        while True:
            sent, body = time.perf_counter(), {"toastTransactionType": f"LOYALTY_{verb}"} | information
            try:
                answer = await client.post("/v1/loyalty/toast", json=body, headers=headers)
            except httpx.TransportError:  # a kept connection that the service ends at this moment
                self.counts["connections lost"] += 1
                continue
            if answer.status_code not in (429, 503, 504):
                answer.raise_for_status()
                self.latencies[verb].append(time.perf_counter() - sent)
                return answer.json()
            self.counts["asked again, as the service was busy"] += 1
            await asyncio.sleep(0.2)

    async def _lost(
        self,
        client: httpx.AsyncClient,
        check: _Check,
        verb: str,
        guid: str,
        body: dict[str, Any],
        rng: random.Random,
    ) -> None:
        """A request whose answer the till never sees: the connection ends somewhere on the way."""
        self.counts["answers lost"] += 1
        asking = asyncio.create_task(self._ask(client, check, verb, guid, checkTransactionInformation=body))
        await asyncio.sleep(rng.random() * 0.05)
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)

    async def _refunds(self, client: httpx.AsyncClient, rng: random.Random) -> None:
        """Gives back a part of some checks that were sent before this hour."""
        for check in [one for one in self.checks if not one.refunded and rng.random() < _REFUNDS]:
            check.refunded = min(check.total, Decimal(rng.randrange(100, 5_000)) / 100)
            refund = {"id": f"r-{check.guid}", "order": check.order, "currency": "USD", "amount": str(check.refunded)}
            event = {
                "type": "order.refunded",
                "messageId": f"r-{check.guid}",
                "source": SOURCE,
                "at": datetime.now(UTC).isoformat(),
                "brand": check.brand,
                "refund": refund,
            }
            answer = await client.post(
                "/v1/events", json={"events": [event]}, headers={"Authorization": f"Bearer {self.key}"}
            )
            answer.raise_for_status()
            self.counts["refunds"] += answer.json()["accepted"]

    async def _agent(self, client: httpx.AsyncClient, rng: random.Random) -> None:
        """Merges guests; about half of these merges are taken back in the next hour."""
        for decision in self.merged:
            if rng.random() < 0.5:
                undo = 'mutation($id: ID!) { done: decisionUndo(id: $id, signature: {reason: "not the same"}) '
                await self._decide(client, undo, id=decision)
                self.counts["merges taken back"] += 1
        self.merged.clear()
        for _ in range(_MERGES_AN_HOUR):
            pair = [self._anybody(rng) for _ in range(2)]
            numbers = sorted({await self._number(client, card) for card in pair})
            if len(numbers) < 2:
                continue
            merge = (
                "mutation($numbers: [String!]!) { done: customerMerge(customers: $numbers, "
                'signature: {reason: "one guest with two cards"}) '
            )
            if decision := await self._decide(client, merge, numbers=numbers):
                self.merged.append(decision)
                self.counts["merges"] += 1

    async def _number(self, client: httpx.AsyncClient, card: str) -> str:
        query = "query($card: String!) { customer(by: {card: $card}) { number } }"
        return (await self._graphql(client, query, card=card))["customer"]["number"]

    async def _decide(self, client: httpx.AsyncClient, mutation: str, **variables: Any) -> str | None:
        answer = await self._graphql(client, mutation + "{ decisionId userErrors { code } } }", **variables)
        return answer["done"]["decisionId"]

    async def _graphql(self, client: httpx.AsyncClient, document: str, **variables: Any) -> dict[str, Any]:
        answer = await client.post(
            "/graphql",
            json={"query": document, "variables": variables},
            headers={"Authorization": f"Bearer {self.key}"},
        )
        return answer.raise_for_status().json()["data"]

    async def audited(self, database: Database) -> dict[str, Any]:
        """What the tills saw beside what the service has, once all bonuses are booked. Raises Unavailable."""
        while (await database.read("bonuses/pending", start="", size=1))[0]["numbers"]:  # noqa: ASYNC110 (the service)
            await asyncio.sleep(0.2)
        booked, now = BookedPoints(database), datetime.now(UTC)
        books = await verify(booked, lambda _: None)
        span = (self.began.isoformat(), (now + timedelta(seconds=5)).isoformat())
        found = await report(booked, now, span, lambda _: None)
        own = Counter[str]()
        for check in self.checks:
            own[check.brand] += check.own_points
        in_ledger = {row["brand"]: row["points"] for row in await database.read("bench/order_points", source=SOURCE)}
        used = Counter[str]()
        for _, brand, points in found.settlement:
            used[brand or ""] += points
        differences = sum(own[brand] != in_ledger.get(brand, 0) for brand in {*own, *in_ledger})
        differences += sum(self.used[brand] != used[brand] for brand in {*self.used, *used})
        missing = Counter[str]()
        for one in found.offline:
            if one.owner is not None:
                missing[one.owner] += one.missing
        differences += +missing != +self.missing
        return {
            "own_points": {brand: [own[brand], in_ledger.get(brand, 0)] for brand in sorted(own)},
            "points_used": {brand: [self.used[brand], used[brand]] for brand in sorted(self.used)},
            "missing_at_offline_tills": {owner: [self.missing[owner], missing[owner]] for owner in sorted(missing)},
            "bonus_points": -found.accounts.get("bonus", 0),
            "guests_have": found.in_hand + found.held + found.expired - found.owed,
            "settlement": [list(row) for row in found.settlement],
            "accounts_together": sum(found.accounts.values()),
            "adds_up": not differences and books.balanced and found.adds_up and not self.counts["answers that changed"],
        }

    def figures(self) -> dict[str, Any]:
        """What happened, and how long answers took (milliseconds)."""
        return {
            "tills": self.tills,
            "hours": self.hours,
            **{name: self.counts[name] for name in sorted(self.counts)},
            "latency_ms": {
                verb: {f"p{share}": round(1000 * percentile(values, share / 100), 1) for share in (50, 99)}
                | {"requests": len(values)}
                for verb, values in sorted(self.latencies.items())
            },
        }
