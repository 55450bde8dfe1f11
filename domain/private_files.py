"""Files of mode 0600 that survive a power cut: keys that are made once, and lines that are only ever appended."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Callable, Iterable
from pathlib import Path

from domain.private_folder import private_folder


def made_once(path: Path, make: Callable[[], bytes]) -> bytes:
    """The content of a file, which is made where it is missing. Of several processes that make it, one does.

    Raises SetupError where its folder cannot be used.
    """
    if not path.exists():
        private_folder(path.parent)
        fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        try:
            _write(fresh, os.O_EXCL, make())
            # A link, unlike a rename, never replaces a key that another process made first: a lost key is lost data.
            with contextlib.suppress(FileExistsError):
                os.link(fresh, path)
            _sync(path.parent)
        finally:
            fresh.unlink(missing_ok=True)
    return path.read_bytes()


def append(path: Path, lines: Iterable[bytes]) -> None:
    """Adds lines to a file, durable when this returns; several processes may do so at once. There may be empty lines
    between them: each addition first ends the line that a crash cut off.

    Raises OSError, and SetupError where the folder cannot be used.
    """
    private_folder(path.parent)
    _write(path, os.O_APPEND, b"\n" + b"".join(line + b"\n" for line in lines))
    _sync(path.parent)


def _write(path: Path, mode: int, content: bytes) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | mode, 0o600)
    try:
        # Nearly always one call, so that the lines of two processes do not mix.
        while content:
            content = content[os.write(descriptor, content) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync(folder: Path) -> None:
    """Makes the names of new files durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
