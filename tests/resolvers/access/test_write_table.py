"""What a limited key can change of others: every cell of the table is tried, and all that others have is compared."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from itertools import count
from typing import Any

import httpx
import pytest

from api.app import create_app
from domain.events import CROSS_BRAND
from graph.local import Running
from ingest.intake import open_intake
from ingest.parse import event_types
from resolvers.access.caller import CONSENT_GRANT, EVENT_WRITE, GROUP_READ, IDENTITY_CLAIM, PROFILE_READ, Caller
from resolvers.access.write_table import WRITES, Outcome, WriteRule
from tests.kit.building import settings_of
from tests.kit.memory import MemoryStore
from tests.kit.story import Story, event, order, person, refund, told

pytestmark = pytest.mark.neo4j

PHONE = "+12125550188"
GUEST = {"identifiers": {"phone": PHONE}}
SENDS = frozenset((EVENT_WRITE, IDENTITY_CLAIM, CONSENT_GRANT))
BURGER = frozenset({"burger"})
KEYS = {
    "brand": Caller("brand", SENDS, brands=BURGER, sources=frozenset({"till", "mine"})),
    "source": Caller("source", SENDS, sources=frozenset({"mine"})),
    "store": Caller(
        "store", SENDS, brands=BURGER, sources=frozenset({"till", "mine"}), stores=frozenset({"s-3"})
    ),
}  # fmt: skip
HOME = {"brand": ("till", "s-2"), "source": ("mine", "s-9"), "store": ("till", "s-3")}
"""The source and store by which each key sends."""
OTHERS = {"brand": "theirs", "source": "theirs", "store": "ours"}
"""The order that is outside each key's limit: of brand pasta at s-1, or of brand burger at s-2."""
SHOWN = """query($number: String!) {
  stores(first: 50) { edges { node { code name brand { code name } } } }
  customer(by: {customerNumber: $number}) {
    name goldenRecord { field value }
    transactions(first: 50) { edges { node {
      orderId status brand { code } store { code name } total { amount } refunded { amount } lines { name } } } } } }"""
numbers = count(1)
days = count(10)


class Told:
    """The story's store behind HTTP, and what others have in it."""

    def __init__(self, story: Story, client: httpx.AsyncClient) -> None:
        self.story, self.client = story, client

    async def sent(self, limit: str, raw: dict[str, Any]) -> bool:
        answer = await self.client.post("/v1/events", json=[raw], headers={"authorization": f"Bearer {limit}"})
        content = answer.json()
        assert (answer.status_code, content["accepted"] + len(content["refused"])) == (200, 1), content
        return content["accepted"] == 1

    async def others(self) -> list[Any]:
        """What brand pasta shows of the guest and its order, all places, and which of the guest's orders brand burger
        shows. What pasta sees of burger's is burger's to open."""
        pasta, burger = [await self.shown(brand) for brand in ("pasta", "burger")]
        orders = [[row["node"] for row in each["customer"].pop("transactions")["edges"]] for each in (pasta, burger)]
        theirs = [order for order in orders[0] if order["orderId"] == "theirs"]
        return [pasta, theirs, [order for order in orders[1] if order["orderId"] in OTHERS.values()]]

    async def shown(self, brand: str) -> dict[str, Any]:
        caller = Caller(brand, frozenset((GROUP_READ, PROFILE_READ)), brands=frozenset({brand}))
        result = await self.story.run(SHOWN, caller, {"number": self.number})
        assert result.errors is None, result.errors
        assert result.data is not None
        return result.data

    number = ""


@pytest.fixture(scope="module")
async def world(neo4j_server: Running) -> AsyncGenerator[Told]:
    async with told(neo4j_server) as story, open_intake(story.committer, story.reader, settings_of()) as intake:

        class Keys:
            async def caller(self, text: str) -> Caller | None:
                return KEYS.get(text)

        app = create_app(
            story.settings, parts=story.parts, sink=intake, quarantine=MemoryStore(), api_key="x", tokens=Keys()
        )
        guest = person("Gerda", "Gold", phone=PHONE)
        await story.take(
            order("05T12:00", "theirs", "pasta", "20.00", guest, lines=[{"product": "p-1", "amount": "20.00"}]),
            order("06T12:00", "ours", "burger", "30.00", guest),
            order("06T13:00", "at-the-third", "burger", "1.00", guest, store="s-3"),
            order("06T14:00", "elsewhere", "burger", "1.00", person(), store="s-9"),
            refund("07T12:00", "r-theirs", "theirs", "1.00"),
            refund("07T12:00", "r-ours", "ours", "1.00"),
        )
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://regulars") as client:
            world = Told(story, client)
            world.number = await story.number(phone=PHONE)
            yield world


def described(code: str, brand: str, name: str = "Renamed", brand_name: str = "") -> dict[str, Any]:
    """A store in a brand's name; the brand keeps the name that it has."""
    names = {"pasta": "Pasta Bar", "burger": "Burger Yard"}
    return {"id": code, "name": name, "brand": {"id": brand, "name": brand_name or names[brand]}}


def sale(type_: str, limit: str, **changes: Any) -> dict[str, Any]:
    source, store = HOME[limit]
    content = {"id": f"new-{next(numbers)}", "store": store, "channel": "web", "currency": "USD", "total": "0.01"}
    brand, subject = changes.pop("brand", "burger"), changes.pop("subject", {})
    source = changes.pop("source", source)
    return event(type_, source, "28T12:00", brand=brand, subject=subject, order=content | changes)


def money_back(limit: str, of: str, id_: str) -> dict[str, Any]:
    content = {"id": id_, "order": of, "currency": "USD", "amount": "9.00"}
    return event("order.refunded", HOME[limit][0], "28T12:00", refund=content)


def answer(limit: str, *, granted: bool = True, **more: Any) -> dict[str, Any]:
    content = {"purpose": CROSS_BRAND, "granted": granted}
    return event("consent.changed", HOME[limit][0], f"{next(days):02}T12:00", subject=GUEST, consent=content, **more)


_ORDER = {"id": "x", "store": "s-3", "channel": "web", "currency": "USD", "total": "1"}
CONTENT: dict[str, dict[str, Any]] = {
    "identify": {},
    "alias": {"previous": {"identifiers": {"device_id": "d-1"}}},
    "track": {"name": "x"},
    "page": {"name": "x"},
    "order.placed": {"brand": "burger", "order": _ORDER},
    "order.completed": {"brand": "burger", "order": _ORDER},
    "order.refunded": {"refund": {"id": "x", "order": "x", "currency": "USD", "amount": "1"}},
    "consent.changed": {"consent": {"purpose": "sms", "granted": True}},
}  # fmt: skip
NAMED = {"identifiers": {"phone": PHONE}, "traits": {"givenName": "Gerda", "familyName": "Grey"}}
TRIED: dict[str, Callable[[str, str], dict[str, Any]]] = {
    "a record of another source, by its id": lambda type_, _: event(
        type_, "office", "28T12:00", subject={"id": "web-1"}, **CONTENT[type_]
    ),
    "what other brands show of the guest": lambda type_, limit: event(
        type_, HOME[limit][0], "28T12:00", subject=NAMED, brand="burger", **CONTENT[type_]
    ),
    "contact with another brand": lambda type_, limit: event(
        type_, HOME[limit][0], "28T12:00", subject={"id": "else"}, brand="pasta", name="x"
    ),
    "an order in another's name": lambda type_, limit: sale(
        type_, limit, **{"brand": {"brand": "pasta"}, "source": {"source": "till"}, "store": {"store": "s-2"}}[limit]
    ),
    "another's order, by its id": lambda type_, limit: sale(type_, limit, id=OTHERS[limit], subject={"id": "thief"}),
    "the brand of another's store": lambda type_, limit: sale(type_, limit, store="s-1"),
    "the name of a product": lambda type_, limit: sale(
        type_, limit, lines=[{"product": "p-1", "name": "Renamed", "amount": "0.01"}]
    ),
    "another's order": lambda _, limit: money_back(limit, OTHERS[limit], f"r-{next(numbers)}"),
    "another's refund, by its id": lambda _, limit: money_back(limit, OTHERS[limit], f"r-{OTHERS[limit]}"),
    "what its own grant opens of other brands": lambda _, limit: answer(limit, brand="burger"),
    "what a grant for another brand opens": lambda _, limit: answer(limit, brand="pasta"),
    "what a grant for all brands opens": lambda _, limit: answer(limit),
    "a grant, by a refusal": lambda _, limit: answer(limit, granted=False, brand="burger"),
    "a store in another brand's name": lambda _, limit: event(
        "store.upserted", HOME[limit][0], "28T12:00", store=described("s-1", "pasta")
    ),
    "another's store, in its own brand's name": lambda _, limit: event(
        "store.upserted", HOME[limit][0], "28T12:00", store=described("s-1", "burger")
    ),
    "the name of its own brand": lambda _, limit: event(
        "store.upserted", HOME[limit][0], "28T12:00", store=described("s-3", "burger", brand_name=f"By {limit}")
    ),
    "a product": lambda _, limit: event(
        "product.upserted", HOME[limit][0], "28T12:00", product={"id": "p-1", "name": f"By {limit}"}
    ),
}  # fmt: skip


def test_every_event_type_has_its_rows() -> None:
    assert {rule.event for rule in WRITES} == set(event_types())
    assert {rule.thing for rule in WRITES} == TRIED.keys()


@pytest.mark.parametrize("limit", KEYS)
@pytest.mark.parametrize("rule", WRITES, ids=lambda rule: f"{rule.event}: {rule.thing}")
async def test_every_cell(world: Told, rule: WriteRule, limit: str) -> None:
    expected: Outcome = getattr(rule, limit)
    before = await world.others()
    sent = await world.sent(limit, TRIED[rule.thing](rule.event, limit))
    assert sent == (expected is not Outcome.REFUSED)
    if expected is not Outcome.CHANGED:
        assert await world.others() == before
