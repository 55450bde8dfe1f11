"""`regulars backup` and `restore`: the embedded store, and the keys that are needed to read it.

Both start a server of their own on free ports, so that no other process writes, and check that the vault key opens a
record and how much the store holds. A restore ends only when the store holds what was backed up.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.kit import backup_manifest
from cli.kit.backup_manifest import Manifest, digest, private
from cli.kit.shown_tables import show_table
from domain.errors import SetupError
from domain.settings import Settings, settings
from graph.local import NEO4J_VERSION, LocalNeo4j
from graph.service_keys import ServiceKeys
from graph.store.migrations import applied
from graph.store_state import StoreState
from graph.webhooks import Webhooks
from ingest.rebuild import Rebuilt
from privacy.audit_log import AuditLog
from privacy.vault import Vault, open_vault
from runtime.audit_ends import ends_of, verified
from runtime.journal import journal_of, put_back
from runtime.journal_files import JournalFiles
from runtime.service import open_database, open_service

KEY = "vault.key"
"""The file of the state directory that a backup includes, where it exists and is not set by a setting. The
administrator's key is left out: one that was changed since must not work again after a restore."""


def backup(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty directory for the backup.")],
    stop: Annotated[bool, typer.Option("--stop", help="Stop a running Neo4j meanwhile, and start it again.")] = False,
) -> None:
    """Save the embedded store with its keys and a manifest: docs/operations.md#backup."""
    config = settings()
    local = LocalNeo4j(config)
    running = local.status()
    if running and (running.tied or not stop):
        raise SetupError(
            "Neo4j runs, and only a stopped store can be backed up.",
            hint="Stop the service that started it." if running.tied else "Use --stop, or: regulars neo4j stop",
        )
    if not local.holds_store():
        raise SetupError(f"There is no store under {local.home}.", hint="Check REGULARS_STATE_DIR.")
    if folder.exists() and any(folder.iterdir()):
        raise SetupError(f"{folder} is not empty.", hint="Name a new directory: two backups must not mix.")
    if running:
        local.stop()
    try:
        manifest = _back_up(config, folder)
    finally:
        if running:
            local.start()
    _show(manifest, f"Backup in {folder}")


def restore(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The directory that `regulars backup` filled.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the present store. The former vault key is kept.")
    ] = False,
    journal: Annotated[
        Path | None, typer.Option(help="The journal to put back. Unset: the one that the settings name.")
    ] = None,
) -> None:
    """Restore a backup into the embedded store, put back what the journal has since, and list what may be lost.

    All service keys wait until `regulars keys confirm`. A damaged backup is refused before anything is touched.
    """
    config = settings()
    local = LocalNeo4j(config)
    if local.status():
        raise SetupError("Neo4j runs.", hint="Stop the services and then Neo4j: regulars neo4j stop")
    manifest = backup_manifest.read(folder)
    _require_key(config, folder, manifest)
    if manifest.database != config.neo4j_database:
        raise SetupError(
            f"The backup is of the database {manifest.database}.",
            hint=f"Set REGULARS_NEO4J_DATABASE={manifest.database}.",
        )
    if local.holds_store() and not force:
        raise SetupError(
            f"There is a store under {local.home}, and a restore replaces all of it.",
            hint="Back it up, then use --force; or name another REGULARS_STATE_DIR.",
        )
    former = _private(config).load(folder)
    _put_key(config, folder, manifest)
    state = _inspected(config, restored=True)
    if state.counts != manifest.counts:
        raise SetupError(
            f"The restored store holds {state.counts}, and {manifest.counts} were backed up.",
            hint=f"The former store, if there was one, is in {former}.",
        )
    shutil.rmtree(former, ignore_errors=True)
    _show(manifest, f"Restored from {folder}")
    until = _put_back(config, JournalFiles(journal) if journal else journal_of(config), manifest)
    _show_losses(config, manifest, state, until)


def _back_up(config: Settings, folder: Path) -> Manifest:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    state = _inspected(config)
    _private(config).dump(folder.absolute())
    dump = folder / f"{config.neo4j_database}.dump"
    dump.chmod(0o600)
    keys = [KEY] if config.vault_key is None and (config.state_dir / KEY).exists() else []
    for name in keys:
        private(folder / name, (config.state_dir / name).read_bytes())
    manifest = Manifest(
        made_at=datetime.now(UTC),
        release=version("regulars"),
        neo4j=NEO4J_VERSION,
        database=config.neo4j_database,
        migrations=state.migrations,
        counts=state.counts,
        audit_end=state.audit_end,
        vault=_fingerprint(open_vault(config)),
        files={name: digest(folder / name) for name in (dump.name, *keys)},
    )
    manifest.write(folder)
    return manifest


def _put_back(config: Settings, files: JournalFiles, manifest: Manifest) -> datetime:
    """Puts back what the journal has since the backup, and returns up to when all is there. A dump holds what was
    committed before it was made: an hour is ample."""
    position = files.position()
    if position is None:
        return manifest.made_at
    private = _private_settings(config)

    async def repeat() -> Rebuilt:
        async with open_service(private) as service:
            since = manifest.made_at - timedelta(hours=1)
            return await put_back(files, since, service.committer, service.reader)

    with _running(config):
        done = asyncio.run(repeat())
    Console().print(
        f"From the journal: {done.events:,} events and {done.decisions:,} decisions; {done.refused:,} refused.",
        soft_wrap=True,
        highlight=False,
    )
    return max(manifest.made_at, datetime.fromisoformat(position.until))


def _show_losses(config: Settings, manifest: Manifest, state: _State, until: datetime) -> None:
    """What no file can give back, each with the next step."""
    ends, end = ends_of(config), state.audit_end
    noted = int((ends.last() or "0:").partition(":")[0])
    ends.note(end)
    made, complete = (at.isoformat(timespec="seconds") for at in (manifest.made_at, until))
    kept = int(end.partition(":")[0])
    audited = f"at least {noted - kept:,} entries, from {kept + 1:,} on" if noted > kept else f"what came after {made}"
    losses = [
        ("events, refusals of guests and agents' decisions", f"after {complete}", "senders repeat them; agents decide"),
        ("segments, and service keys that were made or revoked", f"after {complete}", "regulars keys list"),
        ("events put right or dropped in the quarantine", f"after {made}", "regulars quarantine list"),
        ("claims and pauses in the review queue; rules applied to stored records", f"after {made}", "do them again"),
        ("audit log", audited, "keep what you have noted of it elsewhere"),
        ("the administrator's key, configuration files", "not in a backup", "the next start makes a key"),
    ]
    table = Table("may be lost", "which", "what to do", title="Look at these", title_justify="left")
    for loss in losses:
        table.add_row(*loss)
    show_table(table)
    Console().print(
        "All service keys wait until you confirm them: look at `regulars keys list`, revoke those that were revoked "
        "since the backup, then `regulars keys confirm --all`. All webhooks are disabled: enable them if this "
        "is the store in use.",
        soft_wrap=True,
        highlight=False,
    )


def _fingerprint(vault: Vault) -> str:
    return vault.keyed("backup", "vault")


def _require_key(config: Settings, folder: Path, manifest: Manifest) -> None:
    """Returns where the vault key at hand can read the store of this backup. Raises SetupError."""
    if config.vault_key is None and "vault.key" in manifest.files:
        # Opened in the folder, not in the state directory, where opening would make a new key.
        vault = open_vault(config.model_copy(update={"state_dir": folder}))
    elif config.vault_key is not None or (config.state_dir / "vault.key").exists():
        vault = open_vault(config)
    else:
        vault = None
    if vault is None or _fingerprint(vault) != manifest.vault:
        raise SetupError(
            "The vault key is not the one of this backup, so nobody's contact data could be read.",
            hint="Set REGULARS_VAULT_KEY to the key that the store was written with.",
        )


def _put_key(config: Settings, folder: Path, manifest: Manifest) -> None:
    if KEY not in manifest.files or config.vault_key is not None:
        return
    kept, there = (folder / KEY).read_bytes(), config.state_dir / KEY
    if there.exists() and there.read_bytes() == kept:
        return
    if there.exists():  # a lost vault key is lost data: it is never overwritten
        there.rename(there.with_name(f"{KEY}.{int(time.time())}"))
    private(there, kept)


def _private(config: Settings) -> LocalNeo4j:
    return LocalNeo4j(_private_settings(config))


def _private_settings(config: Settings) -> Settings:
    """The embedded server on ports that no service uses."""
    return config.model_copy(update={"neo4j_bolt_port": 0, "neo4j_http_port": 0})


@dataclass(frozen=True, slots=True)
class _State:
    """What a store holds."""

    migrations: dict[str, str]
    counts: dict[str, int]
    audit_end: str


def _inspected(config: Settings, *, restored: bool = False) -> _State:
    """Looks at the store; if it was just `restored`, its service keys wait from now on.

    Raises SetupError where the vault key does not open its records. A broken audit log is told and no obstacle: the
    backup is then the evidence.
    """

    async def inspect() -> _State:
        async with open_database(config) as database:
            if restored:
                await ServiceKeys(database).hold()
                await Webhooks(database).hold("The store was restored. Enable it if this is the store in use.")
            state, vault = StoreState(database), open_vault(config)
            for row in await state.sealed_sample():
                vault.open(row["key"], row["sealed"])
            log = AuditLog(database, vault)
            # A restored chain ends before the one that was noted.
            verdict = await (log.verify() if restored else verified(log, ends_of(config), whole=True))
            if verdict.broken_at is not None:
                _warn(f"The audit log is broken at {verdict.broken_at}: {verdict.why} (docs/runbooks.md, 12).")
            return _State(await applied(database), await state.counts(), verdict.end)

    with _running(config):
        return asyncio.run(inspect())


@contextmanager
def _running(config: Settings) -> Generator[None]:
    local = _private(config)
    local.start(tied_to_parent=True)
    try:
        yield
    finally:
        local.stop()


def _warn(text: str) -> None:
    Console(stderr=True).print(text, style="red", markup=False, soft_wrap=True)


def _show(manifest: Manifest, title: str) -> None:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_row("made at", manifest.made_at.isoformat(timespec="seconds"))
    for name, value in manifest.counts.items():
        table.add_row(name, f"{value:,}")
    table.add_row("files", ", ".join(manifest.files))
    show_table(table)
    if "vault.key" in manifest.files:
        Console().print("vault.key is in the same folder as the store: both together reveal all data. Keep them apart.")
