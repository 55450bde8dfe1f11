"""`regulars rebuild`: makes the people of this store again, from its events and decisions, in an empty one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.backup_manifest import private
from domain.errors import SetupError
from domain.settings import Settings, settings
from graph.decision_log import DecisionLog
from graph.history import History
from graph.local import LocalNeo4j
from graph.store.database import Database
from graph.store_state import StoreState
from identity.decisions.replay import LoggedDecision
from ingest.rebuild import Comparison, Rebuilt, compare
from ingest.rebuild import rebuild as repeat
from loyalty.programme.programme_editing import ProgrammeEditing
from runtime.service import open_database, open_service

KEYS = ("vault.key", "api.key")
DIFFERENT = 1
"""Exit code where the two stores do not hold the same people."""


def rebuild(
    into: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty state directory for the new store.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Build a second store from this one's events and decisions, and compare the people: docs/operations.md#rebuild.

    The new store is made by the present rules. Nothing of this store is changed.
    """
    config = settings()
    if into.exists() and any(into.iterdir()):
        raise SetupError(f"{into} is not empty.", hint="Name a new directory: the store is built from nothing.")
    new = _prepared(config, into)
    local = LocalNeo4j(new)
    local.start(tied_to_parent=True)
    try:
        done, found = asyncio.run(_rebuilt(config, new))
    finally:
        local.stop()
    report = asdict(done) | asdict(found)
    if as_json:
        typer.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2))
    else:
        _show(report, into)
    if found.differ:
        raise typer.Exit(DIFFERENT)


def _prepared(config: Settings, into: Path) -> Settings:
    """The settings of the new store, which has the keys of this one and ports of its own."""
    into.mkdir(parents=True, exist_ok=True)
    into.chmod(0o700)
    for name, set_elsewhere in zip(KEYS, (config.vault_key, config.api_key), strict=True):
        if set_elsewhere is None and (config.state_dir / name).exists():
            private(into / name, (config.state_dir / name).read_bytes())
    return config.model_copy(
        update={"state_dir": into.absolute(), "neo4j_uri": None, "neo4j_bolt_port": 0, "neo4j_http_port": 0}
    )


async def _rebuilt(config: Settings, new: Settings) -> tuple[Rebuilt, Comparison]:
    async with open_database(config) as old, open_service(new) as service:
        await old.ready()
        await ProgrammeEditing(service.database).put_back(await ProgrammeEditing(old).versions())
        await service.bonuses.programmes.refresh(service.database)
        counts = await StoreState(old).counts()
        done = Rebuilt()
        with _progress() as progress:
            task = progress.add_task("events", total=counts["events"])
            commits = History(old).commits()
            redemptions = History(old).redemptions()
            async for done in repeat(commits, _decisions(old), redemptions, service.committer, service.reader):
                progress.update(task, completed=done.events + done.lost + done.refused)
        await service.bonuses.book_all()
        found = await compare(History(old).customers(), History(service.database).customers(), service.parts.vault)
        return done, found


async def _decisions(database: Database) -> AsyncIterator[LoggedDecision]:
    async for row in DecisionLog(database).all():
        yield LoggedDecision.of_row(row)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


def _show(report: dict[str, Any], into: Path) -> None:
    table = Table(title=f"Rebuilt in {into}", title_justify="left", show_header=False)
    for name, words in (
        ("events", "events repeated"),
        ("decisions", "decisions repeated"),
        ("redemptions", "redemptions repeated"),
        ("lost", "events whose content was not kept"),
        ("refused", "events and decisions that the present rules refuse, redemptions without their record"),
        ("same", "customers that are the same"),
        ("differ", "customers that differ"),
    ):
        table.add_row(words, f"{report[name]:,}")
    Console().print(table)
    if report["different"]:
        Console().print("Different, among others: " + ", ".join(report["different"]), soft_wrap=True)
    Console().print(f"To use the new store: REGULARS_STATE_DIR={into.absolute()}", soft_wrap=True)
