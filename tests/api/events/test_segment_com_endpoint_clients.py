"""Segment's own libraries, unchanged but for their host, against the endpoints on a real server."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from segment.analytics.client import Client
from starlette.applications import Starlette

from api.events.segment_com_endpoint import routes, write_keys
from domain.errors import Overloaded, Unavailable
from domain.events import Alias, Identify, OrderCompleted, Page, Track
from domain.settings import Settings
from matching.policy import default
from tests.kit.memory import MemorySink, MemoryStore
from tests.kit.waiting import LONG_S
from tests.peers import node as node_programs

AT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
ORDER = {"order_id": "o-1", "total": 20.5, "currency": "USD", "products": [{"product_id": "p", "price": 20.5}]}


class Server:
    """The endpoints on a free port, over an intake in memory."""

    def __init__(self) -> None:
        self.sink, self.store = MemorySink(), MemoryStore()
        settings = Settings()  # pyright: ignore[reportCallIssue]
        app = Starlette(routes=routes(self.sink, self.store, settings, write_keys("key"), default()))
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.uvicorn = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))

    def of(self, kind: type[Any]) -> list[Any]:
        return [event for event in self.sink.events if isinstance(event, kind)]


@pytest.fixture
async def server() -> AsyncGenerator[Server]:
    server = Server()
    running = asyncio.create_task(server.uvicorn.serve([server.socket]))
    yield server
    server.uvicorn.should_exit = True
    await running


def calls(client: Client) -> None:
    client.identify("u-1", {"email": "jane@example.org", "firstName": "Jane"}, timestamp=AT, anonymous_id="an-1")
    client.track("u-1", "Order Completed", ORDER, timestamp=AT, message_id="m-order")
    client.track("u-1", "Menu Viewed", {"n": float("nan")}, timestamp=AT)
    client.page("u-1", "Food", "Menu", {"url": "/menu"}, timestamp=AT)
    client.screen("u-1", "Food", "Menu", timestamp=AT)
    client.group("u-1", "g-1", {"name": "Friends"}, timestamp=AT)
    client.alias("an-1", "u-1", timestamp=AT)
    client.track(anonymous_id="an-2", event="Left")


def check(server: Server) -> None:
    assert len(server.sink.events) == 8
    assert not server.store.refusals
    [identify], [order], [alias] = server.of(Identify), server.of(OrderCompleted), server.of(Alias)
    assert identify.subject.identifiers["email"] == ["jane@example.org"]
    assert (identify.at, identify.source) == (AT, "web")
    assert (order.message_id, str(order.order.total), order.subject.id) == ("m-order", "20.50", "u-1")
    assert alias.previous.identifiers["anonymous_id"] == ["an-1"]
    assert {event.channel for event in server.of(Page)} == {"web", "app"}
    assert sorted(event.name for event in server.of(Track)) == ["Left", "Menu Viewed", "group"]


async def in_thread(server: Server, use: Callable[[Client], None], **options: Any) -> list[Exception]:
    errors: list[Exception] = []

    def failed(error: Exception, batch: list[Any]) -> None:
        errors.append(error)

    def run() -> None:
        client = Client("key.web", host=server.url, on_error=failed, **options)
        use(client)
        if not options.get("sync_mode"):
            client.shutdown()

    await asyncio.to_thread(run)
    return errors


@pytest.mark.parametrize("gzip", [False, True])
@pytest.mark.parametrize("sync_mode", [False, True])
async def test_python(server: Server, gzip: bool, sync_mode: bool) -> None:
    assert await in_thread(server, calls, gzip=gzip, sync_mode=sync_mode) == []
    check(server)


async def test_python_sends_large_batches(server: Server) -> None:
    def use(client: Client) -> None:
        for number in range(250):
            client.track(f"u-{number}", "Visited", {"text": "x" * 1_000})

    assert await in_thread(server, use, gzip=True) == []
    assert len(server.sink.events) == 250
    assert server.sink.submits < 10


@pytest.mark.parametrize("fault", [Overloaded("Full."), Unavailable("Down."), ZeroDivisionError()])
async def test_python_sends_again_after_a_fault_of_ours(server: Server, fault: Exception) -> None:
    server.sink.fault = fault
    await in_thread(server, lambda client: client.track("u-1", "Visited") and client.flush(), upload_interval=0.1)
    assert len(server.sink.events) == 1
    assert server.sink.submits == 2


async def test_python_throws_away_no_neighbours_of_a_bad_message(server: Server) -> None:
    def use(client: Client) -> None:
        client.track("u-1", "Order Completed", {"total": "much"})
        client.track("u-1", "Visited")

    assert await in_thread(server, use) == []
    assert len(server.sink.events) == len(server.store.refusals) == 1


NODE = """
const { Analytics } = require('@segment/analytics-node')
const [host, order] = process.argv.slice(2)
const analytics = new Analytics({ writeKey: 'key.web', host, flushInterval: 100, maxRetries: 3 })
const timestamp = new Date('2026-03-01T18:30:00Z'), userId = 'u-1'
analytics.on('error', (error) => { console.error(error); process.exitCode = 1 })
analytics.identify({ userId, anonymousId: 'an-1', traits: { email: 'jane@example.org', firstName: 'Jane' }, timestamp })
analytics.track({ userId, event: 'Order Completed', properties: JSON.parse(order), timestamp, messageId: 'm-order' })
analytics.track({ userId, event: 'Menu Viewed', timestamp })
analytics.page({ userId, category: 'Food', name: 'Menu', properties: { url: '/menu' }, timestamp })
analytics.screen({ userId, category: 'Food', name: 'Menu', timestamp })
analytics.group({ userId, groupId: 'g-1', traits: { name: 'Friends' }, timestamp })
analytics.alias({ previousId: 'an-1', userId, timestamp })
analytics.track({ anonymousId: 'an-2', event: 'Left' })
analytics.closeAndFlush()
"""


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A program that uses the Node library."""
    (tmp_path / "node_modules").symlink_to(node_programs.installed() / "node_modules")
    (tmp_path / "send.js").write_text(NODE)
    return tmp_path / "send.js"


async def run_node(program: Path, server: Server) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(
        node_programs.NODE, "send.js", server.url, json.dumps(ORDER), cwd=program.parent, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await asyncio.wait_for(process.communicate(), LONG_S)
    return process.returncode, errors.decode()


async def test_node(server: Server, node: Path) -> None:
    assert await run_node(node, server) == (0, "")
    check(server)


async def test_node_sends_again_after_a_fault_of_ours(server: Server, node: Path) -> None:
    server.sink.fault = Unavailable("Down.")
    await run_node(node, server)
    check(server)


BROWSER = """
const { JSDOM } = require('jsdom')
const [host, order] = process.argv.slice(2)
const page = { url: 'https://forno.example/menu', pretendToBeVisual: true }
const dom = new JSDOM('<!doctype html><title>Menu</title>', page)
globalThis.window = dom.window
for (const name of ['document', 'location', 'localStorage', 'sessionStorage', 'self', 'XMLHttpRequest']) {
  Object.defineProperty(globalThis, name, { value: dom.window[name], configurable: true, writable: true })
}
Object.defineProperty(globalThis, 'navigator', { value: dom.window.navigator, configurable: true })
dom.window.fetch = (url, init) =>
  fetch(url, { ...init, headers: { ...init.headers, origin: 'https://forno.example' } })
const { AnalyticsBrowser } = require('@segment/analytics-next')
const segment = { apiHost: host.replace('http://', '') + '/v1', protocol: 'http' }
const cdnSettings = { integrations: { 'Segment.io': { apiKey: 'key.web', ...segment } } }
const settings = { writeKey: 'key.web', cdnSettings }
;(async () => {
  const [analytics] = await AnalyticsBrowser.load(settings, { integrations: { 'Segment.io': segment } })
  await analytics.identify('u-1', { email: 'jane@example.org', firstName: 'Jane' })
  await analytics.track('Order Completed', JSON.parse(order))
  await analytics.page('Food', 'Menu')
  setTimeout(() => process.exit(0), 1000)
})().catch((error) => { console.error(error); process.exit(1) })
"""


@pytest.fixture
def browser(node: Path) -> Path:
    """A page that uses the library for browsers."""
    node.write_text(BROWSER)
    return node


async def test_browser(server: Server, browser: Path) -> None:
    await run_node(browser, server)
    assert {type(event) for event in server.sink.events} >= {Identify, OrderCompleted, Page}
    assert not server.store.refusals
