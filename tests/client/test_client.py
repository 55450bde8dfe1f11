"""The generated client against the service over HTTP: what it sends is taken, what comes back has its types."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from regulars_client import (
    CustomerBy,
    IdentityBy,
    Regulars,
    SegmentRule,
    SegmentSaveInput,
    Signature,
    SpendRule,
    TransactionStatus,
)
from regulars_client.base_client import RegularsError

from api.app import create_app
from tests.api.serving import KEY, served
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.story import CARD, EMAIL, SHARED_PHONE, Story

pytestmark = pytest.mark.neo4j

ANN = CustomerBy(email=EMAIL)


@pytest.fixture(scope="module")
async def url(story: Story) -> AsyncGenerator[str]:
    settings = story.settings.model_copy(update={"environment": "production"})
    app = create_app(settings, parts=story.parts, sink=MemorySink(), quarantine=MemoryStore(), api_key=KEY)
    async with served(app) as url:
        yield f"{url}/graphql"


@pytest.fixture
async def regulars(url: str) -> AsyncGenerator[Regulars]:
    async with Regulars(url, KEY, purpose="test-1") as regulars:
        yield regulars


async def test_a_profile(regulars: Regulars) -> None:
    customer = (await regulars.profile(CustomerBy(card=CARD))).customer
    assert customer is not None
    assert (customer.name, customer.emails, customer.rfm.visits) == ("Ann Smith", [EMAIL], 6)
    assert [(one.amount, one.currency) for one in customer.lifetime_spend] == [(Decimal("108.50"), "USD")]
    assert customer.last_visits[0].at == datetime(2026, 3, 20, 11, tzinfo=UTC)
    assert (await regulars.profile(CustomerBy(email="nobody@example.org"))).customer is None


async def test_the_journey_by_page(regulars: Regulars) -> None:
    found: list[tuple[str, TransactionStatus]] = []
    after: str | None = None
    for _ in range(10):
        customer = (await regulars.journey(ANN, first=2, after=after)).customer
        assert customer is not None
        page = customer.transactions
        assert len(page.edges) <= 2
        found += [(edge.node.order_id, edge.node.status) for edge in page.edges]
        after = page.page_info.end_cursor
        if not page.page_info.has_next_page:
            break
    assert found[:2] == [("o-7", TransactionStatus.PLACED), ("o-6", TransactionStatus.COMPLETED)]
    assert [order for order, _ in found] == [f"o-{n}" for n in (7, 6, 5, 4, 3, 2, 1)]


async def test_the_loyalty_balance(regulars: Regulars) -> None:
    customer = (await regulars.loyalty_balance(ANN, entries=100)).customer
    assert customer is not None
    balance = customer.loyalty_balance
    assert balance.points == sum(one.points for one in balance.by_brand) > 0
    assert balance.points == sum(edge.node.points for edge in balance.entries.edges)


async def test_segments(regulars: Regulars) -> None:
    rule = SegmentRule(spend=SpendRule(min=Decimal("100.00")))
    saved = (await regulars.segment_save(SegmentSaveInput(name="Spenders", rule=rule))).segment_save
    assert (saved.segment is not None, saved.user_errors) == (True, [])
    assert saved.segment is not None
    [segment] = (await regulars.segments()).segments
    assert (segment.id, segment.name, segment.count) == (saved.segment.id, "Spenders", 2)
    members = (await regulars.segment_members(segment.id, first=10)).segment
    assert members is not None
    assert {edge.node.name for edge in members.members.edges} == {"Ann Smith", "Bob Jones"}
    refused = await regulars.segment_save(SegmentSaveInput(name=" ", rule=rule))
    assert [(error.code, error.field) for error in refused.segment_save.user_errors] == [("INVALID_INPUT", ["name"])]


async def test_why_and_a_decision_taken_back(regulars: Regulars) -> None:
    ann = (await regulars.linked_identities(ANN)).customer
    assert ann is not None
    app, web = (next(one for one in ann.linked_identities if one.source == source) for source in ("app", "web"))
    why = await regulars.identity_why(IdentityBy(record_id=app.record_id), IdentityBy(record_id=web.record_id))
    assert [one.type_ for one in why.identity_why.common] == ["email"]

    bob = (await regulars.profile(CustomerBy(card="B-55501"))).customer
    assert bob is not None
    signature = Signature(reason="one family card", request_id="merge-1")
    decided = (await regulars.customer_merge([ann.number, bob.number], signature)).customer_merge
    assert (decided.user_errors, len(decided.customers)) == ([], 1)
    assert decided.decision_id is not None
    undone = await regulars.decision_undo(decided.decision_id, Signature(reason="two cards"))
    assert {one.number for one in undone.decision_undo.customers} == {ann.number, bob.number}


async def test_a_subscription(regulars: Regulars) -> None:
    ann = (await regulars.profile(ANN)).customer
    assert ann is not None
    changes = regulars.profile_changed(ann.number)
    first = (await anext(changes)).profile_changed
    assert first.customer is not None
    assert (first.customer.number, bool(first.cursor)) == (ann.number, True)
    await changes.aclose()  # pyright: ignore[reportAttributeAccessIssue]


async def test_what_is_refused_has_its_code(regulars: Regulars, url: str) -> None:
    with pytest.raises(RegularsError) as refused:
        await regulars.profile(CustomerBy(phone=SHARED_PHONE))
    assert refused.value.code == "AMBIGUOUS"
    with pytest.raises(RegularsError) as refused:
        await anext(regulars.profile_changed("CUST-0000-0000-0000"))
    assert refused.value.code == "NOT_FOUND"
    async with Regulars(url, "wrong") as stranger:
        with pytest.raises(RegularsError) as refused:
            await stranger.me()
        assert refused.value.code == "NOT_AUTHENTICATED"
        with pytest.raises(RegularsError) as refused:
            await anext(stranger.profile_changed("CUST-0000-0000-0000"))
    assert refused.value.code == "NOT_AUTHENTICATED"
