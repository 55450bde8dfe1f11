"""The compiled condition and the evaluator hold for the same customers, whatever the rule; and rules survive JSON."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.wipe import wipe
from cypher import load
from domain.events import Channel, event_adapter
from domain.settings import Settings
from domain.windows import millis
from engagement.segments.rule_compiler import compiled
from engagement.segments.rule_evaluator import Facts, VisitFact, member
from engagement.segments.rule_parser import parse
from engagement.segments.segment_rules import (
    And,
    InTier,
    Not,
    Or,
    Recency,
    SegmentRule,
    Spend,
    UsedChannel,
    VisitedBrand,
    Visits,
    plain,
)
from graph.local import Running
from graph.segments import Segments
from graph.store.database import Database, connect
from graph.store.migrations import migrate
from identity.claims import ClaimsReader
from matching.policy import default
from privacy.vault import Vault
from tests.kit.building import committer_of

NOW = datetime(2026, 6, 1, tzinfo=UTC)
BRANDS, CURRENCIES, TIERS = ("pasta", "burger", "sushi"), ("USD", "JPY"), ("member", "silver", "gold", "vip")

brands = st.sampled_from([None, *BRANDS, "nowhere"])
days = st.sampled_from([None, 1, 7, 30, 90])


def span(values: st.SearchStrategy[int]) -> st.SearchStrategy[tuple[int | None, int | None]]:
    def bounds(pair: tuple[int, int], which: str) -> tuple[int | None, int | None]:
        low, high = sorted(pair)
        return (None if which == "max" else low), (None if which == "min" else high)

    return st.builds(bounds, st.tuples(values, values), st.sampled_from(["min", "max", "both"]))


amounts = st.sampled_from([-100, 0, 1, 500, 999, 1000, 5000, 20_000, 60_000, 200_000])
counts = st.sampled_from([0, 1, 2, 3, 5, 8])
ages = st.sampled_from([0, 1, 6, 7, 29, 30, 31, 89, 90, 200])
leaves = st.one_of(
    st.builds(lambda s, c, d, b: Spend(*s, c, d, b), span(amounts), st.sampled_from([None, *CURRENCIES]), days, brands),
    st.builds(lambda s, d, b: Visits(*s, d, b), span(counts), days, brands),
    st.builds(lambda s, b: Recency(*s, b), span(ages), brands),
    st.builds(VisitedBrand, st.sampled_from(BRANDS)),
    st.builds(UsedChannel, st.sampled_from([channel.value for channel in Channel][:4]), st.booleans()),
    st.builds(lambda t: InTier(tuple(sorted(t))), st.sets(st.sampled_from(TIERS), min_size=1)),
)
rules: st.SearchStrategy[SegmentRule] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: And(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: Or(tuple(parts)), st.lists(inner, min_size=1, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=5,
)


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
            "id": f"{seed}-{number}",
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
@settings(max_examples=200)
def test_a_rule_survives_being_written_and_read(rule: SegmentRule) -> None:
    assert parse(plain(rule, currency="USD"), currency="USD") == rule


@given(rules)
@settings(max_examples=50)
def test_nothing_of_a_rule_becomes_text(rule: SegmentRule) -> None:
    text = compiled(rule, now=NOW, currency="USD").text
    assert not any(word in text for word in (*BRANDS, *CURRENCIES, *TIERS, "nowhere"))
