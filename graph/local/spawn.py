"""Starts the server's process through its keeper, detached from this one or tied to it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

from domain.errors import SetupError
from graph.local import keeper

_KEEPER_WITHIN_S = 10

# By the server's process id. Kept here and not by the caller: if the caller dropped the object, the garbage collector
# would close its pipe and so stop the server.
_keepers: dict[int, subprocess.Popen[bytes]] = {}


def spawn(command: list[str], *, log: Path, cwd: Path, tied: bool) -> psutil.Process:
    """The started process; a tied one ends when this process does. Raises SetupError when it cannot be started."""
    _forget_ended()
    mode = "tied" if tied else "detached"
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-S", keeper.__file__, mode, str(log), *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stderr
    answer = process.stdout.readline().strip()
    process.stdout.close()
    if not answer:
        reason = process.stderr.read().decode(errors="replace").strip().rpartition("\n")[2]
        _close(process)
        raise SetupError(f"Java could not be started: {reason}", hint="See docs/neo4j.md, “Java”.")
    process.stderr.close()
    pid = int(answer)
    if tied:
        _keepers[pid] = process
    else:
        _close(process)
    return psutil.Process(pid)


def forget(pid: int) -> None:
    """Releases the keeper of a tied server that has ended."""
    process = _keepers.pop(pid, None)
    if process:
        _close(process)


def _forget_ended() -> None:
    for pid in [pid for pid, process in _keepers.items() if process.poll() is not None]:
        forget(pid)


def _close(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe:
            pipe.close()
    process.wait(_KEEPER_WITHIN_S)
