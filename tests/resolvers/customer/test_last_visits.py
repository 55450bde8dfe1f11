"""The latest visits come first, and are few."""

from __future__ import annotations

import pytest

from tests.kit.story import EMAIL, Story
from tests.resolvers.customer.asking import ann

pytestmark = pytest.mark.neo4j


async def test_last_visits(story: Story) -> None:
    selection = "lastVisits { at transaction { orderId lines { name } } } more: lastVisits(first: 10) { at }"
    found = await ann(story, selection)
    assert [visit["transaction"]["orderId"] for visit in found["lastVisits"]] == ["o-6", "o-5", "o-4"]
    assert len(found["more"]) == 6
    unset = f'query($n: Int) {{ customer(by: {{email: "{EMAIL}"}}) {{ lastVisits(first: $n) {{ at }} }} }}'
    assert len((await story.ask(unset))["customer"]["lastVisits"]) == 3
    code, message = await story.refused(unset, n=11)
    assert (code, "1 to 10" in message) == ("INVALID_INPUT", True)
