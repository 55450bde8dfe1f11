"""The explorer and Neo4j Browser with its guide, in a real Chromium: no page of theirs asks another machine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from bench.kit.children import serving
from domain.settings import Settings
from graph.local import LocalNeo4j, Running
from tests.kit.chromium import chromium
from tests.kit.ports import free_ports
from tests.kit.waiting import LONG_S

pytestmark = pytest.mark.neo4j
_LONG_MS = 1000 * LONG_S


async def test_no_page_asks_another_machine(tmp_path: Path, neo4j_settings: Callable[..., Settings]) -> None:
    settings = neo4j_settings(tmp_path, port=free_ports())
    local = LocalNeo4j(settings)
    running = await asyncio.to_thread(local.start, tied_to_parent=True)
    with ExitStack() as stack:
        stack.callback(local.stop)
        stack.enter_context(serving(settings, tmp_path / "logs" / "service.log"))
        async with chromium() as real:
            page = await real.browser.new_page()
            page.set_default_timeout(_LONG_MS)
            await see_the_explorer(page, f"http://127.0.0.1:{settings.port}")
            await see_neo4j_browser(page, running)
            assert real.asked == []
            # The proxy does see what a page asks of others.
            await page.goto("about:blank")
            with pytest.raises(Exception, match="ERR_"):
                await page.goto("https://fonts.example.org/")
            assert real.asked == ["fonts.example.org:443"]


async def see_the_explorer(page: Page, url: str) -> None:
    await page.goto(f"{url}/graphql")
    await expect(page.locator(".graphiql-query-editor")).to_contain_text("The service wants a key", timeout=_LONG_MS)


async def see_neo4j_browser(page: Page, running: Running) -> None:
    """Signs in; then the guide comes from the service."""
    await page.goto(running.browser_url)
    await page.get_by_test_id("username").fill(running.user)
    await page.get_by_test_id("password").fill(running.password)
    await page.get_by_test_id("connect").click()
    await expect(page.get_by_text("One graph of every guest across all brands.")).to_be_visible(timeout=_LONG_MS)
