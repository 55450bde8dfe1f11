"""The tour of the demo at a real service: each step is done once, however often it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from api.auth.authenticate import ensure_api_key
from bench.kit.children import serving
from bench.kit.wipe import wipe
from bench.points.member_tour import GIVEN, GRANTED, tour
from bench.points.till_rules import publish_rules
from domain.settings import Settings
from graph.local import Running
from graph.store.database import connect
from graph.store.migrations import migrate
from tests.kit.ports import free_ports

pytestmark = pytest.mark.neo4j
STORE = {"id": "s-1", "name": "Cafe One", "brand": {"id": "cafe", "name": "Cafe"}}
EVENT = {"type": "store.upserted", "messageId": "m-1", "source": "office", "at": "2026-03-01T08:00:00Z", "store": STORE}


async def test_a_guest_joins_and_a_second_run_changes_nothing(
    tmp_path: Path, neo4j_server: Running, neo4j_settings: Callable[..., Settings]
) -> None:
    server = neo4j_server
    address = {"neo4j_uri": server.bolt_uri, "neo4j_user": server.user, "neo4j_password": server.password}
    settings = neo4j_settings(tmp_path, port=free_ports(), **address)
    async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        await wipe(database)
        with serving(settings, tmp_path / "service.log"):
            key, url = ensure_api_key(settings), f"http://{settings.host}:{settings.port}"
            await publish_rules(url, key)
            bearer = {"Authorization": f"Bearer {key}"}
            async with httpx.AsyncClient(base_url=url, headers=bearer, timeout=60) as client:
                (await client.post("/v1/events", json=EVENT)).raise_for_status()
            first, again = [await tour(url, key, "s-1", "cafe", "tenth") for _ in range(2)]
    assert first == again
    assert first["loyaltyBalance"] == {"points": GRANTED - GIVEN}
    assert first["loyaltyMembership"] == {"store": "s-1"}
    assert len(first["cards"]) == 1
    assert first["loyaltyTier"]["name"] == "member"
    assert first["basket"] == {"subtotal": {"amount": "13.48"}, "total": {"amount": "12.14"}, "pointsUsed": 60}
