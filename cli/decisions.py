"""`regulars decisions`: exports the log of agents' decisions to a file, and replays such a file."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from domain.errors import InvalidInput, NotFound, SetupError, TooLarge
from domain.settings import settings
from graph.decision_log import DecisionLog
from identity.decisions.agent_decisions import AgentDecisions
from identity.decisions.replay import LoggedDecision, replay
from runtime.service import open_database, open_service

app = typer.Typer(no_args_is_help=True, help="Agents' decisions: export the log, replay it.")


@app.command()
def export() -> None:
    """Print the log of agents' decisions, oldest first, one JSON object a line.

    Reasons and values are sealed, and records are keyed hashes: docs/matching.md#agents-decisions.
    """
    asyncio.run(_export())


@app.command(name="replay")
def replay_(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The lines that `export` printed.")],
) -> None:
    """Apply the decisions of a file to a store that was built anew. Decisions that the store has are skipped."""
    if asyncio.run(_replay(file)):
        raise typer.Exit(1)


async def _export() -> None:
    async with open_database(settings()) as database:
        await database.ready()
        async for row in DecisionLog(database).all():
            typer.echo(LoggedDecision.of_row(row).model_dump_json(exclude_defaults=True))


async def _replay(file: Path) -> int:
    """Replays the file and returns how many lines were refused; each refusal is printed to the error stream."""
    errors, replayed, refused = Console(stderr=True), 0, 0
    async with open_service(settings()) as service:
        decisions = AgentDecisions(service.parts)
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                try:
                    await replay(decisions, LoggedDecision.of_line(line), service.parts.vault)
                    replayed += 1
                except (InvalidInput, NotFound, TooLarge, SetupError) as error:
                    refused += 1
                    errors.print(
                        f"{file}:{number}: {error.message} {error.hint or ''}".rstrip(), highlight=False, soft_wrap=True
                    )
    Console().print(f"{replayed} decisions replayed, {refused} refused.", highlight=False)
    return refused
