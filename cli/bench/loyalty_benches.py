"""Benchmarks of points: what tills ask, and a day of theirs."""

from __future__ import annotations

import itertools
from contextlib import ExitStack
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console

from api.auth.authenticate import ensure_api_key
from bench import scale
from bench.kit.children import serving
from bench.kit.machine import machine
from bench.kit.wipe import wipe
from bench.points import carrying_over, plain_members, redeeming, till_day
from bench.points.till_rules import publish_rules
from cli.bench.service_benches import loaded_store
from cli.kit.bench_output import AsJson, Out, progress, show
from cli.kit.own_store import UNBOUND, own_neo4j, web_shop
from runtime.service import open_database

app = typer.Typer()


@app.command("loyalty")
def bench_loyalty(
    sizes: Annotated[
        list[int] | None,
        typer.Option("--members", min=1_000, help="Members in a store; may be repeated. Unset: 100,000."),
    ] = None,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Measure what a till asks about points at 32 connections: inquire, accrue and redeem."""
    with ExitStack() as services, Console(stderr=True).status("starting") as status:
        stores: list[scale.Store] = []
        for size in sizes or [100_000]:
            status.update(f"loading {size:,} members")
            config, _ = loaded_store(services, f"loyalty-{size}", size, plain_members.load)
            stores.append(scale.Store(size, config, uvloop.run(web_shop(config)), ()))
        status.update("asking")
        turns = itertools.count(1)
        figures = uvloop.run(redeeming.run(stores, lambda: status.update(f"asking: round {next(turns)}")))
    show(figures, as_json, out)


@app.command("balances")
def bench_balances(
    count: Annotated[int, typer.Option("--members", min=1_000, help="Members with a balance.")] = 1_000_000,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Carry balances of another system over: a dry run, a run that is killed, and one that goes on.

    The exit code is 1 if file and ledger differ.
    """
    with ExitStack() as services, Console(stderr=True).status(f"loading {count:,} members") as status:
        config, _ = loaded_store(services, f"balances-{count}", count, plain_members.load)
        figures = carrying_over.run(config, uvloop.run(web_shop(config)), count, status.update)
    show(figures, as_json, out)
    if not figures["adds_up"]:
        raise typer.Exit(1)


@app.command("tills")
def bench_tills(
    tills: Annotated[int, typer.Option(min=1, max=500, help="Tills that work at the same time.")] = 60,
    hours: Annotated[int, typer.Option(min=1, max=24, help="Hours of the simulated day.")] = 24,
    checks: Annotated[int, typer.Option(min=1, max=100, help="Checks of each till in an hour.")] = 4,
    as_json: AsJson = False,
    out: Out = None,
) -> None:
    """Play a day of tills with retries, hours without a network, refunds and merges; do the books add up?

    The exit code is 1 if they do not.
    """
    with own_neo4j() as own:
        config = own.model_copy(update=UNBOUND)

        async def run() -> dict[str, Any]:
            key, url = ensure_api_key(config), f"http://{config.host}:{config.port}"
            await publish_rules(url, key)
            day = till_day.TillDay(url, key, {"grill": "Grill", "cafe": "Cafe", "bar": "Bar"}, tills, hours, checks)
            with progress("hours") as step:
                await day.run(step)
            async with open_database(config) as database:
                return {"benchmark": "tills", "machine": machine()} | day.figures() | await day.audited(database)

        async def emptied() -> None:
            async with open_database(config) as database:
                await wipe(database)

        uvloop.run(emptied())
        with serving(config, config.state_dir / "logs" / "service.log"):
            figures = uvloop.run(run())
    show(figures, as_json, out)
    if not figures["adds_up"]:
        raise typer.Exit(1)
