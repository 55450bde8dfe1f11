"""`regulars audit`: checks that no entry of the audit log was changed."""

from __future__ import annotations

import asyncio
from typing import Annotated

import orjson
import typer

from domain.settings import settings
from privacy.audit_log import AuditLog, AuditVerdict
from privacy.vault import open_vault
from runtime.audit_ends import ends_of, verified
from runtime.service import open_database

app = typer.Typer(no_args_is_help=True, help="The audit log: verify.")


@app.callback()
def audit() -> None:
    """The audit log."""


@app.command()
def verify(
    end: Annotated[
        str | None,
        typer.Option(
            help="An end that you noted before: it must still be in the chain. Unset: the one that was noted last."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Check the whole audit log, also against the end that was noted last, and note its end: docs/callers.md#audit.

    The exit code is 1 if the chain is broken.
    """
    verdict = asyncio.run(_verified(end))
    if as_json:
        print(orjson.dumps(verdict).decode())
    elif verdict.broken_at is None:
        print(f"{verdict.entries} entries are intact. End: {verdict.end}")
    else:
        print(f"Broken at {verdict.broken_at}: {verdict.why}. {verdict.entries} entries before it are intact.")
    if verdict.broken_at is not None:
        raise typer.Exit(1)


async def _verified(end: str | None) -> AuditVerdict:
    config = settings()
    async with open_database(config) as database:
        log = AuditLog(database, open_vault(config))
        return await (verified(log, ends_of(config), whole=True) if end is None else log.verify(end))
