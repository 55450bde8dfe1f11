"""Several processes behind one port: watched, started again when one dies, and ended in order together.

The supervisor opens the sockets and no store, so it has nothing to lose. Each worker listens on the common port and on
one of its own (the ports that follow), where its metrics and health can be asked for.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field

import structlog
import typer

from domain.errors import SetupError
from domain.settings import Settings

_BACKLOG = 2048
_LOOKS_EVERY_S = 0.2
_YOUNG_S = 30.0
"""A worker that gives up within this time of its start would do so again, unless one has lived for so long: then the
store is away for a while, and the others answer so."""
_log = structlog.get_logger("regulars.workers")


@dataclass(slots=True)
class Worker:
    """One process and what it listens on."""

    sockets: Sequence[socket.socket]
    process: subprocess.Popen[bytes] = field(init=False)
    since: float = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        listening = [one.fileno() for one in self.sockets]
        command = [sys.executable, "-m", "cli.main", "serve"]
        command += [word for fd in listening for word in ("--listen", str(fd))]
        self.since = time.monotonic()
        self.process = subprocess.Popen(command, pass_fds=listening, stdin=subprocess.PIPE)  # noqa: S603

    @property
    def young(self) -> bool:
        return time.monotonic() - self.since < _YOUNG_S


def supervise(config: Settings, count: int) -> None:
    """Runs workers until SIGTERM or SIGINT. Raises SetupError where a port is taken, Exit where no worker starts."""
    stopping = threading.Event()

    def end(number: int, frame: object) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    with ExitStack() as stack:
        common, *own = [stack.enter_context(_listening(config.host, config.port + place)) for place in range(count + 1)]
        workers = [Worker((common, one)) for one in own]
        try:
            came_up = False
            while not stopping.wait(_LOOKS_EVERY_S):
                came_up = came_up or any(worker.process.poll() is None and not worker.young for worker in workers)
                for worker in workers:
                    look_after(worker, came_up=came_up)
        finally:
            for worker in workers:
                worker.process.terminate()
            for worker in workers:
                worker.process.wait()


def look_after(worker: Worker, *, came_up: bool) -> None:
    """Starts it again where it has ended. Raises Exit where it could not start, and none has `came_up` before."""
    code = worker.process.poll()
    if code is None:
        return
    if code > 0 and worker.young and not came_up:  # it has said why
        raise typer.Exit(code)
    _log.warning("worker.died", code=code)
    worker.start()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError:
        raise SetupError(
            f"Port {port} is taken.", hint="Workers need the port and one more each: set REGULARS_PORT."
        ) from None


def follow_parent() -> None:
    """Ends this process in order when the supervisor is gone, however it went: then its end of our input is closed."""

    def wait() -> None:
        os.read(sys.stdin.fileno(), 1)  # not through a buffer, whose lock would be held when the process ends
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
