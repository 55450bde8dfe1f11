"""A backup is used only where it is whole, its files are those that were backed up, and this release can read it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cli.kit.backup_manifest import NAME, Manifest, digest, private, read
from domain.errors import SetupError
from graph.local import NEO4J_VERSION
from graph.store.migrations import migrations


def backup(folder: Path, **changes: Any) -> Manifest:
    private(folder / "store.dump", b"content")
    known = {migration.version: migration.checksum for migration in migrations()}
    content = {
        "made_at": datetime(2026, 1, 1, tzinfo=UTC), "release": "0.1.0", "neo4j": NEO4J_VERSION, "database": "neo4j",
        "migrations": known, "counts": {}, "vault": "hash", "files": {"store.dump": digest(folder / "store.dump")},
    }  # fmt: skip
    manifest = Manifest.model_validate(content | changes)
    manifest.write(folder)
    return manifest


def test_a_whole_backup_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = backup(tmp_path)
    assert read(tmp_path) == written


def test_a_folder_without_a_manifest_is_no_backup(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no backup"):
        read(tmp_path)


def test_files_are_those_that_were_backed_up(tmp_path: Path) -> None:
    backup(tmp_path)
    (tmp_path / "store.dump").write_bytes(b"other")
    with pytest.raises(SetupError, match="not what was backed up"):
        read(tmp_path)
    (tmp_path / "store.dump").unlink()
    with pytest.raises(SetupError, match="missing"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"neo4j": "9999.1.0"}, "this is"),
        ({"migrations": {"9999": "of the future"}}, "does not know"),
        ({"files": {"../store.dump": "x"}}, "missing"),
    ],
)
def test_what_this_release_cannot_read_is_left_alone(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    backup(tmp_path, **changes)
    with pytest.raises(SetupError, match=words):
        read(tmp_path)


def test_a_damaged_manifest_is_refused(tmp_path: Path) -> None:
    backup(tmp_path)
    (tmp_path / NAME).write_text("{}")
    with pytest.raises(SetupError, match="damaged"):
        read(tmp_path)


def test_files_are_the_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    private(tmp_path / "secret", b"x")
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        private(tmp_path / "secret", b"y")
