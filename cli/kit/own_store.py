"""A Neo4j and a service for a benchmark alone: the store is emptied, so it must never hold real data."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import uvloop
from rich.console import Console

from api.auth.key_ring import make
from bench.kit.children import serving
from bench.kit.store_reads import known_subjects
from bench.kit.stream import stream
from bench.kit.wipe import wipe
from cli.kit.bench_output import progress
from domain.errors import SetupError
from domain.settings import Settings, settings
from graph.local import LocalNeo4j
from graph.service_keys import ServiceKeys
from privacy.vault import open_vault
from resolvers.access.caller import IDENTITY_READ
from resolvers.access.roles import ROLES
from runtime.service import open_database
from world import World, WorldConfig

UNBOUND = {"graphql_bucket": 10**9, "graphql_restored_per_second": 10**9}
"""Settings under which one caller may use the whole machine."""


@contextmanager
def own_neo4j() -> Generator[Settings]:
    """Settings with a running Neo4j for the benchmark alone."""
    config = own_settings()
    local = LocalNeo4j(config)
    with Console(stderr=True).status("Starting Neo4j …"):
        local.start(tied_to_parent=True)
    try:
        yield config
    finally:
        local.stop()


@contextmanager
def own_service(people: int) -> Generator[tuple[Settings, str, subprocess.Popen[bytes]]]:
    """The settings of a service that holds a world, the key of a web shop (it sends events, and reads contact data
    masked), and the service's process."""
    with own_neo4j() as own:
        config = own.model_copy(update=UNBOUND)

        async def emptied() -> None:
            async with open_database(config) as database:
                await wipe(database)

        uvloop.run(emptied())
        with serving(config, config.state_dir / "logs" / "service.log") as process, progress("events") as step:
            key = uvloop.run(web_shop(config))
            events = (event for event, _ in World(WorldConfig(people=people)).events())
            uvloop.run(stream(events, f"http://{config.host}:{config.port}", key, progress=step))
            yield config, key, process


@contextmanager
def emptied(name: str = "bulk", **changes: Any) -> Generator[Settings]:
    """Settings with an empty state directory for the benchmark alone; its server stops at the end."""
    config = own_settings()
    config = config.model_copy(update={"state_dir": config.state_dir / name} | changes)
    LocalNeo4j(config).stop()
    shutil.rmtree(config.state_dir, ignore_errors=True)
    try:
        yield config
    finally:
        LocalNeo4j(config).stop()
        shutil.rmtree(config.state_dir, ignore_errors=True)


def own_settings() -> Settings:
    config = settings()
    if config.neo4j_uri is not None:
        raise SetupError(
            "Benchmarks empty their store and run on the embedded Neo4j only.", hint="Unset REGULARS_NEO4J_URI."
        )
    return config.model_copy(
        update={
            "state_dir": (config.state_dir / "bench").absolute(),
            "neo4j_bolt_port": 0,
            "neo4j_http_port": 0,
            "port": free_port(),
        }
    )


async def web_shop(config: Settings) -> str:
    key = make()
    scopes = ROLES["web_shop"].scopes | {IDENTITY_READ}
    async with open_database(config) as database:
        await ServiceKeys(database).create(
            key.id,
            name="bench",
            hash_=key.hash,
            scopes=sorted(scopes),
            brands=None,
            sources=None,
            stores=None,
            expires_at=None,
        )
    return key.text


async def known_guests(config: Settings) -> list[tuple[str, str, str]]:
    vault = open_vault(config)
    async with open_database(config) as database:
        rows = await known_subjects(database, 500)
    opened = [(row["number"], row["record"], vault.open(row["record"], row["sealed"])["id"]) for row in rows]
    return [(number, record.partition("|")[0], subject) for number, record, subject in opened if subject]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def require(module: str, purpose: str) -> None:
    """Raises SetupError where a package that only the benchmarks need is missing."""
    if find_spec(module) is None:
        raise SetupError(f"{purpose}, which is not installed.", hint="Run: uv sync --dev")
