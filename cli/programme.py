"""`regulars programme`: the loyalty programme: show its versions, check and preview changed rules, publish them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from cli.kit.shown_tables import show_table
from domain.errors import InvalidInput
from domain.settings import settings
from loyalty.programme.programme import Programme, parse_programme, programme
from loyalty.programme.programme_editing import ProgrammeEditing
from loyalty.programme.programme_preview import ProgrammePreview, preview
from loyalty.programme.programmes import Programmes
from privacy.audit_log import AuditLog, Entry
from privacy.vault import open_vault
from runtime.service import open_database

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The rules (YAML).")]
app = typer.Typer(no_args_is_help=True, help="The loyalty programme: versions, preview, publish.")


@app.callback()
def programme_() -> None:
    """The loyalty programme."""


@app.command(name="list")
def list_(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List the published versions, and whether there is a draft. docs/loyalty.md#programme."""

    async def read() -> dict[str, Any]:
        async with open_database(settings()) as database:
            editing = ProgrammeEditing(database)
            draft = await editing.draft()
            return {
                "versions": [asdict(version) for version in await editing.versions()],
                "draft": draft and asdict(draft),
            }

    found = asyncio.run(read())
    if as_json:
        typer.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return
    table = Table("version", "starts", "published", "by", "bonuses")
    table.add_row("0", "from the beginning", "the configured file", "", "0")
    for version in found["versions"]:
        bonuses = len(parse_programme(version["text"]).bonuses)
        table.add_row(str(version["version"]), version["starts"], version["at"], version["by"], str(bonuses))
    show_table(table)
    if found["draft"]:
        print(f"Draft {found['draft']['id']} by {found['draft']['by']}.")


@app.command()
def show(
    version: Annotated[int | None, typer.Argument(help="Its number; none: the one that holds now.")] = None,
) -> None:
    """Print the rules of a version as they were published."""

    async def read() -> str:
        async with open_database(settings()) as database:
            versions = await ProgrammeEditing(database).versions()
            now = datetime.now(UTC)
            started = [one for one in versions if datetime.fromisoformat(one.starts) <= now]
            started.sort(key=lambda one: (datetime.fromisoformat(one.starts), one.version))
            wanted = [one for one in versions if one.version == version] if version is not None else started[-1:]
            if not wanted:
                raise InvalidInput("There is no such version.", hint="regulars programme list names them.")
            return wanted[0].text

    typer.echo(asyncio.run(read()))


@app.command(name="preview")
def preview_(
    file: File,
    days: Annotated[int, typer.Option(min=1, max=366, help="Compare the orders of so many days.")] = 30,
    guests: Annotated[int | None, typer.Option(min=1, help="Look at so many guests. Unset: all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show what changed rules would have given for the orders of the last days. Nothing is written."""
    rules = _rules(file)
    found = asyncio.run(_previewed(rules, days, guests))
    if as_json:
        rows = [dict(zip(("brand", "rule", "today", "draft"), row, strict=True)) for row in found.rows()]
        tiers = [dict(zip(("today", "draft", "change", "guests"), row, strict=True)) for row in found.tier_rows()]
        counts = {name: getattr(found, name) for name in ("guests", "orders", "gaining", "losing", "complete")}
        typer.echo(orjson.dumps(counts | {"rules": rows, "tiers": tiers}, option=orjson.OPT_INDENT_2))
    else:
        _show(found)


@app.command()
def publish(
    file: File,
    starts: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], help="From when (UTC); none: in a minute."),
    ] = None,
) -> None:
    """Publish rules as the next version: orders from its start on earn by them, on every process."""

    async def run() -> int:
        config = settings()
        async with open_database(config) as database:
            # First, so that every change is in the audit log.
            at = datetime.now(UTC).isoformat(timespec="microseconds")
            entry = Entry(at, "command-line", "operator", "write", ("loyalty programme",))
            await AuditLog(database, open_vault(config)).add(entry)
            text, start = file.read_text("utf-8"), starts and starts.replace(tzinfo=UTC)
            return await ProgrammeEditing(database).publish_text(text, start, "command-line")

    _rules(file)
    print(f"Version {asyncio.run(run())} is published.")


def _rules(file: Path) -> Programme:
    return parse_programme(file.read_bytes())


async def _previewed(rules: Programme, days: int, guests: int | None) -> ProgrammePreview:
    config, now = settings(), datetime.now(UTC)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    found = ProgrammePreview()
    async with open_database(config) as database:
        history = await Programmes(programme(config.loyalty_config)).refresh(database)
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task("guests")
            looking = preview(
                database, history, rules, now - timedelta(days=days), now, currency=config.currency, most=guests
            )
            async for found in looking:
                progress.update(task, description=f"{found.guests:,} guests")
    return found


def _show(found: ProgrammePreview) -> None:
    looked = "" if found.complete else ", a sample"
    print(f"{found.orders:,} orders of {found.guests:,} guests{looked}.")
    table = Table("brand", "rule", "points today", "points by the draft")
    for brand, rule, today, draft in found.rows():
        table.add_row(brand, rule, f"{today:,}", f"{draft:,}")
    table.add_row("all", "", f"{found.today.total():,}", f"{found.draft.total():,}")
    show_table(table)
    print(f"{found.gaining:,} guests would have more points, {found.losing:,} fewer.")
    table = Table("tier today", "tier by the draft", "", "guests")
    for today, draft, change, guests in found.tier_rows():
        table.add_row(today, draft, change, f"{guests:,}")
    show_table(table)
