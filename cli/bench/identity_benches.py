"""Benchmarks of identity resolution: accuracy, speed, and the cost of hard loads."""

from __future__ import annotations

import os
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from api.auth.authenticate import ensure_api_key
from bench import crowd, growth, hard
from bench.kit.children import serving
from bench.kit.machine import machine
from bench.kit.wipe import wipe
from cli.kit.bench_output import AsJson, Out, People, progress, show
from cli.kit.own_store import emptied, own_neo4j, require
from cli.resolve import folders, parts_of
from domain.settings import settings
from graph.local import LocalNeo4j
from ingest.bulk.job import processes
from runtime.service import open_service
from world import World, WorldConfig

app = typer.Typer()


@app.command("accuracy")
def bench_accuracy(
    people: People = 5_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another world.")] = 7,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure precision and recall of bulk resolution on a world, with guards on and off, and of hard cases."""
    config = settings()
    world = World(WorldConfig(people=people, seed=seed))
    with progress("events") as step, folders(config, None) as (work, made):
        figures = crowd.measure(parts_of(config), world, work, made, processes(), step)
    show({"benchmark": "accuracy", "world": {"people": people, "seed": seed}} | figures, as_json, out)


@app.command("match")
def bench_match(
    records: Annotated[int, typer.Option(min=1_000, help="Records of the made-up registry.")] = 20_000,
    pairs: Annotated[int, typer.Option(min=1_000, help="The number of pairs to score, at most.")] = 1_000_000,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure pairs scored a second on one core and the latency of one pair, compared with Splink."""
    require("splink", "This benchmark compares with Splink")
    from bench import match

    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with progress("rounds") as step:
        figures = match.run(records, pairs, step)
    show(figures, as_json, out)


@app.command("resolve")
def bench_resolve(
    records: Annotated[int, typer.Option(min=1_000, help="Records of the made-up registry.")] = 100_000,
    seed: Annotated[int, typer.Option(help="Another seed makes another registry.")] = 7,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure time, peak memory and accuracy of bulk resolution, compared with Splink's matching alone."""
    require("splink", "This benchmark compares with Splink")
    from bench import resolve

    with emptied() as config, Console(stderr=True).status("starting") as status:
        figures = resolve.run(config, records, seed, status.update)
    show(figures, as_json, out)


@app.command("growth")
def bench_growth(
    records: Annotated[
        list[int] | None,
        typer.Option(
            min=10_000,
            help="Records that `regulars resolve` loads first; may be repeated. Unset: 20,000 and 1,000,000.",
        ),
    ] = None,
    count: Annotated[int, typer.Option(min=100, help="New records for each store, after 500 to warm up.")] = 1_500,
    rate: Annotated[float, typer.Option(min=1, help="New records a second.")] = 20,
    seed: Annotated[int, typer.Option(help="Another seed makes another registry.")] = 7,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure a new record that only likeness ties to a guest, in a small store and in a large one."""
    sizes: list[dict[str, Any]] = []
    for size in records or [20_000, 1_000_000]:
        with emptied() as config, Console(stderr=True).status(f"resolving {size:,} records"):
            loaded = growth.load(config, size, seed)
            LocalNeo4j(config).start(tied_to_parent=True)
            with serving(config, config.state_dir / "logs" / "service.log"):
                key = ensure_api_key(config)
                arrived = uvloop.run(growth.arrivals(config, key, size, count, rate, seed))
        sizes.append(arrived | {"loaded": loaded})
    sizes.sort(key=lambda figures: figures["records"])
    p99 = [figures["resolved_ms"]["p99"] for figures in sizes]
    figures = {f"{figures['records']}_records": figures for figures in sizes}
    show(
        {"benchmark": "growth", "machine": machine(), "rate": rate, "new_records": count}
        | figures
        | {"p99_ratio": round(p99[-1] / p99[0], 2)},
        as_json,
        out,
    )


@app.command("hard")
def bench_hard(
    hot: Annotated[int, typer.Option(min=1, help="Records that carry one phone number.")] = 100_000,
    chain: Annotated[int, typer.Option(min=1, help="Records in a chain of e-mail addresses.")] = 10_000,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure intake of a hot identifier and of a chain of records, and how long an unrelated guest waits."""
    with own_neo4j() as config, progress("records") as step:

        async def run() -> dict[str, Any]:
            async with open_service(config) as service:
                await wipe(service.database)
                return await hard.run(service.database, service.intake, hot, chain, step)

        figures = uvloop.run(run())
    show(figures, as_json, out)
