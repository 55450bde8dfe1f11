"""The service as `regulars serve` runs it, in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.kit.children import serving
from domain.settings import Settings
from graph.local import Running
from tests.api.serving import KEY
from tests.kit.ports import free_ports


@pytest.fixture(scope="module")
def url(neo4j_server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    port = free_ports()
    folder = tmp_path_factory.mktemp("service")
    config = Settings.model_validate(
        {
            "state_dir": folder,
            "port": port,
            "api_key": KEY,
            "neo4j_uri": neo4j_server.bolt_uri,
            "neo4j_user": neo4j_server.user,
            "neo4j_password": neo4j_server.password,
            "graphql_bucket": 10**9,
            "graphql_max_cost": 10**6,
        }
    )
    with serving(config, folder / "service.log"):
        yield f"http://127.0.0.1:{port}"
