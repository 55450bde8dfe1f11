"""`regulars check`: whether the service could start here and now, and what to do about each obstacle."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import httpx
import orjson
import typer
from redis.exceptions import RedisError
from rich.table import Table

from api.auth.identity_providers import providers
from api.auth.jwks import KeySets
from api.graphql.persisted_documents import persisted_documents
from api.origins import allowed_origins
from api.shared_state import in_memory, open_redis
from cli.config import shown
from cli.kit.shown_tables import show_table
from domain.errors import RegularsError, SetupError, Unavailable
from domain.settings import Settings, settings
from graph.local import NEO4J_VERSION, LocalNeo4j
from graph.service_keys import ServiceKeys
from graph.store.database import Database
from graph.store.migrations import pending
from graph.store_state import StoreState
from loyalty.programme.programme import programme
from privacy.audit_log import AuditLog
from privacy.vault import open_vault
from resolvers.schema import make_schema
from runtime.audit_ends import ends_of, verified
from runtime.service import open_database, policies_of, survivorship_of

_FREE = 0.2
_ANSWERS_WITHIN_S = 5.0


@dataclass(frozen=True, slots=True)
class CheckFinding:
    """The result of one check; `todo` is the next step where it is not `ok`."""

    what: str
    ok: bool
    found: str
    todo: str | None = None


def check(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
) -> None:
    """Check configuration, disk, Redis, identity providers, Neo4j and its version, schema, vault key and clock.

    It changes nothing, but notes the end of the audit log beside the journal. For each fault it says what to do, and
    ends with exit code 1.
    """
    try:
        config = settings()
    except SetupError as error:
        findings = [CheckFinding("configuration", False, error.message, error.hint)]
    else:
        findings = asyncio.run(look(config))
    if as_json:
        print(orjson.dumps([asdict(finding) for finding in findings], option=orjson.OPT_INDENT_2).decode())
    else:
        table = Table("", "", "found", "what to do")
        for finding in findings:
            table.add_row(finding.what, "ok" if finding.ok else "NOT OK", finding.found, finding.todo or "")
        show_table(table)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)


async def look(config: Settings) -> list[CheckFinding]:
    """Every finding, in the order in which to fix them."""
    findings = [
        await _checked("configuration", lambda: _configuration(config)),
        await _checked("disk", lambda: _disk(config)),
        await _checked("redis", lambda: _redis(config)),
        await _checked("identity providers", lambda: _providers(config)),
    ]
    async with AsyncExitStack() as stack:

        async def reach() -> str:
            nonlocal database
            await _embedded(config)
            database = await stack.enter_async_context(open_database(config))
            async with asyncio.timeout(_ANSWERS_WITHIN_S):
                try:
                    await database.ready()
                except Unavailable as error:
                    raise SetupError(f"{_address(config)}: {error.message}", hint=error.hint) from None
            return await _version(database)

        database: Database | None = None
        findings.append(await _checked("neo4j", reach, at=_address(config)))
        if database is not None and findings[-1].ok:
            store = database
            findings.append(await _checked("schema", lambda: _schema(store)))
            findings.append(await _checked("vault key", lambda: _vault_key(config, store)))
            if findings[-1].ok and _has_key(config):
                findings.append(await _checked("audit log", lambda: _audit_log(config, store)))
            findings.append(await _checked("service keys", lambda: _service_keys(store)))
            findings.append(await _checked("clock", lambda: _clock(config, store)))
    return findings


async def _checked(what: str, run: Callable[[], Awaitable[str]], *, at: str | None = None) -> CheckFinding:
    try:
        return CheckFinding(what, True, await run())
    except RegularsError as error:
        return CheckFinding(what, False, error.message, error.hint)
    except TimeoutError:
        return CheckFinding(
            what,
            False,
            f"{at + ': ' if at else ''}no answer within {_ANSWERS_WITHIN_S:g} s",
            "Check whether it runs or is overloaded.",
        )


async def _configuration(config: Settings) -> str:
    for read in (policies_of, survivorship_of, allowed_origins):
        read(config)
    programme(config.loyalty_config)
    persisted_documents(config, make_schema(), in_memory(config).registered)
    return f"{config.environment}; all files can be read"


async def _disk(config: Settings) -> str:
    embedded = 0 if config.neo4j_uri else config.disk_reserve_mib  # the disk of another Neo4j cannot be seen from here
    free = _free(config.state_dir, "REGULARS_STATE_DIR", embedded, "writes are refused, reads go on")
    if config.journal_days and config.journal_dir is not None:
        journal = _free(config.journal_dir, "REGULARS_JOURNAL_DIR", config.disk_reserve_mib, "no journal may be kept")
        return f"{free}; for the journal: {journal}"
    return free


def _free(folder: Path, variable: str, reserve: int, without: str) -> str:
    """What is free for a folder. Raises SetupError where it is little; `without` its reserve something is so."""
    folder = folder.expanduser().absolute()
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    usage = shutil.disk_usage(existing)
    free = f"{usage.free / 2**30:,.1f} GiB ({usage.free / usage.total:.0%}) are free"
    if usage.free < reserve * 2**20:
        raise SetupError(f"{free} for {folder}: {without}", hint="Free space: it goes on by itself (runbook 4).")
    if usage.free < _FREE * usage.total:
        raise SetupError(f"{free} for {folder}", hint=f"Free space, or move {variable} (runbook 4).")
    return free


async def _redis(config: Settings) -> str:
    try:
        async with open_redis(config) as redis:
            if redis is None:
                return "not configured: each process counts alone"
            await redis.ping()
    except (RedisError, OSError, ValueError) as error:
        raise SetupError(
            f"{shown(config.redis_url)}: no answer ({type(error).__name__})",
            hint="Start it, or correct REGULARS_REDIS_URL.",
        ) from None
    return "answers"


async def _providers(config: Settings) -> str:
    configured = providers(config.identity_providers)
    async with httpx.AsyncClient(timeout=_ANSWERS_WITHIN_S) as client:
        keys = KeySets(client, keep_s=60)
        for issuer, provider in configured.items():
            try:
                # Fetches the key set; whether it holds such a key does not matter.
                await keys.key(provider.jwks_url, "", "RS256")
            except RegularsError:
                raise SetupError(
                    f"The keys of {issuer} cannot be fetched.",
                    hint="Fetch its jwks_url from here (runbook 10).",
                ) from None
    return f"{len(configured)} configured" + (", their keys can be fetched" if configured else "")


async def _embedded(config: Settings) -> None:
    """Raises SetupError with what is wrong with an embedded server that lives and does not answer."""
    if config.neo4j_uri is not None:
        return
    local = LocalNeo4j(config)
    running = local.status()
    trouble = await asyncio.to_thread(local.trouble, running) if running else None
    if trouble is not None:
        raise trouble


def _address(config: Settings) -> str:
    if config.neo4j_uri is not None:
        return shown(config.neo4j_uri)
    running = LocalNeo4j(config).status()
    return running.bolt_uri if running else "the embedded Neo4j"


async def _version(database: Database) -> str:
    version = (await StoreState(database).server())["version"]
    least = NEO4J_VERSION.split(".")[:2]
    if [int(part) for part in version.split(".")[:2]] < [int(part) for part in least]:
        raise SetupError(f"it is {version}", hint=f"Upgrade it to {'.'.join(least)} or later.")
    return f"{version} answers"


async def _schema(database: Database) -> str:
    missing = await pending(database)
    return f"{len(missing)} migrations will run at the start: {', '.join(missing)}" if missing else "up to date"


async def _vault_key(config: Settings, database: Database) -> str:
    rows = await StoreState(database).sealed_sample()
    if not _has_key(config):
        if not rows:
            return "one will be made at the start"
        raise SetupError("There is none, and the store holds sealed records.", hint="Put it back (runbook 5).")
    vault = open_vault(config)
    for row in rows:
        vault.open(row["key"], row["sealed"])
    return "opens a record" if rows else "is there; the store holds no record yet"


async def _service_keys(database: Database) -> str:
    rows = [row for row in await ServiceKeys(database).all() if row["revokedAt"] is None]
    waiting = [row["name"] for row in rows if row["heldAt"] is not None]
    if waiting:
        raise SetupError(f"{len(waiting)} wait since a restore", hint="See docs/operations.md#backup: keys confirm.")
    return f"{len(rows)} may be used"


async def _audit_log(config: Settings, database: Database) -> str:
    verdict = await verified(AuditLog(database, open_vault(config)), ends_of(config))
    if verdict.broken_at is not None:
        raise SetupError(f"broken at {verdict.broken_at}: {verdict.why}", hint="See docs/runbooks.md, 12.")
    return f"{verdict.entries:,} entries; its end is noted"


def _has_key(config: Settings) -> bool:
    return config.vault_key is not None or (config.state_dir / "vault.key").exists()


async def _clock(config: Settings, database: Database) -> str:
    before = time.time()
    there = (await StoreState(database).server())["now"] / 1000
    apart = max(0.0, before - there, there - time.time())
    if apart > config.clock_skew_s:
        raise SetupError(
            f"Neo4j's is {apart:.0f} seconds away", hint="Synchronise both machines with a time server (NTP)."
        )
    return f"within {max(apart, 0.1):.1f} s of Neo4j's"
