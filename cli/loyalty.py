"""`regulars loyalty`: carries balances over from the system before."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.shown_tables import show_table
from domain.settings import settings
from loyalty.balance_rows import BalanceReader
from loyalty.carry_over import CarriedOver, carry_over
from loyalty.lots import Lot
from privacy.audit_log import AuditLog, Entry
from runtime.service import open_service

_SHOWN = 20

app = typer.Typer(no_args_is_help=True, help="Points: import.")


@app.callback()
def loyalty() -> None:
    """Points of guests."""


@app.command("import")
def import_balances(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="CSV in UTF-8, with the columns of the guide.")],
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
    print("The ledger does not have what the file says. What to do: docs/runbooks.md, 19.")
    table = Table("brand", "last day", "points in the file", "in the ledger", "difference")
    ledger = done.ledger or Counter[Lot]()
    for lot in done.differences[:_SHOWN]:
        told, booked = done.file[lot], ledger[lot]
        table.add_row(lot.brand, lot.expires or "no end", f"{told:,}", f"{booked:,}", f"{booked - told:+,}")
    show_table(table)
    if (more := len(done.differences) - _SHOWN) > 0:
        print(f"{more:,} more lots differ: --json has all of them.")
