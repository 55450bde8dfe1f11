"""`regulars bench`: the figures that the README quotes, each beside something to compare with."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from api.auth import ensure_api_key
from api.keys import make
from bench import crowd, growth, hard, ingest, latency, profile, serve
from bench.children import environment, serving, stop, wait_until_ready
from bench.machine import machine
from bench.stream import stream
from cli.resolve import folders, parts_of
from cli.service import open_database, open_service
from cypher import load
from domain.errors import SetupError
from domain.settings import Settings, settings
from graph.keys import ServiceKeys
from graph.local import LocalNeo4j
from ingest.bulk.job import processes
from privacy.vault import open_vault
from resolvers.caller import IDENTITY_READ
from resolvers.roles import ROLES
from world import World, WorldConfig

app = typer.Typer(help="Benchmarks, on a Neo4j and service of their own.", no_args_is_help=True)

People = Annotated[int, typer.Option(min=1, help="How many people live in the world.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]
Out = Annotated[Path | None, typer.Option(help="Write the figures to this JSON file too.")]
_NO_BOUND = 10**9
_WHOLE = 300


@app.command("ingest")
def bench_ingest(people: People = 2_000, as_json: AsJson = False, out: Out = None) -> None:
    """Resolved events per second beside writing the same final graph by plain UNWIND."""
    with _own_neo4j() as config, _progress("events") as step:

        async def run() -> dict[str, Any]:
            async with open_service(config) as service:
                await service.database.run_schema(load("bench/wipe"))
                return await ingest.run(service.database, service.intake, people, step)

        figures = uvloop.run(run())
    _show(figures, as_json, out)


@app.command("latency")
def bench_latency(
    people: People = 5_000,  # in a smaller world the orders sent here double the store, and it plans statements anew
    rate: Annotated[float, typer.Option(min=1, help="Events per second.")] = 100,
    seconds: Annotated[float, typer.Option(min=1, help="How long, after half a minute of warming up.")] = 60,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """From sending an event to seeing it in the profile through GraphQL, at a steady rate."""
    with _own_service(people) as (config, key), _progress("orders") as step:

        async def run() -> dict[str, Any]:
            guests = await _guests(config)
            await latency.run(config, key, guests, rate=rate, seconds=30, progress=lambda count: None)
            return await latency.run(config, key, guests, rate=rate, seconds=seconds, progress=step)

        figures = uvloop.run(run())
    _show(figures, as_json, out)


@app.command("profile")
def bench_profile(people: People = 1_000, as_json: AsJson = False, out: Out = None) -> None:
    """The GraphQL profile query beside a bare handler that runs one Cypher query."""
    with _own_service(people) as (config, key):
        port = _free_port()
        bare = subprocess.Popen([sys.executable, "-m", "bench.bare", str(port)], env=environment(config))  # noqa: S603
        try:
            wait_until_ready(bare, f"http://{config.host}:{port}", config.state_dir / "logs" / "service.log")

            async def run() -> dict[str, Any]:
                numbers = [number for number, _, _ in await _guests(config)]
                return await profile.run(config, key, port, numbers)

            figures = uvloop.run(run())
        finally:
            stop(bare)
    _show(figures, as_json, out)


@app.command("serve")
def bench_serve(
    people: People = 2_000,
    apollo: Annotated[bool, typer.Option(help="Compare with Apollo Server too; it needs Node and npm.")] = True,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """A customer with records and orders from us, a bare handler and Apollo Server with @neo4j/graphql."""
    with _own_service(people) as (config, key), ExitStack() as peers:
        ports = {"bare": _free_port(), "apollo": _free_port()}
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
                numbers = [row["number"] for row in await database.read("bench/threefold", limit=_WHOLE)]
            with _progress("rounds") as step:
                return await serve.run(config, key, ports, token, numbers, lambda: step(1))

        figures = uvloop.run(run())
    _show(figures, as_json, out)


@app.command("accuracy")
def bench_accuracy(
    people: People = 5_000,
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 7,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Precision and recall of bulk resolution against a world's truth, guards on and off; hard cases apart."""
    config = settings()
    world = World(WorldConfig(people=people, seed=seed))
    with _progress("events") as step, folders(config, None) as (work, made):
        figures = crowd.measure(parts_of(config), world, work, made, processes(), step)
    _show({"benchmark": "accuracy", "world": {"people": people, "seed": seed}} | figures, as_json, out)


@app.command("match")
def bench_match(
    records: Annotated[int, typer.Option(min=1_000, help="Records of the made-up registry.")] = 20_000,
    pairs: Annotated[int, typer.Option(min=1_000, help="Most pairs that are scored.")] = 1_000_000,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Pairs scored per second on one core, and one pair's latency, beside Splink on the same pairs."""
    _require_splink()
    from bench import match

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with _progress("rounds") as step:
        figures = match.run(records, pairs, step)
    _show(figures, as_json, out)


@app.command("resolve")
def bench_resolve(
    records: Annotated[int, typer.Option(min=1_000, help="Records of the made-up registry.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed is another registry.")] = 7,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Bulk resolution end to end beside Splink's matching alone: minutes, peak memory and accuracy of each."""
    _require_splink()
    from bench import resolve

    with _emptied() as config, Console(stderr=True).status("starting") as status:
        figures = resolve.run(config, records, seed, status.update)
    _show(figures, as_json, out)


@app.command("growth")
def bench_growth(
    records: Annotated[list[int] | None, typer.Option(min=10_000, help="Sizes of the store, in records.")] = None,
    count: Annotated[int, typer.Option(min=100, help="New records sent to each, after 500 of warming up.")] = 1_500,
    rate: Annotated[float, typer.Option(min=1, help="New records per second.")] = 20,
    seed: Annotated[int, typer.Option(help="Another seed is another registry.")] = 7,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """What a new record that only likeness ties to a guest costs in a small store and in a large one."""
    found: list[dict[str, Any]] = []
    for size in records or [20_000, 1_000_000]:
        with _emptied() as config, Console(stderr=True).status(f"resolving {size:,} records"):
            loaded = growth.load(config, size, seed)
            LocalNeo4j(config).start(tied_to_parent=True)
            with serving(config, config.state_dir / "logs" / "service.log"):
                key = ensure_api_key(config)
                arrived = uvloop.run(growth.arrivals(config, key, size, count, rate, seed))
        found.append(arrived | {"loaded": loaded})
    found.sort(key=lambda figures: figures["records"])
    p99 = [figures["resolved_ms"]["p99"] for figures in found]
    figures = {f"{figures['records']}_records": figures for figures in found}
    _show(
        {"benchmark": "growth", "machine": machine(), "rate": rate, "new_records": count}
        | figures
        | {"p99_ratio": round(p99[-1] / p99[0], 2)},
        as_json,
        out,
    )


def _require_splink() -> None:
    if find_spec("splink") is None:
        raise SetupError("This benchmark compares with Splink, which is not installed.", hint="Run: uv sync --dev")


@contextmanager
def _emptied() -> Generator[Settings]:
    """Settings with a state directory of the benchmark's own that holds nothing; its server stops at the end."""
    config = _own_settings()
    config = config.model_copy(update={"state_dir": config.state_dir / "bulk"})
    LocalNeo4j(config).stop()
    shutil.rmtree(config.state_dir, ignore_errors=True)
    try:
        yield config
    finally:
        LocalNeo4j(config).stop()
        shutil.rmtree(config.state_dir, ignore_errors=True)


@app.command("hard")
def bench_hard(
    hot: Annotated[int, typer.Option(min=1, help="Records that carry one phone number.")] = 100_000,
    chain: Annotated[int, typer.Option(min=1, help="Records in a chain of e-mail addresses.")] = 10_000,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """A hot identifier and a chain of records: how fast they are taken in, and what a guest beside them waits."""
    with _own_neo4j() as config, _progress("records") as step:

        async def run() -> dict[str, Any]:
            async with open_service(config) as service:
                await service.database.run_schema(load("bench/wipe"))
                return await hard.run(service.database, service.intake, hot, chain, step)

        figures = uvloop.run(run())
    _show(figures, as_json, out)


@contextmanager
def _own_neo4j() -> Generator[Settings]:
    """Settings with a store of the benchmark's own: it is emptied, so it must never be somebody's."""
    config = _own_settings()
    local = LocalNeo4j(config)
    with Console(stderr=True).status("Starting Neo4j …"):
        local.start(tied_to_parent=True)
    try:
        yield config
    finally:
        local.stop()


def _own_settings() -> Settings:
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
            "port": _free_port(),
        }
    )


@contextmanager
def _own_service(people: int) -> Generator[tuple[Settings, str]]:
    """A service of its own with a world in it, and the key of a web shop: it sends, and reads contact data masked."""
    with _own_neo4j() as own:
        # One caller asks for all that the machine can give.
        config = own.model_copy(update={"graphql_bucket": _NO_BOUND, "graphql_restored_per_second": _NO_BOUND})

        async def wipe() -> None:
            async with open_database(config) as database:
                await database.run_schema(load("bench/wipe"))

        uvloop.run(wipe())
        with serving(config, config.state_dir / "logs" / "service.log"), _progress("events") as step:
            key = uvloop.run(_web_shop(config))
            events = (event for event, _ in World(WorldConfig(people=people)).events())
            uvloop.run(stream(events, f"http://{config.host}:{config.port}", key, progress=step))
            yield config, key


async def _web_shop(config: Settings) -> str:
    made = make()
    scopes = ROLES["web_shop"].scopes | {IDENTITY_READ}
    async with open_database(config) as database:
        await ServiceKeys(database).create(
            made.id,
            name="bench",
            hash_=made.hash,
            scopes=sorted(scopes),
            brands=None,
            sources=None,
            stores=None,
            expires_at=None,
        )
    return made.text


async def _guests(config: Settings) -> list[tuple[str, str, str]]:
    vault = open_vault(config)
    async with open_database(config) as database:
        rows = await database.read("bench/known_subjects", limit=500)
    opened = [(row["number"], row["record"], vault.open(row["record"], row["sealed"])["id"]) for row in rows]
    return [(number, record.partition("|")[0], subject) for number, record, subject in opened if subject]


@contextmanager
def _progress(what: str) -> Generator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda count: progress.advance(task, count)


def _show(figures: dict[str, Any], as_json: bool, out: Path | None) -> None:
    text = orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode()
    if out is not None:
        out.write_text(text + "\n", "utf-8")
    if as_json:
        typer.echo(text)
        return
    table = Table("figure", "value", title=str(figures["benchmark"]), title_justify="left")
    for name, value in figures.items():
        if isinstance(value, dict):
            for inner, figure in value.items():
                table.add_row(f"{name}.{inner}", str(figure))
        else:
            table.add_row(name, str(value))
    Console().print(table)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
