"""A service whose store is down."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx
import pytest

from graph.store.database import connect
from tests.api.ops.serving import SETTINGS, app_over, client_of


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    """A client of a service whose store is down."""
    async with (
        connect(SETTINGS, uri="bolt://127.0.0.1:9", user="neo4j", password="none") as down,
        client_of(app_over(down)) as client,
    ):
        yield client
