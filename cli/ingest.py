"""`regulars ingest`: sends events from files, as they are (NDJSON) or through a mapping (CSV, Parquet)."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Protocol

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.masked_events import masked
from cli.kit.shown_tables import show_table
from domain.settings import settings
from ingest.delivery import EventSink
from ingest.files.load import Source, Summary, dry_run, load
from ingest.files.mapping import load_mappings, mapping_for
from ingest.quarantine import Quarantine
from loyalty.earning.bonus_booking import BonusBooking

SOME_REFUSED = 3
"""Exit code where everything was read but some events wait in quarantine (in a dry run: would)."""


class Parts(Protocol):
    """The parts of a running service that the commands on events need."""

    @property
    def intake(self) -> EventSink: ...

    @property
    def quarantine(self) -> Quarantine: ...

    @property
    def bonuses(self) -> BonusBooking: ...


def open_sink() -> AbstractAsyncContextManager[Parts]:
    """The service of this machine's settings; the only place in this module that builds it."""
    from runtime.service import open_service

    return open_service(settings())


def ingest(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="NDJSON, CSV or Parquet; gzip too.")],
    mapping: Annotated[Path | None, typer.Option(help="YAML that says what the columns mean.")] = None,
    source: Annotated[str | None, typer.Option(help="The source of these files, if they do not name it.")] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Read and check everything, send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")] = False,
) -> None:
    """Load events from files. Run it again at any time: no event counts twice.

    See docs/ingest.md.
    """
    mappings = load_mappings(mapping) if mapping is not None else []
    sources: list[Source] = [(file, mapping_for(file, mappings, source=source) if mapping else None) for file in files]
    with _progress(hidden=as_json) as progress:
        task = progress.add_task("reading", total=None)

        def report(summary: Summary) -> None:
            progress.update(task, description=f"{summary.rows:,} rows, {summary.refused:,} refused")

        if dry:
            summary = dry_run(sources, report, source=source, brands=settings().source_brands)
        else:
            summary = asyncio.run(_load(sources, report, source))
    if as_json:
        print(orjson.dumps(_as_json(summary), option=orjson.OPT_INDENT_2).decode())
    else:
        _print(summary, dry=dry)
    if summary.refused:
        raise typer.Exit(SOME_REFUSED)


async def _load(sources: list[Source], report: Any, source: str | None) -> Summary:
    async with open_sink() as service:
        try:
            summary = await load(
                sources,
                service.intake,
                service.quarantine,
                report,
                source=source,
                brands=settings().source_brands,
            )
            await service.bonuses.book_all()
            return summary
        except BaseExceptionGroup as group:
            # The task group wraps the error of its first failed task: the caller should see only that error.
            raise _first(group) from None


def _first(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _progress(*, hidden: bool) -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden)


def _as_json(summary: Summary) -> dict[str, Any]:
    return {
        "files": summary.files,
        "rows": summary.rows,
        "skippedRows": summary.skipped,
        "omittedFields": summary.omitted,
        "accepted": summary.accepted,
        "duplicates": summary.duplicates,
        "refused": summary.refused,
        "types": dict(summary.types),
        "warnings": dict(summary.warnings),
        "reasons": dict(summary.reasons),
        "refusals": [asdict(shown) for shown in summary.refusals],
        "samples": [masked(event) for event in summary.samples],
    }


def _print(summary: Summary, *, dry: bool) -> None:
    console = Console()
    counts = Table("", "count", title="Dry run: nothing was sent" if dry else None)
    rows = {
        "files": summary.files,
        "rows read": summary.rows,
        "rows skipped by the mapping": summary.skipped,
        "unreadable fields left out": summary.omitted,
        "events valid" if dry else "events accepted": summary.accepted,
        "events accepted before": summary.duplicates,
        "events refused": summary.refused,
        "warnings": summary.warnings.total(),
    }
    for name, count in rows.items():
        counts.add_row(name, f"{count:,}")
    for name, count in summary.types.items():
        counts.add_row(f"  {name}", f"{count:,}")
    show_table(counts)
    for warning, count in summary.warnings.most_common(10):
        console.print(f"{count:,} × {warning}", markup=False, soft_wrap=True)
    if summary.refusals:
        refused = Table("file", "row", "field", "what is wrong", "how to fix it", title="Refused (the first of them)")
        for shown in summary.refusals:
            refused.add_row(shown.file, str(shown.row), shown.pointer, shown.message, shown.hint or "")
        show_table(refused)
        for reason, count in summary.reasons.most_common(10):
            console.print(f"{count:,} × {reason}", markup=False, soft_wrap=True)
        if not dry:
            console.print("They wait in quarantine: regulars quarantine list", soft_wrap=True)
    for event in summary.samples:
        console.print_json(orjson.dumps(masked(event)).decode())
