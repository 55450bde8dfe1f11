"""Folders for what belongs to one user alone: keys, spills and the embedded store."""

from __future__ import annotations

import os
from pathlib import Path

from domain.errors import SetupError


def private_folder(folder: Path) -> Path:
    """The folder with mode 0700, made where it is missing. One of ours that others may look into is closed to them.

    Raises SetupError where it cannot be made, or nothing can be put in it.
    """
    try:
        # Each level by itself: `mkdir(parents=True)` gives its mode to the last one only.
        for level in (*reversed(folder.parents), folder):
            if not level.exists():
                level.mkdir(mode=0o700, exist_ok=True)
        status = folder.stat()
        if status.st_mode & 0o077 and status.st_uid == os.getuid() and folder.is_dir():
            folder.chmod(0o700)
        reason = None if os.access(folder, os.W_OK | os.X_OK) and folder.is_dir() else "this user may not write there"
    except OSError as error:
        reason = error.strerror or "it is no directory"
    if reason is not None:
        raise SetupError(
            f"The directory {folder.absolute()} cannot be used: {reason}.",
            hint="Set REGULARS_STATE_DIR to a directory that you may write to.",
        )
    return folder
