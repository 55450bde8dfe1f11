"""`regulars ledger`: proves that the points that are stored are the sum of the points ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.shown_tables import show_table
from domain.settings import settings
from graph.booked_points import BookedPoints
from graph.store_state import StoreState
from loyalty.verification import Books, Difference
from loyalty.verification import verify as verified
from runtime.service import open_database

_SHOWN = 20

app = typer.Typer(no_args_is_help=True, help="The points ledger: verify.")


@app.callback()
def ledger() -> None:
    """The points ledger."""


@app.command()
def verify(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check that all stored points are the sum of the ledger: by record, lot and customer. docs/profile.md#ledger.

    The service may run meanwhile. The exit code is 1 if something does not add up.
    """
    books = asyncio.run(_verified())
    if as_json:
        typer.echo(orjson.dumps(asdict(books), option=orjson.OPT_INDENT_2))
    else:
        _show(books)
    if not books.balanced:
        raise typer.Exit(1)


async def _verified() -> Books:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with open_database(settings()) as database:
        counts = await StoreState(database).counts()
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("customers", total=counts["customers"])
            books = await verified(BookedPoints(database), lambda count: progress.advance(task, count))
            progress.update(task, total=books.customers)  # former numbers of merged customers are no customers
        return books


def _show(books: Books) -> None:
    print(f"Customers: {books.customers:,}, records: {books.records:,}, ledger entries: {books.entries:,}.")
    if books.balanced:
        print(f"They add up to {books.points:,} points.")
        return
    print("They do not add up. What to do: docs/runbooks.md, 13.")
    if books.unbooked:
        print(f"Ledger entries that are booked on no record: {books.unbooked:,}.")
    if books.unowned:
        print(f"Records that belong to no customer: {books.unowned:,}.")
    if books.differences:
        _show_differences(books.differences)


def _show_differences(differences: Sequence[Difference]) -> None:
    table = Table("record or customer", "points", "stored", "sum of its parts")
    for one in differences[:_SHOWN]:
        stored = "unreadable" if one.stored is None else f"{one.stored:,}"
        table.add_row(one.holder, one.points, stored, f"{one.sum:,}")
    show_table(table)
    if (more := len(differences) - _SHOWN) > 0:
        print(f"{more:,} more sums are wrong: --json has all of them.")
