"""`regulars loyalty`: carries balances over from the system before, and writes a guest's statement."""

from __future__ import annotations

import asyncio
import csv
import sys
from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.shown_tables import show_table
from cli.kit.statement_pages import write_pdf
from domain.errors import NotFound, SetupError
from domain.settings import settings
from graph.customers import Customers, Finder
from loyalty.commands.balance_rows import BalanceReader
from loyalty.commands.carry_over import CarriedOver, carry_over
from loyalty.ledger.lots import Lot
from loyalty.reports.statement import BEGINNING, StatedEntry, Statement, period, statement, statement_part
from privacy.audit_log import AuditLog, Entry
from privacy.vault import open_vault
from runtime.service import open_database, open_service

_SHOWN = 20
_HEADING = ("at", "what", "brand", "last day", "points", "balance")

app = typer.Typer(no_args_is_help=True, help="Points: import, statement.")


@app.callback()
def loyalty() -> None:
    """Points of guests."""


@app.command("import")
def import_balances(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, metavar="FILE", help="CSV in UTF-8, with the columns of the guide."
        ),
    ],
    system: Annotated[
        str,
        typer.Option(
            help="The system that the balances are from, in small letters. Its rows are known by their references: use "
            "the same name for every run."
        ),
    ],
    dry: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Carry members' balances over from the system before: docs/loyalty.md#balances-of-another-system.

    Run it again at any time: no row counts twice. The exit code is 1 if a row is wrong, or if the ledger does not have
    what the file says.
    """
    done = asyncio.run(_imported(file, system, dry=dry, hidden=as_json))
    if as_json:
        typer.echo(orjson.dumps(_as_json(done), option=orjson.OPT_INDENT_2))
    else:
        _show(done, dry=dry)
    if not done.whole:
        raise typer.Exit(1)


@app.command("statement")
def guest_statement(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The customer number, such as CUST-0A1B-….")],
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC); none: from the beginning.")
    ] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day; none: today.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print the lines as CSV.")] = False,
    pdf: Annotated[Path | None, typer.Option(dir_okay=False, help="Write a PDF.")] = None,
) -> None:
    """Show what changed a guest's points in a period: docs/loyalty.md#statement.

    Points that expired are lines, too, so opening and lines are the closing balance. It is noted in the audit log.
    """
    now = datetime.now(UTC)
    days = period(first.date() if first else None, last.date() if last else None, now)
    found, known_as = asyncio.run(_stated(number.strip().upper(), *days))
    if pdf is not None:
        _written(pdf, found, known_as)
    if as_json:
        typer.echo(orjson.dumps(_statement_json(found, known_as), option=orjson.OPT_INDENT_2))
    elif as_csv:
        csv.writer(sys.stdout, lineterminator="\n").writerows([_HEADING, *_rows(found, plain=True)])
    elif pdf is None:
        _show_statement(found, known_as)


async def _stated(number: str, first: date, last: date, end: datetime) -> tuple[Statement, str]:
    """The statement, and the guest's present number."""
    config = settings()
    async with open_database(config) as database:
        part = statement_part(last)
        profiles = await Customers(database).find(Finder.named("by_number", number=number), [part])
        if not profiles:
            raise NotFound("There is no customer with this number.", hint="Find the guest with customerSearch.")
        known_as = profiles[0].base["number"]
        at = datetime.now(UTC).isoformat(timespec="microseconds")
        entry = Entry(at, "command-line", "operator", "read", ("loyalty statement",), customers=(known_as,))
        await AuditLog(database, open_vault(config)).add(entry)
        entries = [StatedEntry.of_row(row) for row in profiles[0].parts[part]]
        return statement(entries, first, last, end), known_as


async def _imported(file: Path, system: str, *, dry: bool, hidden: bool) -> CarriedOver:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    async with open_service(settings()) as service:
        reader = BalanceReader(service.reader, system)
        with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as progress:
            task = progress.add_task("rows", total=_lines(file))
            if not dry:  # first, so that every change is in the audit log
                at = datetime.now(UTC).isoformat(timespec="microseconds")
                entry = Entry(at, "command-line", "operator", "write", ("loyalty import",), why=system)
                await AuditLog(service.database, service.parts.vault).add(entry)
            return await carry_over(
                service.database,
                reader.read(file),
                reader.reason,
                lambda done: progress.update(task, completed=done.rows),
                dry=dry,
            )


def _lines(file: Path) -> int:
    """About as many rows: some rows may have several lines."""
    with file.open("rb") as lines:
        return max(sum(1 for _ in lines) - 1, 0)


def _as_json(done: CarriedOver) -> dict[str, Any]:
    ledger = done.ledger
    lots = sorted(done.file.keys() | (ledger or {}).keys(), key=Lot.turn)
    return {
        "rows": done.rows,
        "carriedOver": done.carried,
        "before": done.before,
        "repeated": done.repeated,
        "membersFound": done.found,
        "membersNotFound": done.not_found,
        "wrong": done.faulty,
        "faults": [asdict(fault) for fault in done.faults],
        "lots": [
            {
                "brand": lot.brand,
                "lastDay": lot.expires or None,
                "file": done.file[lot],
                "ledger": None if ledger is None else ledger[lot],
            }
            for lot in lots
        ],
        "addsUp": done.whole,
    }


def _show(done: CarriedOver, *, dry: bool) -> None:
    counts = Table("rows", "", title="Dry run: nothing was written" if dry else None)
    for name, count in (
        ("read", done.rows),
        ("would be carried over" if dry else "carried over", done.carried),
        ("carried over before", done.before),
        ("twice in the file", done.repeated),
        ("whose member was found", done.found),
        ("whose member was not found", done.not_found),
        ("that are wrong", done.faulty),
    ):
        counts.add_row(name, f"{count:,}")
    show_table(counts)
    _show_months(done)
    if done.faults:
        _show_faults(done)
    if done.ledger is None:
        return
    if done.differences:
        _show_differences(done)
    else:
        print(f"The ledger has what the file says: {done.file.total():,} points.")


def _show_months(done: CarriedOver) -> None:
    months, booked = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for sums, into in ((done.file, months), (done.ledger or Counter[Lot](), booked)):
        for lot, points in sums.items():
            into[lot.brand, lot.expires[:7]] += points
    table = Table("brand", "last month", "points in the file")
    if done.ledger is not None:
        table.add_column("in the ledger")
    for brand, month in sorted(months.keys() | booked.keys(), key=lambda one: (one[0], one[1] or "9999")):
        cells = [f"{months[brand, month]:,}"] + ([f"{booked[brand, month]:,}"] if done.ledger is not None else [])
        table.add_row(brand, month or "no end", *cells)
    show_table(table)


def _show_faults(done: CarriedOver) -> None:
    table = Table("line", "column", "what is wrong", "how to mend it", title="Not carried over (the first of them)")
    for fault in done.faults[:_SHOWN]:
        table.add_row(f"{fault.line:,}", fault.column, fault.message, fault.hint or "")
    show_table(table)
    reasons = Counter(f"{fault.column} {fault.message}".strip() for fault in done.faults)
    for reason, count in reasons.most_common(10):
        print(f"{count:,} × {reason}")
    if (more := done.faulty - len(done.faults)) > 0:
        print(f"{more:,} more rows are wrong: mend these, then run it again.")


def _show_differences(done: CarriedOver) -> None:
    print("The ledger does not have what the file says. What to do: docs/runbooks.md, 18.")
    table = Table("brand", "last day", "points in the file", "in the ledger", "difference")
    ledger = done.ledger or Counter[Lot]()
    for lot in done.differences[:_SHOWN]:
        told, booked = done.file[lot], ledger[lot]
        table.add_row(lot.brand, lot.expires or "no end", f"{told:,}", f"{booked:,}", f"{booked - told:+,}")
    show_table(table)
    if (more := len(done.differences) - _SHOWN) > 0:
        print(f"{more:,} more lots differ: --json has all of them.")


def _rows(found: Statement, *, plain: bool = False) -> list[tuple[str, ...]]:
    """The cells of each line; `plain`: for machines."""
    number = "d" if plain else ",d"
    return [
        (
            line.at.astimezone(UTC).isoformat(timespec="seconds")
            if plain
            else f"{line.at.astimezone(UTC):%Y-%m-%d %H:%M}",
            line.reason,
            line.lot.brand,
            line.lot.expires or ("" if plain else "no end"),
            format(line.points, number),
            format(line.balance, number),
        )
        for line in found.lines
    ]


def _written(path: Path, found: Statement, number: str) -> None:
    try:
        write_pdf(path, number, found, f"Points from {_from(found)} to {found.last}", [_HEADING, *_rows(found)])
    except OSError as error:
        raise SetupError(
            f"The PDF cannot be written: {error.strerror}.", hint="Name a file in a folder of yours."
        ) from None


def _from(found: Statement) -> str:
    return "the beginning" if found.first == BEGINNING else str(found.first)


def _show_statement(found: Statement, number: str) -> None:
    print(f"Points of {number} from {_from(found)} to {found.last}.")
    sums = Table("brand", "before", "after")
    for brand in found.brands:
        sums.add_row(brand, f"{found.opening.get(brand, 0):,}", f"{found.closing.get(brand, 0):,}")
    sums.add_row("together", f"{found.opening_points:,}", f"{found.closing_points:,}")
    show_table(sums)
    lines = Table(*_HEADING)
    for row in _rows(found):
        lines.add_row(*row)
    show_table(lines)


def _statement_json(found: Statement, number: str) -> dict[str, Any]:
    return {
        "customer": number,
        "from": str(found.first),
        "to": str(found.last),
        "opening": found.opening_points,
        "closing": found.closing_points,
        "brands": [
            {"brand": brand, "opening": found.opening.get(brand, 0), "closing": found.closing.get(brand, 0)}
            for brand in found.brands
        ],
        "lines": [
            {
                "at": line.at,
                "points": line.points,
                "kind": line.kind,
                "reason": line.reason,
                "brand": line.lot.brand,
                "lastDay": line.lot.expires or None,
                "balance": line.balance,
            }
            for line in found.lines
        ],
    }
