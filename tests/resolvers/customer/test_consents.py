"""Consents of several records are one answer."""

from __future__ import annotations

import pytest

from tests.kit.story import Story
from tests.resolvers.customer.asking import ann

pytestmark = pytest.mark.neo4j


async def test_one_refusal_of_consent_refuses(story: Story) -> None:
    assert (await ann(story, "consents { purpose granted }"))["consents"] == [{"purpose": "sms", "granted": False}]
