"""An identity provider that answers, and a client to ask it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.api.provider import IdentityProvider, running
from tests.kit.waiting import LONG_S


@pytest.fixture
async def provider() -> AsyncGenerator[IdentityProvider]:
    async with running() as provider:
        yield provider


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    async with httpx.AsyncClient(timeout=LONG_S) as client:
        yield client
