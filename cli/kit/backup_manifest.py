"""The manifest of a backup, and the checks that a backup must pass before it is used."""

from __future__ import annotations

import hashlib
import os
from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import SetupError
from graph.local import NEO4J_VERSION
from graph.store.migrations import migrations

NAME = "manifest.json"
_ANOTHER = "Use another backup: this one cannot be restored."


class Manifest(BaseModel):
    """`files` are SHA-256 by file name; `audit_end` is where the audit log ended; `vault` is a keyed hash that only the
    store's vault key produces."""

    model_config = ConfigDict(frozen=True)

    format: Literal[1] = 1
    made_at: datetime
    release: str
    neo4j: str
    database: str
    migrations: dict[str, str]
    counts: dict[str, int]
    audit_end: str | None = None
    vault: str
    files: dict[str, str]

    def write(self, folder: Path) -> None:
        """Writes it in one step; call it last: a folder without a manifest is no backup."""
        scratch = folder / f".{NAME}"
        private(scratch, self.model_dump_json(indent=2).encode() + b"\n")
        scratch.replace(folder / NAME)


def read(folder: Path) -> Manifest:
    """The manifest of a backup that is complete and that this release can read. Raises SetupError."""
    try:
        manifest = Manifest.model_validate_json((folder / NAME).read_bytes())
    except OSError as error:
        raise SetupError(f"{folder} holds no backup: {NAME} cannot be read ({error.strerror}).") from None
    except ValidationError:
        raise SetupError(f"{folder / NAME} is damaged, or was made by a newer release.", hint=_ANOTHER) from None
    for name, checksum in manifest.files.items():
        if Path(name).name != name or not (folder / name).is_file():
            raise SetupError(f"{folder / name} is missing.", hint=_ANOTHER)
        if digest(folder / name) != checksum:
            raise SetupError(f"{folder / name} is damaged: it is not what was backed up.", hint=_ANOTHER)
    if _numbers(manifest.neo4j) > _numbers(NEO4J_VERSION):
        raise SetupError(
            f"The backup is of Neo4j {manifest.neo4j}, and this is {NEO4J_VERSION}.", hint="Upgrade Regulars first."
        )
    checksums = {migration.version: migration.checksum for migration in migrations()}
    if any(checksums.get(version) != checksum for version, checksum in manifest.migrations.items()):
        raise SetupError(
            "The backup has migrations that this release does not know.", hint="Upgrade Regulars first, then restore."
        )
    return manifest


def digest(path: Path) -> str:
    """SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def private(path: Path, content: bytes) -> None:
    """Creates the file with mode 0600 from the start; it is durable when this returns."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]
