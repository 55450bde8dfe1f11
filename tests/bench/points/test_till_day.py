"""A short day of tills at a real service: all that they saw is in its books, to the unit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from api.auth.authenticate import ensure_api_key
from bench.kit.children import serving
from bench.kit.wipe import wipe
from bench.points.till_day import TillDay
from bench.points.till_rules import publish_rules
from domain.settings import Settings
from graph.local import Running
from graph.store.database import connect
from graph.store.migrations import migrate
from tests.kit.ports import free_ports

pytestmark = pytest.mark.neo4j


async def test_the_books_of_a_day_are_what_its_tills_saw(
    tmp_path: Path, neo4j_server: Running, neo4j_settings: Callable[..., Settings]
) -> None:
    server = neo4j_server
    address = {"neo4j_uri": server.bolt_uri, "neo4j_user": server.user, "neo4j_password": server.password}
    unbound = {"till_timeout_s": 120, "graphql_bucket": 10**9, "graphql_restored_per_second": 10**9}
    settings = neo4j_settings(tmp_path, port=free_ports(), **unbound, **address)
    async with connect(settings, uri=server.bolt_uri, user=server.user, password=server.password) as database:
        await migrate(database)
        await wipe(database)
        with serving(settings, tmp_path / "service.log"):
            key, url = ensure_api_key(settings), f"http://{settings.host}:{settings.port}"
            await publish_rules(url, key)
            day = TillDay(url, key, {"grill": "Grill", "cafe": "Cafe"}, tills=6, hours=6, checks_an_hour=3, members=40)
            await day.run(lambda hours: None)
            found = await day.audited(database)
    assert found["own_points"] == {brand: [seen, seen] for brand, (seen, _) in found["own_points"].items()}
    assert found["points_used"] == {brand: [seen, seen] for brand, (seen, _) in found["points_used"].items()}
    assert found["adds_up"]
    happened = day.counts
    names = ("checks", "checks sent later", "offers used", "offers used without a network", "refunds", "merges")
    assert all(happened[name] for name in names), happened
    assert found["bonus_points"] > 0
