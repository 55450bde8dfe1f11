"""`regulars jobs`: shows jobs, retries and cancels them, and runs them without serving anything."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.table import Column, Table

from cli.kit.shown_tables import show_table
from domain.errors import Conflict, NotFound
from domain.settings import settings
from graph.jobs import Jobs, JobState
from graph.store.database import Row
from graph.store.migrations import migrate
from graph.webhooks import DELIVER
from privacy.vault import open_vault
from runtime.background_work import work_of
from runtime.service import open_database

T = TypeVar("T")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[str, typer.Argument(help="The id of the job, as `regulars jobs list` shows it.")]

app = typer.Typer(no_args_is_help=True, help="Jobs: list, show, retry, cancel, run.")


@app.command(name="list")
def list_(
    state: Annotated[JobState | None, typer.Option(help="List jobs in this state.")] = None,
    kind: Annotated[str | None, typer.Option(help="List jobs of this kind, such as webhook.deliver.")] = None,
    first: Annotated[int, typer.Option(min=1, max=1000, help="The number of jobs to list.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List jobs, the newest first. docs/operations.md#jobs."""
    rows = _asked(lambda jobs: jobs.list(kind=kind, state=state, size=first))
    if as_json:
        _print_json(rows)
        return
    table = Table(Column("id", no_wrap=True), "kind", "about", "state", "tries", "next", "what went wrong")
    for row in rows:
        table.add_row(*(str(row[name] or "") for name in ("id", "kind", "about", "state", "tries", "nextAt", "error")))
    show_table(table)


@app.command()
def show(key: Id, as_json: AsJson = False) -> None:
    """Show a job with its progress."""
    row = _asked(lambda jobs: _found(jobs, key))
    row["progress"] = orjson.loads(row["progress"])
    if as_json:
        _print_json(row)
        return
    table = Table("", "")
    for name, value in row.items():
        table.add_row(name, orjson.dumps(value).decode() if isinstance(value, dict) else str(value or ""))
    show_table(table)


@app.command()
def retry(key: Id, as_json: AsJson = False) -> None:
    """Let a job run now: one that is dead, cancelled, or waits. It goes on where it was."""
    _changed(key, lambda jobs: jobs.retry(key), "runs now, or is done", as_json, "waiting")


@app.command()
def cancel(key: Id, as_json: AsJson = False) -> None:
    """End a job for good. One that runs stops within its lease. A webhook's job ends with the webhook only."""
    _changed(key, lambda jobs: _cancelled(jobs, key), "has ended", as_json, "cancelled")


@app.command()
def run(
    once: Annotated[bool, typer.Option("--once", help="Do what is due now, then end.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run jobs in this process until it is stopped, beside the processes of `regulars serve` or instead of them."""
    count = asyncio.run(_run(once))
    if as_json:
        _print_json({"runs": count})
    elif once:
        print(f"{count} runs.")


async def _run(once: bool) -> int:
    config = settings()
    async with open_database(config) as database:
        await migrate(database)
        work = work_of(database, open_vault(config), config)
        if once:
            return await work.run_due()
        running, loop = asyncio.create_task(work.run()), asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, running.cancel)
        await asyncio.gather(running, return_exceptions=True)
        return work.runner.runs.total()


def _asked(work: Callable[[Jobs], Awaitable[T]]) -> T:
    async def asked() -> T:
        async with open_database(settings()) as database:
            return await work(Jobs(database))

    return asyncio.run(asked())


async def _cancelled(jobs: Jobs, key: str) -> bool:
    if (await _found(jobs, key))["kind"] == DELIVER:
        raise Conflict(
            "A webhook delivers as long as it is there.",
            hint="Disable or delete the webhook: docs/webhooks.md#make-one.",
        )
    return await jobs.cancel(key)


async def _found(jobs: Jobs, key: str) -> Row:
    row = await jobs.one(key)
    if row is None:
        raise NotFound("There is no such job.", hint="`regulars jobs list` shows all.")
    return row


def _changed(key: str, change: Callable[[Jobs], Awaitable[bool]], otherwise: str, as_json: bool, state: str) -> None:
    async def work(jobs: Jobs) -> None:
        await _found(jobs, key)
        if not await change(jobs):
            raise Conflict(f"The job {otherwise}. Nothing was changed.", hint=f"Look: regulars jobs show {key}")

    _asked(work)
    if as_json:
        _print_json({"id": key, "state": state})
    else:
        print(f"{key} is {state}.")


def _print_json(content: Any) -> None:
    print(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
