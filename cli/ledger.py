"""`regulars ledger`: proves that the points that are stored are the sum of the ledger, and reports what is owed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, TypeVar

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.shown_tables import show_table
from domain.settings import settings
from graph.booked_points import BookedPoints
from graph.history import AFTER_ALL, BEFORE_ALL
from graph.store_state import StoreState
from loyalty.reports.liability import PointsReport
from loyalty.reports.liability import report as reported
from loyalty.reports.verification import Books, Difference
from loyalty.reports.verification import verify as verified
from runtime.service import open_database

T = TypeVar("T")
_SHOWN = 20

app = typer.Typer(no_args_is_help=True, help="The points ledger: verify, report.")


@app.callback()
def ledger() -> None:
    """The points ledger."""


@app.command()
def verify(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Check that all stored points are the sum of the ledger: by record, lot and customer. docs/profile.md#ledger.

    The service may run meanwhile. The exit code is 1 if something does not add up.
    """
    books = asyncio.run(_counted(verified))
    if as_json:
        typer.echo(orjson.dumps(asdict(books), option=orjson.OPT_INDENT_2))
    else:
        _show(books)
    if not books.balanced:
        raise typer.Exit(1)


@app.command()
def report(
    since: Annotated[
        datetime | None,
        typer.Option(
            "--from", formats=["%Y-%m-%d"], help="First day of the settlement (UTC); none: from the beginning."
        ),
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Its last day; none: until now.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Report points by brand and last day, and what brands owe each other. docs/loyalty.md#report.

    The exit code is 1 if the accounts do not add up. While the service runs, they may not: then report again.
    """
    now = datetime.now(UTC)
    start = BEFORE_ALL if since is None else since.replace(tzinfo=UTC).isoformat()
    end = AFTER_ALL if until is None else (until.replace(tzinfo=UTC) + timedelta(days=1)).isoformat()
    found = asyncio.run(_counted(lambda booked, step: reported(booked, now, (start, end), step)))
    if as_json:
        typer.echo(orjson.dumps(asdict(found) | {"adds_up": found.adds_up}, option=orjson.OPT_INDENT_2))
    else:
        _show_report(found)
    if not found.adds_up:
        raise typer.Exit(1)


async def _counted(work: Callable[[BookedPoints, Callable[[int], None]], Awaitable[T]]) -> T:
    """What `work` finds, while a bar shows how many customers are done."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with open_database(settings()) as database:
        counts = await StoreState(database).counts()
        with Progress(*columns, console=Console(stderr=True)) as progress:
            task = progress.add_task("customers", total=counts["customers"])
            found = await work(BookedPoints(database), lambda count: progress.advance(task, count))
            # Former numbers of merged customers are no customers.
            progress.update(task, total=progress.tasks[task].completed)
        return found


def _show_report(found: PointsReport) -> None:
    print(f"{found.customers:,} customers on {found.at[:10]}.")
    points = Table("points of guests", "")
    for name, value in (
        ("in hand", found.in_hand),
        ("set aside", found.held),
        ("expired", found.expired),
        ("owed by guests", -found.owed),
    ):
        points.add_row(name, f"{value:,}")
    show_table(points)
    accounts = Table("account", "points")
    for name, value in found.accounts.items():
        accounts.add_row(name, f"{value:,}")
    accounts.add_row("together", f"{sum(found.accounts.values()):,}")
    show_table(accounts)
    months = Table("last month", "brand", "in hand", "expired")
    for month, brand, in_hand, expired in found.by_month:
        months.add_row(month or "no end", brand, f"{in_hand:,}", f"{expired:,}")
    show_table(months)
    if found.settlement:
        settlement = Table("brand that gave points", "used at", "points")
        for gave, used, value in found.settlement:
            settlement.add_row(gave, used or "not said", f"{value:,}")
        show_table(settlement)
    if found.offline:
        offline = Table("store", "used offline", "redemptions", "points", "guests did not have", "owner")
        for one in found.offline:
            shown = (f"{one.redemptions:,}", f"{one.points:,}", f"{one.missing:,}")
            offline.add_row(one.store, one.reason or "as allowed", *shown, one.owner or "")
        show_table(offline)


def _show(books: Books) -> None:
    print(
        f"Customers: {books.customers:,}, records: {books.records:,}, ledger entries: {books.entries:,}, "
        f"limits: {books.limits:,}."
    )
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
    table = Table("record, customer, limit or transfer", "what", "stored", "sum of its parts")
    for one in differences[:_SHOWN]:
        stored = "unreadable" if one.stored is None else f"{one.stored:,}"
        table.add_row(one.holder, one.points, stored, f"{one.sum:,}")
    show_table(table)
    if (more := len(differences) - _SHOWN) > 0:
        print(f"{more:,} more sums are wrong: --json has all of them.")
