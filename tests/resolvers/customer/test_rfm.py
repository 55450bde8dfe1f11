"""Recency, frequency and spend of a customer."""

from __future__ import annotations

import pytest

from tests.kit.story import Story
from tests.resolvers.customer.asking import ann

pytestmark = pytest.mark.neo4j


async def test_rfm_and_spend(story: Story) -> None:
    selection = """tier joinedAt lifetimeSpend { amount currency } rfm { lastVisitAt daysSinceLastVisit visits
      visitsPerMonth preferredChannel averageTicket { amount } }"""
    found = await ann(story, selection)
    assert (found["tier"], found["joinedAt"]) == ("member", "2026-03-01")
    assert found["lifetimeSpend"] == [{"amount": "108.50", "currency": "USD"}]
    assert found["rfm"]["daysSinceLastVisit"] == 11
    assert (found["rfm"]["visits"], found["rfm"]["visitsPerMonth"]) == (6, 6.0)
    assert (found["rfm"]["preferredChannel"], found["rfm"]["averageTicket"]) == ("DINE_IN", {"amount": "18.08"})
