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


async def test_the_explorer_needs_nobody_else() -> None:
    async with service(SlowStore()) as client:
        page = (await client.get("/graphql", headers={"accept": "text/html"})).text
        parts = re.findall(r'(?:src|href)="([^"]+)"\s+integrity="sha384-([^"]+)"', page)
        assert len(parts) == len(re.findall("integrity=", page)) == 7
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
        for address, digest in parts:
            part = await client.get(f"/{address}")
            assert part.status_code == 200
            assert part.headers["content-type"].startswith("text/css" if address.endswith("css") else "text/javascript")
            assert base64.b64encode(hashlib.sha384(part.content).digest()).decode() == digest
        assert (await client.get("/explorer/README.md")).status_code == 404
    async with service(SlowStore(), environment="production") as client:
        assert (await client.get(f"/{parts[0][0]}")).status_code == 404


async def test_the_explorer_says_where_the_key_goes() -> None:
    async with service(SlowStore()) as client:
        page = (await client.get("/graphql", headers={"accept": "text/html"})).text
    assert '{"Authorization": "Bearer THE-KEY"}' in page
    assert "api.key" in page
    assert KEY not in page


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
