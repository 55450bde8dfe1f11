"""The options of every benchmark, and how it shows its progress and its figures."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.shown_tables import show_table

People = Annotated[int, typer.Option(min=1, help="How many people live in the world.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")]
Out = Annotated[Path | None, typer.Option(help="Also write the figures to this JSON file.")]


@contextmanager
def progress(what: str) -> Generator[Callable[[int], None]]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda count: bar.advance(task, count)


def show(figures: dict[str, Any], as_json: bool, out: Path | None) -> None:
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
    show_table(table)
