"""Tills that speak Toast's protocol to the whole service over a story's store, and checks as they send them."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

import httpx

from api.app import create_app
from domain.settings import Settings
from ingest.intake import open_intake
from resolvers.access.caller import Caller
from resolvers.access.roles import ROLES
from tests.kit.building import settings_of
from tests.kit.memory import MemoryStore
from tests.kit.story import Story

KEY = "rg_everything"
TILL = ROLES["till"].scopes
_guids = count(1)
NOBODY: Mapping[str, Caller] = {}
Answer = tuple[int, dict[str, Any]]


@dataclass(frozen=True)
class Keys:
    """Callers by their key."""

    by_key: Mapping[str, Caller]

    async def caller(self, text: str) -> Caller | None:
        return self.by_key.get(text)


@dataclass(frozen=True)
class ToastTill:
    """A till of one restaurant. Each method gives the HTTP status and the body."""

    client: httpx.AsyncClient
    restaurant: str = "s-1"
    key: str = KEY

    async def send(self, verb: str, guid: str | None = None, headers: Any = None, /, **information: Any) -> Answer:
        sent = {
            "authorization": f"Bearer {self.key}",
            "toast-restaurant-external-id": self.restaurant,
            "toast-transaction-guid": guid or next_guid(),
            "toast-transaction-type": f"LOYALTY_{verb}",
        } | (headers or {})
        body = {"toastTransactionType": f"LOYALTY_{verb}", "aFieldOfTomorrow": {"x": [1]}} | information
        answer = await self.client.post("/v1/loyalty/toast", json=body, headers=sent)
        return answer.status_code, answer.json()

    async def search(self, **criteria: str) -> Answer:
        return await self.send("SEARCH", searchTransactionInformation={"searchCriteria": criteria})

    async def account(self, **criteria: str) -> str:
        """The identifier of the one account that a search finds."""
        _, found = await self.search(**criteria)
        [account] = found["searchResponse"]["accounts"]
        return account["identifier"]

    async def inquire(self, account: str, check: Any = None, *redemptions: Any) -> Answer:
        return await self.send("INQUIRE", checkTransactionInformation=asked(account, check, *redemptions))

    async def redeem(self, account: str, *redemptions: Any, guid: str | None = None, check: Any = None) -> Answer:
        return await self.send("REDEEM", guid, checkTransactionInformation=asked(account, check, *redemptions))

    async def accrue(self, account: str | None, check: Any, guid: str | None = None) -> Answer:
        return await self.send("ACCRUE", guid, checkTransactionInformation=asked(account, check))

    async def reverse(self, account: str | None, of: str, *redemptions: Any, guid: str | None = None) -> Answer:
        said = {"loyaltyIdentifier": account, "transactionId": of}
        if redemptions:
            said["redemptions"] = list(redemptions)  # pyright: ignore[reportArgumentType]
        return await self.send("REVERSE", guid, reverseTransactionInformation=said)

    async def transfer(self, giver: str, to: str, guid: str | None = None, **more: Any) -> Answer:
        said = {"fromLoyaltyIdentifier": giver, "toLoyaltyIdentifier": to} | more
        return await self.send("TRANSFER", guid, transferTransactionInformation=said)

    async def balance(self, account: str) -> int:
        _, answer = await self.inquire(account)
        return int(answer["checkResponse"]["accountInfo"]["pointsBalance"])

    def of(self, restaurant: str | None = None, key: str | None = None) -> ToastTill:
        return replace(self, restaurant=restaurant or self.restaurant, key=key or self.key)


REWARDS: tuple[dict[str, Any], ...] = (
    {"id": "coffee", "name": "Coffee", "kind": "product", "price": 10, "value": "3.50 USD"},
    {"id": "mug", "name": "Mug", "kind": "prize", "price": 15, "value": "0.01 USD", "stock": 1},
    {
        "id": "cookie",
        "name": "Cookie",
        "kind": "product",
        "price": 0,
        "per_guest": {"most": 1, "every": "ever"},
        "channels": ["in_store"],
    },
    {"id": "fries", "name": "Fries", "kind": "product", "price": 5, "brands": ["burger"]},
)


def applied(offer: str, discount: str | None = None, quantity: int | None = None) -> dict[str, Any]:
    """An offer on a check, as a till says it."""
    return {"identifier": offer, "itemId": None, "appliedDiscountGuid": discount, "amount": 1, "quantity": quantity}


def next_guid() -> str:
    return f"{next(_guids):08x}-0000-4000-8000-a1b2c3d4e5f6"


def asked(account: str | None, check: Any, *redemptions: Any) -> dict[str, Any]:
    return {
        "loyaltyIdentifier": account,
        "orderGuid": "0a0a0a0a-0000-4000-8000-00000000000b",
        "check": check or check_of("0.00"),
        "redemptions": list(redemptions),
    }


def check_of(total: str, guid: str | None = None, **fields: Any) -> dict[str, Any]:
    """A paid check as Toast sends it: amounts are JSON numbers, and much of it is null."""
    return {
        "guid": guid or next_guid(),
        "entityType": "Check",
        "externalId": None,
        "displayNumber": "183",
        "tabName": "Ann Smith",
        "amount": float(total),
        "taxAmount": 0,
        "totalAmount": float(total),
        "voided": False,
        "deleted": False,
        "paidDate": "2026-03-22T21:16:46.767+0000",
        "deletedDate": "1970-01-01T00:00:00.000+0000",
        "payments": [{"guid": next_guid(), "type": "CREDIT", "amount": float(total), "tipAmount": 0, "refund": None}],
        "appliedDiscounts": [],
        "appliedServiceCharges": [],
        "selections": [],
        "customer": None,
    } | fields


@asynccontextmanager
async def till_at(
    story: Story,
    callers: Mapping[str, Caller] = NOBODY,
    *,
    settings: Settings | None = None,
    rewards: Sequence[Mapping[str, Any]] = (),
) -> AsyncGenerator[ToastTill]:
    """A till with the administrator's key. `callers` are others, by their key."""
    patient = story.settings.model_copy(update={"till_timeout_s": 120})  # a cold store on a busy machine
    story.add_rules(f"rewards: {json.dumps(list(rewards))}")
    async with open_intake(story.committer, story.reader, settings_of()) as intake:
        app = create_app(
            settings or patient,
            parts=story.parts,
            sink=intake,
            quarantine=MemoryStore(),
            api_key=KEY,
            tokens=Keys(callers),
        )
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://regulars", timeout=120) as client:
            yield ToastTill(client)
