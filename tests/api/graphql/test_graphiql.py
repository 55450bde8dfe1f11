"""The explorer: for development only, and it runs its own scripts only."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import AsyncGenerator

import httpx
import pytest

from tests.api.serving import KEY, SlowStore, client_of, service


async def test_the_explorer_runs_its_own_scripts_only() -> None:
    async with service(SlowStore()) as client:
        page = await client.get("/graphql", headers={"accept": "text/html"})
    policy = page.headers["content-security-policy"]
    scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
    assert scripts
    for script in scripts:
        assert base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() in policy
    assert not re.search(r"script-src[^;]*('unsafe-inline'|'unsafe-eval'|\*)", policy)
    for source in re.findall(r'(?:src|href)="(https://[^/"]+)', page.text):
        assert source in policy


@pytest.fixture
async def client() -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of("development") as client:
        yield client


@pytest.fixture
async def production() -> AsyncGenerator[httpx.AsyncClient]:
    async with client_of("production") as client:
        yield client


async def test_the_explorer_is_for_development(client: httpx.AsyncClient, production: httpx.AsyncClient) -> None:
    browser = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8", "authorization": ""}
    answer = await client.get("/graphql", headers=browser)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert KEY not in answer.text
    assert (await production.get("/graphql", headers=browser)).status_code == 401
