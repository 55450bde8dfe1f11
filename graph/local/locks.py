"""One holder per lock file on this machine; the kernel releases it when the holder dies, so no lock is ever stale."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from domain.errors import SetupError

_PAUSE_S = 0.05


@contextmanager
def file_lock(path: Path, *, timeout: float, what: str) -> Generator[None]:
    """Holds `path` exclusively. Raises SetupError when `what` still holds it after `timeout` seconds.

    The file is left in place: if it were removed, two holders could lock two files of one name.
    """
    # A descriptor opened by Python is not inherited, so a server that outlives this process does not keep the lock.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + timeout
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise SetupError(
                        f"{what[0].upper()}{what[1:]} holds {path} for more than {timeout:.0f} seconds.",
                        hint="Wait for it, or end that process, and run the command again.",
                    ) from None
                time.sleep(_PAUSE_S)
        yield
    finally:
        os.close(descriptor)
