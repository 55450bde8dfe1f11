"""Who was kept apart, and why."""

from __future__ import annotations

import pytest

from tests.kit.story import SHARED_PHONE, Story

pytestmark = pytest.mark.neo4j


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
