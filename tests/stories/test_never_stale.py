"""What one process has acknowledged, every process shows: two services on one store, hammered by readers meanwhile.

Readers share statements (`graph.store.shared_runs`), documents and plans are remembered: none may keep a profile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from api.auth.authenticate import ensure_api_key
from bench.kit.children import serving
from domain.settings import Settings
from graph.local import LocalNeo4j
from tests.kit.ports import free_ports
from tests.kit.waiting import LONG_S

pytestmark = [pytest.mark.neo4j, pytest.mark.slow]

PROFILE = """query Fresh($e: String!) {
  customer(by: {email: $e}) {
    number lifetimeSpend { amount } rfm { visits } transactions(first: 3) { edges { node { orderId } } }
  }
}"""
GUESTS, ORDERS, READERS = 3, 25, 6


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, neo4j_settings: Callable[..., Settings]) -> Iterator[list[str]]:
    """The addresses of two services, and the key that both take."""
    settings = neo4j_settings(tmp_path_factory.mktemp("two"), port=free_ports(), graphql_bucket=10**9)
    with ExitStack() as stack:
        local = LocalNeo4j(settings)
        local.start(tied_to_parent=True)
        stack.callback(local.stop)
        other = settings.model_copy(update={"port": free_ports()})
        for config in (settings, other):
            stack.enter_context(serving(config, settings.state_dir / f"{config.port}.log"))
        yield [*(f"http://{config.host}:{config.port}" for config in (settings, other)), ensure_api_key(settings)]


def order(guest: int, number: int) -> dict[str, Any]:
    return {
        "type": "order.completed",
        "messageId": f"fresh-{guest}-{number}",
        "source": "web",
        "at": f"2026-03-{1 + number:02}T12:00:00Z",
        "brand": "grill",
        "subject": {"identifiers": {"email": f"guest{guest}@fresh.example"}},
        "order": {"id": f"order{guest}-{number}", "store": "s1", "channel": "web", "currency": "USD", "total": "1.00"},
    }


async def test_what_is_acknowledged_is_seen_by_every_process(two: list[str]) -> None:
    *urls, key = two
    acknowledged = dict.fromkeys(range(GUESTS), 0)
    done, reads = asyncio.Event(), 0
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(headers=headers, timeout=LONG_S) as client:

        async def look(url: str, guest: int) -> None:
            """Whatever had been acknowledged when the request left has to be in its answer."""
            nonlocal reads
            least = acknowledged[guest]
            variables = {"e": f"guest{guest}@fresh.example"}
            answer = await client.post(f"{url}/graphql", json={"query": PROFILE, "variables": variables})
            found = answer.json()["data"]["customer"]
            reads += 1
            if not least:
                return
            assert found["rfm"]["visits"] >= least
            assert found["lifetimeSpend"] == [{"amount": f"{found['rfm']['visits']}.00"}]
            newest = found["transactions"]["edges"][0]["node"]["orderId"]
            assert int(newest.partition("-")[2]) >= least - 1

        async def reader(place: int) -> None:
            while not done.is_set():
                await look(urls[place % 2], place % GUESTS)

        async def writer(guest: int) -> None:
            for number in range(ORDERS):
                answer = await client.post(f"{urls[number % 2]}/v1/events", json=order(guest, number))
                assert answer.json()["accepted"] == 1
                acknowledged[guest] = number + 1
                await asyncio.gather(*(look(url, guest) for url in urls))

        async with asyncio.TaskGroup() as tasks:
            for place in range(READERS):
                tasks.create_task(reader(place))
            await asyncio.gather(*(writer(guest) for guest in range(GUESTS)))
            done.set()
    assert reads > 2 * GUESTS * ORDERS
