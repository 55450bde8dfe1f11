"""`regulars quarantine`: show refused events, correct them, send them again or drop them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.table import Column, Table

from cli.ingest import Parts, open_sink
from cli.kit.masked_events import masked_raw
from cli.kit.shown_tables import show_table
from domain.errors import InvalidInput
from ingest.quarantine import Quarantined, Replayed, Status

app = typer.Typer(no_args_is_help=True, help="Refused events: list, show, mend, replay, drop.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Id = Annotated[str, typer.Argument(help="The `quarantineId` in the answer that refused the event.")]
T = TypeVar("T")


@app.command(name="list")
def list_(
    status: Annotated[Status, typer.Option(help="Entries that are waiting, replayed or dropped.")] = "waiting",
    first: Annotated[int, typer.Option(min=1, max=1000, help="The number of entries to list.")] = 50,
    after: Annotated[str, typer.Option(help="List entries after this id.")] = "",
    as_json: AsJson = False,
) -> None:
    """List refused events, without their contents."""
    entries = _run(lambda parts: parts.quarantine.list(status=status, first=first, after=after))
    if as_json:
        return _print_json([_as_json(entry) for entry in entries])
    table = Table(Column("id", no_wrap=True), "received", "source", "field", "what is wrong")
    for entry in entries:
        received = f"{entry.received_at:%Y-%m-%d %H:%M}"
        table.add_row(entry.id, received, entry.source, entry.pointer, entry.reason)
    show_table(table)
    return None


@app.command()
def show(
    key: Id,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show contact data in the clear.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one refused event; its contact data is masked without `--reveal`."""
    entry = _run(lambda parts: parts.quarantine.get(key))
    content = _as_json(entry) | {"raw": entry.raw if reveal else masked_raw(entry.raw)}
    if as_json:
        return _print_json(content)
    Console().print_json(orjson.dumps(content).decode())
    return None


@app.command()
def mend(
    key: Id,
    file: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="JSON: the whole event, or the changes.")],
    merge: Annotated[bool, typer.Option("--merge", help="The file is a merge patch (RFC 7396), not an event.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replace a refused event by a corrected one. `replay` sends it."""
    try:
        change = orjson.loads(file.read_bytes())
    except orjson.JSONDecodeError:
        change = None
    if not isinstance(change, dict):
        raise InvalidInput(f"{file.name} is not a JSON object.", hint="Write the whole event, or with --merge a part.")
    entry = _run(lambda parts: parts.quarantine.mend(key, change, merge=merge))
    if as_json:
        return _print_json(_as_json(entry))
    print(f"{entry.id} is valid now. Send it: regulars quarantine replay {entry.id}")
    return None


@app.command()
def replay(
    keys: Annotated[list[str] | None, typer.Argument(help="The ids to send again.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Send all entries that wait.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send refused events again; those that are accepted leave the quarantine."""
    if bool(keys) == everything:
        raise InvalidInput("No event to replay was named.", hint="Name ids, or use --all.")
    done: list[Replayed] = _run(lambda parts: parts.quarantine.replay(keys or None, parts.intake))
    if as_json:
        return _print_json([_outcome(replayed) for replayed in done])
    table = Table(Column("id", no_wrap=True), "outcome", "field", "what is wrong")
    for replayed in done:
        outcome = replayed.outcome
        table.add_row(replayed.id, outcome.status, outcome.pointer, outcome.message)
    show_table(table)
    return None


@app.command()
def drop(key: Id, as_json: AsJson = False) -> None:
    """Delete the contents of a refused event. The same event sent again stays dropped."""
    _run(lambda parts: parts.quarantine.drop(key))
    if as_json:
        return _print_json({"id": key, "status": "dropped"})
    print(f"{key} is dropped.")
    return None


def _run(work: Callable[[Parts], Awaitable[T]]) -> T:
    async def run() -> T:
        async with open_sink() as parts:
            return await work(parts)

    return asyncio.run(run())


def _as_json(entry: Quarantined) -> dict[str, Any]:
    return {
        "id": entry.id,
        "status": entry.status,
        "source": entry.source,
        "format": entry.format,
        "receivedAt": entry.received_at.isoformat(),
        "pointer": entry.pointer,
        "message": entry.reason,
        "hint": entry.hint,
    }


def _outcome(replayed: Replayed) -> dict[str, Any]:
    outcome = replayed.outcome
    return {
        "id": replayed.id,
        "status": outcome.status,
        "pointer": outcome.pointer,
        "message": outcome.message,
        "hint": outcome.hint,
        "warnings": list(outcome.warnings),
    }


def _print_json(content: Any) -> None:
    print(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())
