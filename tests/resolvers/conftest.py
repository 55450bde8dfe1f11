"""One story for each module: a module may add to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from graph.local import Running
from tests.resolvers.story import Story, told


@pytest.fixture(scope="module")
async def story(neo4j_server: Running) -> AsyncGenerator[Story]:
    async with told(neo4j_server) as story:
        yield story
