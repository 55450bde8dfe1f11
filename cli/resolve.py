"""`regulars resolve`: resolves millions of source records on one machine, as live intake would, and loads them."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.ingest import SOME_REFUSED
from cli.kit.bulk_load import fill_by_import, fill_live, require_empty
from cli.kit.shown_tables import show_table
from domain.errors import InvalidInput
from domain.private_folder import private_folder
from domain.settings import Settings, settings
from ingest.bulk import BulkParts, BulkReport, Job, run
from ingest.bulk.job import processes
from ingest.bulk.spill import Spill
from ingest.delivery import Raw
from ingest.files.mapping import FileMapping, load_mappings, mapping_for
from ingest.files.reader import FileCounts, read_events
from loyalty.programme.programme import programme
from privacy.vault import open_vault
from runtime.service import policies_of, survivorship_of

_READ = 1_000
Source = tuple[Path, FileMapping | None]


class Load(StrEnum):
    """Where the result is loaded."""

    IMPORT = "import"
    LIVE = "live"
    NONE = "none"


def resolve(
    files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False, help="NDJSON, CSV or Parquet; gzip too.")],
    mapping: Annotated[Path | None, typer.Option(help="YAML that says what the columns mean.")] = None,
    source: Annotated[str | None, typer.Option(help="The source of these files, if they do not name it.")] = None,
    load: Annotated[
        Load, typer.Option(help="`import`: into an empty store. `live`: into a live one. `none`: files only.")
    ] = Load.IMPORT,
    out: Annotated[Path | None, typer.Option(help="Keep the import's CSV files in this directory.")] = None,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes. Unset: one for each processor.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Resolve whole files at once and load the result: the same people as `regulars ingest` would make.

    See docs/bulk.md.
    """
    if load is Load.NONE and out is None:
        raise InvalidInput("--load none only writes files.", hint="Name a directory for them: --out DIR.")
    if load is Load.LIVE and out is not None:
        raise InvalidInput("--load live writes no files.", hint="Remove --out, or use --load none.")
    mappings = load_mappings(mapping) if mapping is not None else []
    sources: list[Source] = [(file, mapping_for(file, mappings, source=source) if mapping else None) for file in files]
    config = settings()
    if load is Load.IMPORT:
        require_empty(config)
    with progress(hidden=as_json) as step, folders(config, out) as (work, files_dir):
        job = Job(parts_of(config), work, files_dir, workers or processes(), source, keep=load is Load.LIVE)
        report = run_job(job, raws_of(sources), step, load)
    _show(report, as_json)
    if report.refused:
        raise typer.Exit(SOME_REFUSED)


def run_job(job: Job, raws: Iterator[Sequence[Raw]], step: Callable[[str, int], None], load: Load) -> BulkReport:
    """Runs the job and loads its result, which counts as a step of its own."""
    config = job.parts.settings

    def then(spill: Spill, report: BulkReport) -> None:
        started = time.monotonic()
        step("load", 0)
        if load is Load.IMPORT:
            fill_by_import(config, job.out, spill)
        elif load is Load.LIVE:
            fill_live(config, spill, lambda count: step("load", count))
        report.seconds["load"] = round(time.monotonic() - started, 1)

    return run(job, raws, step, then=then)


def parts_of(config: Settings) -> BulkParts:
    """The parts that a job's workers receive under these settings."""
    open_vault(config)  # creates a missing key file before several processes look for it
    rules = programme(config.loyalty_config)
    now = datetime.now(UTC).isoformat()
    return BulkParts(config, policies_of(config), rules, survivorship_of(config), now)


def raws_of(sources: Sequence[Source]) -> Iterator[list[Raw]]:
    """The raw events of files, in lists of bounded size."""
    for path, mapping in sources:
        batch: list[Raw] = []
        for raw in read_events(path, mapping, FileCounts()):
            batch.append(raw)
            if len(batch) == _READ:
                yield batch
                batch = []
        if batch:
            yield batch


@contextmanager
def folders(config: Settings, out: Path | None) -> Generator[tuple[Path, Path]]:
    """A folder for the spill, which is deleted at the end, and one for the files, which stays if `out` names it."""
    state = private_folder(config.state_dir.expanduser().absolute())
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise InvalidInput(f"{out} is not empty.", hint="Name a new directory: files of two jobs must not mix.")
    with ExitStack() as stack:
        work = Path(tempfile.mkdtemp(prefix="bulk-", dir=state))  # mode 0700
        stack.callback(shutil.rmtree, work, ignore_errors=True)
        if out is None:
            out = work / "files"
            out.mkdir()
        yield work, out.absolute()


@contextmanager
def progress(*, hidden: bool) -> Generator[Callable[[str, int], None]]:
    """A line that shows the present step and its progress."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    counts: dict[str, int] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=hidden) as bar:
        task = bar.add_task("starting", total=None)

        def step(name: str, count: int) -> None:
            counts[name] = counts.get(name, 0) + count
            bar.update(task, description=f"{name}: {counts[name]:,}" if counts[name] else name)

        yield step


def as_figures(report: BulkReport) -> dict[str, Any]:
    """The report as JSON values."""
    figures = asdict(report)
    peak = figures.pop("peak_bytes")
    return figures | {"minutes": round(sum(report.seconds.values()) / 60, 2), "peak_memory_mib": round(peak / 2**20)}


def _show(report: BulkReport, as_json: bool) -> None:
    figures = as_figures(report)
    if as_json:
        print(orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode())
        return
    shown = Table("", "count")
    seconds = figures.pop("seconds")
    for name, value in figures.items():
        shown.add_row(name.replace("_", " "), f"{value:,}")
    for name, value in seconds.items():
        shown.add_row(f"  seconds to {name}", f"{value:,}")
    show_table(shown)
    if report.refused:
        Console().print("Refused events are in quarantine once they are loaded: regulars quarantine list")
