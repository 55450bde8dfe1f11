"""`Customer.loyaltyTier`: by all orders for whoever sees all, by its own brand's for a key of one brand.

Tests resolvers.customer.loyalty.loyalty_tier.
"""

from __future__ import annotations

import pytest

from resolvers.access.caller import PROFILE_FIND, PROFILE_READ, Caller
from tests.kit.story import EMAIL, PHONE, Story

pytestmark = pytest.mark.neo4j

TIER = """query($by: CustomerBy!) { customer(by: $by) { tier loyaltyTier {
  name since until next { name missing { spend { amount currency } visits } } missingToKeep { visits points } } } }"""
RULES = """
points_per_unit: {default: 1}
tiers: [{name: member, from: 0}, {name: silver, from: 3}, {name: gold, from: 20}]
qualifying: {by: visits, months: 3}
"""


async def test_a_tier_by_lifetime_spend(story: Story) -> None:
    found = (await story.ask(TIER, by={"email": EMAIL}))["customer"]
    assert found["loyaltyTier"] == {
        "name": found["tier"],
        "since": None,
        "until": None,
        "next": {"name": "silver", "missing": {"spend": {"amount": "391.50", "currency": "USD"}, "visits": None}},
        "missingToKeep": None,
    }


async def test_each_brand_sees_the_tier_of_its_own_orders(story: Story) -> None:
    story.have_rules(RULES)
    whole = (await story.ask(TIER, by={"email": EMAIL}))["customer"]["loyaltyTier"]
    assert whole["name"] == "silver"
    assert whole["since"].startswith("2026-03-")
    assert whole["until"].startswith("2026-07-01")
    assert whole["next"] == {"name": "gold", "missing": {"spend": None, "visits": 20}}
    assert whole["missingToKeep"] == {"visits": 3, "points": None}, "a quarter has begun"
    scopes = frozenset((PROFILE_READ, PROFILE_FIND))
    for brand, tier, missing in (("burger", "member", 3), ("pasta", "silver", 20)):
        caller = Caller("key", scopes, brands=frozenset((brand,)))
        result = await story.run(TIER, caller, {"by": {"phone": PHONE}})
        assert result.errors is None
        assert result.data is not None
        seen = result.data["customer"]
        assert (seen["tier"], seen["loyaltyTier"]["name"]) == (tier, tier)
        assert seen["loyaltyTier"]["next"]["missing"]["visits"] == missing
