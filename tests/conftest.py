"""Fixtures of the whole suite. Only tests that ask for `neo4j_server` start Neo4j, and never on a user's own store."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from domain.settings import Settings
from domain.settings import settings as process_settings
from graph.local import LocalNeo4j, Running
from tests.kit.store_fixtures import migrated as migrated
from tests.kit.store_fixtures import second_store as second_store
from tests.kit.store_fixtures import store as store
from tests.kit.store_fixtures import story as story

_USERS_CACHE = Settings.model_fields["cache_dir"].default


@pytest.fixture(scope="session", autouse=True)
def _no_settings_from_outside() -> None:  # pyright: ignore[reportUnusedFunction]
    """A developer's REGULARS_… variables never reach a test: one of them may name a real store."""
    for name in [name for name in os.environ if name.upper().startswith("REGULARS_")]:
        del os.environ[name]
    process_settings.cache_clear()


@pytest.fixture(scope="session")
def neo4j_settings() -> Callable[..., Settings]:
    """Makes the settings of a test's own Neo4j in a given folder: free ports, little memory, the user's jar cache."""

    def make(state_dir: Path, **changes: object) -> Settings:
        values: dict[str, object] = {
            "state_dir": state_dir,
            "cache_dir": _USERS_CACHE,
            "neo4j_bolt_port": 0,
            "neo4j_http_port": 0,
            "neo4j_heap": "512m",
            "neo4j_page_cache": "128m",
        }
        return Settings.model_validate(values | changes)

    return make


@pytest.fixture(scope="session")
def neo4j_server(
    tmp_path_factory: pytest.TempPathFactory, neo4j_settings: Callable[..., Settings]
) -> Iterator[Running]:
    """A Neo4j of this test run (and worker), empty at first; gone with it, also when the run is killed."""
    local = LocalNeo4j(neo4j_settings(tmp_path_factory.mktemp("state")))
    yield local.start(tied_to_parent=True)
    local.stop()
