"""Why records are one person, and who was kept apart."""

from __future__ import annotations

import pytest

from tests.kit.story import EMAIL, SHARED_PHONE, Story
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


async def test_who_was_kept_apart_and_why(story: Story) -> None:
    bob = (await story.ask('{ customerSearch(text: "Bob Jones") { edges { node { number } } } }'))["customerSearch"]
    document = "query($n: String!) { customer(by: {customerNumber: $n}) { keptApart { customerNumber rule detail } } }"
    number = bob["edges"][0]["node"]["number"]
    [apart] = (await story.ask(document, n=number))["customer"]["keptApart"]
    other = "query($n: String!) { customer(by: {customerNumber: $n}) { name phones } }"
    assert (await story.ask(other, n=apart["customerNumber"]))["customer"] == {
        "name": "Carla Diaz",
        "phones": [SHARED_PHONE],
    }
    assert apart["rule"].isupper()
