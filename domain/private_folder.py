"""Folders for what belongs to one user alone: keys, spills and the embedded store."""

from __future__ import annotations

import os
from pathlib import Path

from domain.errors import SetupError


def private_folder(folder: Path) -> Path:
    """The folder, made where it is missing. Raises SetupError where it cannot be made, or nothing can be put in it."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        reason = None if os.access(folder, os.W_OK | os.X_OK) else "this user may not write there"
    except OSError as error:
        reason = error.strerror or "it is no directory"
    if reason is not None:
        raise SetupError(
            f"The directory {folder.absolute()} cannot be used: {reason}.",
            hint="Set REGULARS_STATE_DIR to a directory that you may write to.",
        )
    return folder
