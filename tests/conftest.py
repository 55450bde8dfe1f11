"""Fixtures of the whole suite. Only tests that ask for `neo4j_server` start Neo4j, and never on a user's own store."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

from domain.settings import Settings
from graph.local import LocalNeo4j, Running
from tests.kit.store_fixtures import migrated as migrated
from tests.kit.store_fixtures import second_store as second_store
from tests.kit.store_fixtures import store as store
from tests.kit.store_fixtures import story as story

_USERS_CACHE = Settings.model_fields["cache_dir"].default


# The speed of the machine is no property of the code: a generator may be slow, and an example may take its time.
hypothesis.settings.register_profile("regulars", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("regulars")


def pytest_configure(config: pytest.Config) -> None:
    """A developer's REGULARS_… variables never reach a test: one of them may name a real store.

    A test that names no state directory leaves its keys in none of the developer's. Each process of the run, children
    included, logs nearly all statements, as on a very busy machine: no test may take a log line for something else.
    """
    for name in [name for name in os.environ if name.upper().startswith("REGULARS_")]:
        del os.environ[name]
    folder = tempfile.TemporaryDirectory(prefix="regulars-tests-", ignore_cleanup_errors=True)
    config.add_cleanup(folder.cleanup)
    os.environ["REGULARS_STATE_DIR"] = folder.name
    os.environ["REGULARS_SLOW_MS"] = "1"


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
