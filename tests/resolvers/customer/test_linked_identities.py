"""Why records are one person, and who was kept apart."""

from __future__ import annotations

import pytest

from tests.kit.story import EMAIL, Story
from tests.resolvers.customer.asking import CONTACT

pytestmark = pytest.mark.neo4j


async def test_why_records_are_one_person(story: Story) -> None:
    found = (await story.ask(CONTACT, by={"email": EMAIL}))["customer"]
    evidence = {row["source"]: row["evidence"] for row in found["linkedIdentities"]}
    assert {evidence["web"]["viaType"], evidence["app"]["viaType"], evidence["till"]["viaType"]} >= {"phone"}
    linked = [row for row in evidence.values() if row["viaType"]]
    assert all(row["viaDisplay"] in row["explanation"] for row in linked)
    carried = {row["type"]: {one["source"] for one in row["carriedBy"]} for row in found["identifiers"]}
    assert carried == {"email": {"web", "app"}, "phone": {"till", "app"}, "device_id": {"web"}, "loyalty_card": {"app"}}
