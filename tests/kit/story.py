"""A few guests of two brands, told by hand and taken in by the real intake, and a way to ask about them."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson
from strawberry.types import ExecutionResult

from bench.kit.wipe import wipe
from domain.events import event_adapter
from domain.settings import Settings
from graph.local import Running
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from identity.claims import ClaimsReader
from identity.parts import IdentityParts
from loyalty.programme.programme import parse_programme
from loyalty.programme.programme_history import ProgrammeHistory
from loyalty.programme.programmes import Programmes
from matching.policy import default
from privacy.audit_log import AuditLog
from privacy.vault import Vault
from resolvers.access.audit_trail import AuditTrail
from resolvers.access.caller import ALL_SCOPES, Caller
from resolvers.context import Context
from resolvers.kit.graphql_errors import formatted
from resolvers.schema import make_schema
from tests.kit.building import PROGRAMME, PROGRAMME_FILE, committer_of

NOW = datetime(2026, 4, 1, tzinfo=UTC)
EMAIL, PHONE, CARD, DEVICE = "ann.smith@example.org", "+12125550142", "REG-4000-7788", "device-of-ann-1"
SHARED_PHONE, ANONYMOUS = "+12125550177", "device-of-nobody"
PRIVATE = (EMAIL, PHONE, "12125550142", "ann.smith", "Ann", "Smith", "REG-4000", "web-1", "1 Elm Street")

Event = dict[str, Any]
_numbers = count(1)


def event(type_: str, source: str, at: str, **content: Any) -> Event:
    """An event on a day and hour of March 2026, such as "05T12:30"."""
    return {
        "type": type_,
        "messageId": f"m-{next(_numbers)}",
        "source": source,
        "at": f"2026-03-{at}:00+01:00",
        **content,
    }


def person(given: str = "", family: str = "", *, id_: str | None = None, **identifiers: str) -> Event:
    traits = {name: value for name, value in (("givenName", given), ("familyName", family)) if value}
    return {"identifiers": identifiers, "traits": traits} | ({"id": id_} if id_ else {})


def order(at: str, id_: str, brand: str, total: str, subject: Event, **changes: Any) -> Event:
    """A completed order; brand pasta trades at s-1, burger at s-2."""
    content = {
        "id": id_,
        "store": "s-1" if brand == "pasta" else "s-2",
        "channel": "dine_in",
        "currency": "USD",
        "total": total,
    }
    type_ = changes.pop("type", "order.completed")
    return event(type_, "till", at, brand=brand, subject=subject, order=content | changes)


def refund(at: str, id_: str, of: str, amount: str) -> Event:
    return event("order.refunded", "till", at, refund={"id": id_, "order": of, "currency": "USD", "amount": amount})


ANN_AT_TILL = person("Ann", "Smith", phone=PHONE)


def reference() -> list[Event]:
    stores = [
        {"id": "s-1", "name": "Pasta Centre", "brand": {"id": "pasta", "name": "Pasta Bar"}, "city": "Rome"},
        {"id": "s-2", "name": "Burger North", "brand": {"id": "burger", "name": "Burger Yard"}},
    ]  # fmt: skip
    product = {"id": "p-1", "name": "Lasagne", "category": "mains"}
    return [
        *(event("store.upserted", "office", "01T08:00", store=store) for store in stores),
        event("product.upserted", "office", "01T08:00", product=product),
    ]


def strangers() -> list[Event]:
    """Ann before anybody knows that she is one person, and people who are not Ann."""
    lines = [
        {"product": "p-1", "quantity": "2", "amount": "18.00"},
        {"product": "p-2", "name": "Water", "amount": "2.50"},
    ]
    web = person("Ann", "Smith", id_="web-1", email=EMAIL, device_id=DEVICE)
    web["traits"]["address"] = {"line1": "1 Elm Street", "city": "New York"}
    return [
        event("identify", "web", "01T09:00", subject=web),
        event("consent.changed", "web", "01T09:05", subject=web, consent={"purpose": "sms", "granted": True}),
        order("02T12:00", "o-1", "pasta", "20.50", ANN_AT_TILL, lines=lines, terminal="t-3"),
        order("04T12:00", "o-2", "burger", "10.00", ANN_AT_TILL, channel="takeaway"),
        refund("04T13:00", "r-1", "o-2", "4.00"),
        order("08T12:00", "o-3", "pasta", "30.00", ANN_AT_TILL),
        order("09T12:00", "o-4", "burger", "12.00", ANN_AT_TILL, channel="delivery"),
        order("10T12:00", "o-5", "burger", "8.00", ANN_AT_TILL, channel="delivery"),
        refund("11T12:00", "r-2", "o-5", "8.00"),
        order("20T12:00", "o-6", "pasta", "40.00", ANN_AT_TILL),
        order("21T12:00", "o-7", "pasta", "99.00", ANN_AT_TILL, type="order.placed"),
        order("12T12:00", "o-8", "pasta", "600.00", person("Bob", "Jones", phone=SHARED_PHONE, loyalty_card="B-55501")),
        order("13T12:00", "o-9", "burger", "5.00", person("Carla", "Diaz", phone=SHARED_PHONE), channel="delivery"),
        event("page", "web", "14T12:00", name="/menu", subject=person(device_id=ANONYMOUS)),
    ]  # fmt: skip


def revelation() -> list[Event]:
    """The app knows Ann's e-mail and phone: two customers become one."""
    known = person("Ann", "Smith", id_="app-1", email=EMAIL, phone=PHONE, loyalty_card=CARD)
    return [
        event("identify", "app", "15T10:00", subject=known),
        event("consent.changed", "app", "15T10:01", subject=known, consent={"purpose": "sms", "granted": False}),
    ]


@dataclass
class Story:
    """The story in the store. `ask` runs a document as the HTTP view does, `take` takes further events in."""

    database: Database
    settings: Settings
    vault: Vault = field(default_factory=lambda: Vault(bytes(32)))

    def __post_init__(self) -> None:
        self.reader = ClaimsReader(self.vault, default(), "US")
        self.programmes = Programmes(PROGRAMME)
        self.committer = committer_of(self.database, vault=self.vault, programmes=self.programmes)
        self.schema = make_schema()

    @property
    def parts(self) -> IdentityParts:
        return self.committer.parts

    def add_rules(self, text: str) -> None:
        """Adds rules (YAML) to the tests' programme, as the configured file would have them."""
        self.have_rules(f"{PROGRAMME_FILE.read_text('utf-8')}\n{text}")

    def have_rules(self, text: str) -> None:
        """Replaces the tests' programme by these rules (YAML)."""
        self.programmes.history = ProgrammeHistory(parse_programme(text))

    async def take(self, *events: Event) -> None:
        claims = [self.reader.claims(event_adapter.validate_python(one)) for one in events]
        assert all(await self.committer.commit(claims))

    async def result(
        self, document: str, scopes: frozenset[str], variables: Event | None, caller: str = "test"
    ) -> ExecutionResult:
        return await self.run(document, Caller(caller, scopes), variables)

    async def run(
        self, document: str, caller: Caller, variables: Event | None = None, *, audited: bool = False
    ) -> ExecutionResult:
        """What a caller gets. `audited`: the audit log of the store notes it."""
        trail = AuditTrail(AuditLog(self.database, self.vault) if audited else None)
        context = Context(self.parts, self.settings, caller, now=NOW, trail=trail)
        if document.startswith("subscription"):
            async for result in await self.schema.subscribe(document, context_value=context):
                return result
        return await self.schema.execute(document, variable_values=variables, context_value=context)

    def shown(self, result: ExecutionResult) -> list[dict[str, Any]]:
        """The errors of an answer as they are shown."""
        return [formatted(error, request_id="r") for error in result.errors or ()]

    async def ask(
        self, document: str, *, scopes: frozenset[str] = ALL_SCOPES, caller: str = "test", **variables: Any
    ) -> Any:
        """The data of an answer without errors."""
        result = await self.result(document, scopes, variables or None, caller)
        assert result.errors is None, result.errors
        return result.data

    async def refused(self, document: str, *, scopes: frozenset[str] = ALL_SCOPES, **variables: Any) -> tuple[str, str]:
        """Code and message of the one error of an answer."""
        result = await self.result(document, scopes, variables or None)
        [shown] = self.shown(result)
        return shown["extensions"]["code"], shown["message"]

    async def trips(self, document: str, **variables: Any) -> int:
        """Bolt round trips of a document that answers without errors."""
        before = self.database.round_trips
        await self.ask(document, **variables)
        return self.database.round_trips - before

    async def noted(self, what: str) -> list[list[str]]:
        """The customers that each entry of the audit log about this field or verb names."""
        rows = await self.database.read_text(
            "MATCH (a:AuditEntry) RETURN a.content AS content ORDER BY a.sequence", operation="test"
        )
        entries = [orjson.loads(row["content"]) for row in rows]
        return [entry["customers"] for entry in entries if entry["what"] == [what]]

    async def number(self, **identifiers: str) -> str:
        """The customer number that an identifier, such as email=…, stands for."""
        [(name, value)] = identifiers.items()
        document = "query($v: String!) { customer(by: {%s: $v}) { number } }" % name  # noqa: UP031
        return (await self.ask(document, v=value))["customer"]["number"]


@asynccontextmanager
async def told(server: Running) -> AsyncGenerator[Story]:
    """The story on an otherwise empty store, which is emptied again."""
    settings = Settings(query_timeout_s=120)  # pyright: ignore[reportCallIssue]  # a cold store on a busy machine
    async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        await wipe(database)
        story = Story(database, settings)
        await story.take(*reference())
        await story.take(*strangers())
        await story.take(*revelation())
        yield story
        await wipe(database)
