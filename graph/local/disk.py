"""A full or unwritable disk becomes a SetupError that names the folder, before work starts where possible."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import SetupError, StoreFull

_FULL = {errno.ENOSPC, errno.EDQUOT}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}


def require_space(folder: Path, needed: int) -> None:
    """Raises SetupError unless `needed` bytes are free on the disk of `folder`, which exists."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise _full(folder, f"{needed / 2**20:,.0f} MiB are needed and {free / 2**20:,.0f} MiB are free")


def require_reserve(folder: Path, reserve: int) -> None:
    """Raises StoreFull where less than `reserve` bytes are free on the disk of `folder`, or of the folder above it that
    exists."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if shutil.disk_usage(existing).free < reserve:
        raise StoreFull(
            "The store takes no writes, because its disk is nearly full.",
            hint="Send it again later. Operators free space: docs/runbooks.md, 4.",
        )


@contextmanager
def disk_faults(folder: Path) -> Generator[None]:
    """Turns "no space left", quota and permission errors inside into SetupErrors that name `folder`."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise _full(folder, "no space is left") from error
        if error.errno in _FORBIDDEN:
            raise SetupError(
                f"{folder} cannot be written.",
                hint="Correct its owner or permissions, or name other folders in REGULARS_STATE_DIR and "
                "REGULARS_CACHE_DIR.",
            ) from error
        raise


def _full(folder: Path, reason: str) -> SetupError:
    return SetupError(
        f"The disk of {folder} is full: {reason}.",
        hint="Free some space, or name folders on another disk in REGULARS_STATE_DIR and REGULARS_CACHE_DIR.",
    )
