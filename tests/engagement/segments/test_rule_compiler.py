"""The compiled condition and the evaluator hold for the same customers, whatever the rule; and rules survive JSON."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from bench.kit.wipe import wipe
from cypher import load
from domain.events import Channel, event_adapter
from domain.settings import Settings
from domain.windows import millis
from engagement.segments.rule_compiler import compiled
from engagement.segments.rule_evaluator import Facts, VisitFact, member
from engagement.segments.segment_rules import (
    SegmentRule,
)
from graph.local import Running
from graph.segments import Segments
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from identity.claims import ClaimsReader
from matching.policy import default
from privacy.vault import Vault
from tests.engagement.segments.strategies import BRANDS, CURRENCIES, TIERS, rules
from tests.kit.building import committer_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def history(seed: int) -> list[dict[str, Any]]:
    """A guest with 0 to 7 orders, some on the very edge of a window, some refunded, one of them in yen."""
    chance = random.Random(seed)
    email = f"guest{seed}@example.org"
    who: dict[str, Any] = {"identifiers": {"device_id": f"device-{seed}"} if seed % 7 == 3 else {"email": email}}
    common = {"source": "till", "subject": who}
    first = NOW - timedelta(days=200)
    events: list[dict[str, Any]] = [{"type": "identify", "messageId": f"i-{seed}", "at": first.isoformat(), **common}]
    for number in range(chance.randrange(8)):
        edge = timedelta(days=chance.choice([1, 7, 30, 31, 90, 91]), milliseconds=chance.choice([-1, 0, 1]))
        at = NOW - (edge if chance.random() < 0.5 else timedelta(minutes=chance.randrange(1, 200_000)))
        currency = "JPY" if chance.random() < 0.15 else "USD"
        order = {
            "id": f"order-{seed}-{number}",
            "store": "s",
            "channel": chance.choice([channel.value for channel in Channel][:4]),
            "currency": currency,
            "total": chance.choice(["0", "5", "10", "50", "600", "1500"]),
        }
        kind = "order.placed" if chance.random() < 0.1 else "order.completed"
        brand = chance.choice(BRANDS)
        stamp = at.isoformat()
        head = {"type": kind, "messageId": f"o-{seed}-{number}", "at": stamp, "brand": brand}
        events.append(head | {"order": order} | common)
        if chance.random() < 0.2:
            refund = {"id": "r", "order": order["id"], "currency": currency, "amount": "10"}
            message = f"r-{seed}-{number}"
            events.append(
                {"type": "order.refunded", "messageId": message, "at": stamp, "source": "till", "refund": refund}
            )
    return events  # fmt: skip


@pytest.fixture(scope="module")
async def guests(neo4j_server: Running) -> AsyncGenerator[Database]:
    vault = Vault(bytes(32))
    settings_ = Settings(query_timeout_s=120)  # pyright: ignore[reportCallIssue]  # a cold store on a busy machine
    reader, server = ClaimsReader(vault, default(), "US"), neo4j_server
    async with connect(settings_, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        await wipe(database)
        committer = committer_of(database, vault=vault)
        sent = [event_adapter.validate_python(event) for seed in range(30) for event in history(seed)]
        assert all(await committer.commit([reader.claims(event) for event in sent]))
        yield database
        await wipe(database)


async def facts_of(database: Database) -> list[Facts]:
    rows = await database.read_text(f"{load('segments/rules/match')} true WITH c\n{BASE}", operation="test")
    return [
        Facts(
            known=row["customer"]["known"],
            tier=row["customer"]["tier"],
            spend_minor=row["customer"]["spendMinor"],
            visit_count=row["customer"]["visits"],
            last_visit=millis(datetime.fromisoformat(last)) if (last := row["customer"]["lastVisitAt"]) else None,
            brands=frozenset(row["customer"]["brands"]),
            preferred_channel=row["customer"]["preferredChannel"],
            visits=tuple(VisitFact(*visit) for visit in row["part"]),
        )
        for row in rows
    ]


BASE = f"{load('profile/base')},\n{load('profile/visits')}"


@pytest.mark.neo4j
async def test_the_graph_and_python_agree(guests: Database) -> None:
    """Sixteen rules travel in one query, so that fifty rules cost a few seconds."""
    facts = await facts_of(guests)
    assert len(facts) > 20
    drawn: list[SegmentRule] = []

    @settings(max_examples=48, database=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(rules)
    def draw(rule: SegmentRule) -> None:
        drawn.append(rule)

    draw()
    conditions = [compiled(rule, now=NOW, currency="USD", prefix=f"r{n}leaf") for n, rule in enumerate(drawn)]
    counts = await Segments(guests).counts([(one.text, one.parameters) for one in conditions])
    expected = [sum(member(rule, one, now=NOW, currency="USD") for one in facts) for rule in drawn]
    wrong = [(rule, a, b) for rule, a, b in zip(drawn, counts, expected, strict=True) if a != b]
    assert wrong == []
    assert len({count for count in counts if 0 < count < len(facts)}) > 6  # the rules tell guests apart


@given(rules)
@settings(max_examples=50)
def test_nothing_of_a_rule_becomes_text(rule: SegmentRule) -> None:
    text = compiled(rule, now=NOW, currency="USD").text
    assert not any(word in text for word in (*BRANDS, *CURRENCIES, *TIERS, "nowhere"))
