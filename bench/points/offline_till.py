"""What one till of a simulated day lets guests use while it has no network, and how it sends that afterwards.

Most tills keep to their snapshot. A careless one gives a reward whatever the snapshot says, so guests owe points.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
import jwt

from api.loyalty.offline_requests import MAX_OFFLINE_ROWS
from loyalty.offline.offline_snapshot import card_hash

_CARELESS, _AGAIN = 0.5, 0.5


@dataclass(slots=True)
class OfflineTill:
    """A till of a store. `allowed`: the points that its snapshot lets each card use; `given`: rewards that it gave and
    has not sent yet, as the service reads them."""

    name: str
    store: str
    key: str
    snapshot: dict[str, Any] | None = None
    allowed: Counter[str] = field(default_factory=Counter[str])
    given: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    async def fetch(self, client: httpx.AsyncClient, cards: Sequence[str]) -> None:
        """Gets a snapshot for these cards. Raises HTTPError."""
        made = await self._post(client, "snapshot", {"accounts": sorted(set(cards))})
        claims = jwt.decode(made["snapshot"], options={"verify_signature": False})
        points = {card: claims["cards"].get(card_hash(made["secret"], card)) for card in cards}
        self.snapshot = made
        self.allowed = Counter({card: one["points"] for card, one in points.items() if one is not None})

    def give(self, id_: str, card: str, reward: str, price: int, rng: random.Random) -> None:
        """Gives the guest this reward, if the snapshot allows it or the till does not look."""
        if self.allowed[card] < price and rng.random() >= _CARELESS:
            return
        self.allowed[card] -= price
        self.given.append(
            {
                "id": id_,
                "till": self.name,
                "at": datetime.now(UTC).isoformat(),
                "account": card,
                "points": price,
                "reward": reward,
                "snapshot": self.snapshot and self.snapshot["id"],
            }
        )

    async def send(self, client: httpx.AsyncClient, rng: random.Random) -> list[dict[str, Any]]:
        """Sends all that was given, in any order and some of it again; gives the first answer to each. Raises
        HTTPError."""
        rng.shuffle(self.given)
        answers: list[dict[str, Any]] = []
        for start in range(0, len(self.given), MAX_OFFLINE_ROWS):
            rows = self.given[start : start + MAX_OFFLINE_ROWS]
            body = {"snapshots": [self.snapshot["snapshot"]] if self.snapshot else [], "redemptions": rows}
            first = await self._post(client, "redemptions", body)
            if rng.random() < _AGAIN:
                again = await self._post(client, "redemptions", body)
                known = [one | {"status": "KNOWN"} for one in first["redemptions"] if one["status"] != "REFUSED"]
                if known != [one for one in again["redemptions"] if one["status"] != "REFUSED"]:
                    first["redemptions"][0] |= {"status": "CHANGED"}
            answers += first["redemptions"]
        self.given.clear()
        return answers

    async def _post(self, client: httpx.AsyncClient, what: str, body: dict[str, Any]) -> dict[str, Any]:
        while True:
            answer = await client.post(
                f"/v1/loyalty/offline/{what}",
                json={"store": self.store} | body,
                headers={"Authorization": f"Bearer {self.key}"},
            )
            if answer.status_code not in (429, 503, 504):
                return answer.raise_for_status().json()
            await asyncio.sleep(0.2)
