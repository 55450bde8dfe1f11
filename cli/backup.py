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
from datetime import UTC, datetime
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
from graph.store.migrations import applied
from graph.store_state import StoreState
from privacy.vault import Vault, open_vault
from runtime.service import open_database

KEYS = ("vault.key", "api.key")
"""Files of the state directory that a backup includes, where they exist and are not set by a setting."""


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
) -> None:
    """Restore a backup into the embedded store. A damaged backup is refused before anything is touched."""
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
    _put_keys(config, folder, manifest)
    _, held = _inspected(config)
    if held != manifest.counts:
        raise SetupError(
            f"The restored store holds {held}, and {manifest.counts} were backed up.",
            hint=f"The former store, if there was one, is in {former}.",
        )
    shutil.rmtree(former, ignore_errors=True)
    _show(manifest, f"Restored from {folder}")


def _back_up(config: Settings, folder: Path) -> Manifest:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    applied, counts = _inspected(config)
    _private(config).dump(folder.absolute())
    dump = folder / f"{config.neo4j_database}.dump"
    dump.chmod(0o600)
    for name in _key_files(config):
        private(folder / name, (config.state_dir / name).read_bytes())
    manifest = Manifest(
        made_at=datetime.now(UTC),
        release=version("regulars"),
        neo4j=NEO4J_VERSION,
        database=config.neo4j_database,
        migrations=applied,
        counts=counts,
        vault=_fingerprint(open_vault(config)),
        files={name: digest(folder / name) for name in (dump.name, *_key_files(config))},
    )
    manifest.write(folder)
    return manifest


def _key_files(config: Settings) -> list[str]:
    set_elsewhere = {"vault.key": config.vault_key, "api.key": config.api_key}
    return [name for name in KEYS if set_elsewhere[name] is None and (config.state_dir / name).exists()]


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


def _put_keys(config: Settings, folder: Path, manifest: Manifest) -> None:
    now = int(time.time())
    set_elsewhere = {"vault.key": config.vault_key, "api.key": config.api_key}
    for name in KEYS:
        if name not in manifest.files or set_elsewhere[name] is not None:
            continue
        kept, there = (folder / name).read_bytes(), config.state_dir / name
        if there.exists() and there.read_bytes() == kept:
            continue
        if there.exists():
            there.rename(there.with_name(f"{name}.{now}"))  # a lost vault key is lost data: it is never overwritten
        private(there, kept)


def _private(config: Settings) -> LocalNeo4j:
    """The embedded server on ports that no service uses."""
    return LocalNeo4j(config.model_copy(update={"neo4j_bolt_port": 0, "neo4j_http_port": 0}))


def _inspected(config: Settings) -> tuple[dict[str, str], dict[str, int]]:
    """The store's migrations and counts. Raises SetupError where the vault key does not open its records."""

    async def inspect() -> tuple[dict[str, str], dict[str, int]]:
        async with open_database(config) as database:
            state = StoreState(database)
            for row in await state.sealed_sample():
                open_vault(config).open(row["key"], row["sealed"])
            return await applied(database), await state.counts()

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


def _show(manifest: Manifest, title: str) -> None:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_row("made at", manifest.made_at.isoformat(timespec="seconds"))
    for name, value in manifest.counts.items():
        table.add_row(name, f"{value:,}")
    table.add_row("files", ", ".join(manifest.files))
    show_table(table)
    if "vault.key" in manifest.files:
        Console().print("vault.key is in the same folder as the store: both together reveal all data. Keep them apart.")
