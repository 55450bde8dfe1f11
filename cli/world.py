"""`regulars world`: makes the events of a restaurant and shop group whose true people are known."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from domain.errors import InvalidInput
from world import World, WorldConfig, write_world

app = typer.Typer(help="A made-up group of restaurants and shops with known truth.", no_args_is_help=True)

_DEFAULT = WorldConfig()


@app.callback()
def world() -> None:
    """A made-up group of restaurants and shops with known truth."""


@app.command()
def make(
    out: Annotated[Path, typer.Option(help="Directory for the files. An older world in it is replaced.")],
    people: Annotated[int, typer.Option(help="How many people live in the world.")] = _DEFAULT.people,
    brands: Annotated[int, typer.Option(help="Brands of the group.")] = _DEFAULT.brands,
    stores: Annotated[int, typer.Option(help="Stores of the group; at least one for each brand.")] = _DEFAULT.stores,
    seed: Annotated[int, typer.Option(help="Another seed makes another world.")] = _DEFAULT.seed,
    days: Annotated[int, typer.Option(help="Days of the calendar.")] = _DEFAULT.days,
    start: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help=f"First day. Unset: {_DEFAULT.start}.")
    ] = None,
    gzip: Annotated[bool, typer.Option("--gzip", help="Compress the files.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Write events, truth, people and a summary. The same options give the same bytes.

    See docs/world.md.
    """
    errors = Console(stderr=True)
    try:
        config = WorldConfig(
            people=people,
            brands=brands,
            stores=stores,
            seed=seed,
            days=days,
            start=start.date() if start else _DEFAULT.start,
        )
    except InvalidInput as error:
        errors.print(error.message, style="red", markup=False)
        raise typer.Exit(2) from error
    columns = (TextColumn("people"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=errors, transient=True, disable=as_json) as progress:
        task = progress.add_task("people", total=people)
        summary = write_world(World(config), out, compress=gzip, progress=lambda some: progress.advance(task, some))
    if as_json:
        typer.echo(orjson.dumps(summary).decode())
        return
    counts = summary["counts"]
    typer.echo(f"{counts['events']:,} events of {counts['people']:,} people in {out}: {', '.join(summary['files'])}")
