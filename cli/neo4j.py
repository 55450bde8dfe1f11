"""`regulars neo4j`: start, stop and look at the embedded Neo4j. Every command takes `--json` for scripts."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn
from rich.table import Table

from cli.kit.shown_tables import show_table
from domain.errors import SetupError
from domain.settings import settings
from graph.local import NEO4J_VERSION, LocalNeo4j, Running
from graph.local import Progress as Report

NOT_RUNNING = 3
"""Exit code of `status` and `shell-info` when nothing runs, as service managers expect it."""

app = typer.Typer(no_args_is_help=True, help="The embedded Neo4j: start, stop, status, connection details.")
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")]


@contextmanager
def download_bar() -> Generator[Report]:
    """A progress callback for LocalNeo4j: a bar on a terminal, one line elsewhere, nothing if no jar is missing."""
    console = Console(stderr=True)
    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    bar = Progress(TextColumn("Neo4j {task.fields[version]}, once"), *columns, console=console, transient=True)
    task = bar.add_task("download", visible=False, version=NEO4J_VERSION)
    announced = False

    def report(done: int, total: int) -> None:
        nonlocal announced
        if not announced and not console.is_terminal:
            console.print(f"Downloading Neo4j {NEO4J_VERSION} once ({total / 1e6:.0f} MB) …", soft_wrap=True)
        if not announced and console.is_terminal:
            bar.start()
        announced = True
        bar.update(task, completed=done, total=total, visible=True)

    try:
        yield report
    finally:
        bar.stop()


@app.command()
def start(as_json: AsJson = False) -> None:
    """Start Neo4j and leave it running. If it runs already, say where."""
    with _errors_shown(as_json), download_bar() as report:
        local = LocalNeo4j(settings(), progress=report)
        running = local.start()
        _show(_facts(local, running, answers=True), as_json, title="Neo4j ran already" if running.found else "Neo4j")


@app.command()
def stop(
    kill: Annotated[
        bool, typer.Option("--kill", help="End it at once where it hangs. The next start recovers what was committed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Stop Neo4j; its data stay."""
    with _errors_shown(as_json):
        stopped = LocalNeo4j(settings()).stop(kill=kill)
        if as_json:
            _print_json({"stopped": stopped})
        else:
            Console().print("Neo4j has stopped." if stopped else "Neo4j was not running.")


@app.command()
def status(as_json: AsJson = False) -> None:
    """Say whether Neo4j runs and answers; the exit code is 0 if it answers, 3 if not."""
    with _errors_shown(as_json):
        local = LocalNeo4j(settings())
        running = local.status()
        trouble = local.trouble(running) if running else None
        facts = _facts(local, running, answers=running is not None and trouble is None)
        if trouble is not None:
            facts |= {"found": trouble.message, "next": trouble.hint}
        _show(facts, as_json, title="Neo4j")
        if running is None or trouble is not None:
            raise typer.Exit(NOT_RUNNING)


@app.command("shell-info")
def shell_info(as_json: AsJson = False) -> None:
    """Print how to connect with other tools: addresses, user, password file, lines for a shell."""
    with _errors_shown(as_json):
        local = LocalNeo4j(settings())
        running = local.status()
        if running is None:
            raise SetupError("The embedded Neo4j is not running.", hint="Start it: regulars neo4j start")
        lines = {
            "NEO4J_URI": running.bolt_uri,
            "NEO4J_USERNAME": running.user,
            "NEO4J_PASSWORD": f'"$(cat {shlex.quote(str(local.password_file))})"',
        }
        if as_json:
            exports = {name: value for name, value in lines.items() if name != "NEO4J_PASSWORD"}
            _print_json(_facts(local, running, answers=True) | {"environment": exports})
            return
        _show(_facts(local, running, answers=True), as_json, title="Neo4j")
        for name, value in lines.items():
            print(f"export {name}={value}")


def _facts(local: LocalNeo4j, running: Running | None, *, answers: bool) -> dict[str, Any]:
    if running is None:
        return {"state": "stopped", "version": NEO4J_VERSION, "home": str(local.home)}
    return {
        "state": "running" if answers else "not answering",
        "version": NEO4J_VERSION,
        "bolt": running.bolt_uri,
        "browser": running.browser_url,
        "http": running.http_url,
        "user": running.user,
        "passwordFile": str(local.password_file),
        "pid": running.pid,
        "since": datetime.fromtimestamp(running.started, UTC).isoformat(timespec="seconds"),
        "endsWithItsStarter": running.tied,
        "home": str(local.home),
        "log": str(local.log_file),
    }


def _show(facts: dict[str, Any], as_json: bool, *, title: str) -> None:
    if as_json:
        _print_json(facts)
        return
    table = Table(title=title, show_header=False, title_justify="left")
    table.add_column(style="bold")
    table.add_column(overflow="fold")  # a truncated path cannot be copied
    for name, value in facts.items():
        table.add_row(_words(name), ("yes" if value else "no") if isinstance(value, bool) else str(value))
    show_table(table)


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)


def _print_json(value: object) -> None:
    print(json.dumps(value, indent=2))


@contextmanager
def _errors_shown(as_json: bool) -> Generator[None]:
    try:
        yield
    except SetupError as error:
        if as_json:
            _print_json({"error": {"code": error.code, "message": error.message, "hint": error.hint}})
        else:
            # Plain text: rich could read parts of a path or a log line as markup.
            print(f"Error: {error.message}", file=sys.stderr)
            if error.hint:
                print(f"Next: {error.hint}", file=sys.stderr)
        raise typer.Exit(1) from error
