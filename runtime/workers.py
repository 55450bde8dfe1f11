"""Runs several processes behind one port, restarts a process that dies, and stops all of them in order.

The supervisor opens the sockets and no store, so it has no state to lose. Workers are forked from it with all modules
loaded, so a dead worker is replaced at once: imports would take seconds of a core that the others need. Each worker
listens on the common port and on a port of its own (the ports that follow), which serves its metrics and health.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.process import BaseProcess

import typer

from domain.errors import SetupError
from domain.log import logger
from domain.settings import Settings
from runtime.shown_errors import shown_errors

Serve = Callable[[Sequence[socket.socket]], None]
_FORK = multiprocessing.get_context("fork")
_BACKLOG = 2048
_LOOKS_EVERY_S = 0.2
_YOUNG_S = 30.0
"""A worker that ends within this time after its start would fail again, unless a worker has already lived this long:
then the store is away for a while, and the other workers say so in their answers."""
_log = logger("regulars.workers")


@dataclass(slots=True)
class Worker:
    """One process that does `work`."""

    work: Callable[[], None]
    process: BaseProcess = field(init=False)
    since: float = field(init=False)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        self.since = time.monotonic()
        self.process = _FORK.Process(target=self.work)
        self.process.start()

    @property
    def young(self) -> bool:
        return time.monotonic() - self.since < _YOUNG_S


def supervise(config: Settings, count: int, serve: Serve) -> None:
    """Runs workers until SIGTERM or SIGINT. Raises SetupError where a port is taken, Exit where no worker starts."""
    stopping = threading.Event()

    def end(number: int, frame: object) -> None:
        stopping.set()

    default = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    reading, writing = os.pipe()

    def work(sockets: Sequence[socket.socket]) -> None:
        for number, handler in default.items():
            signal.signal(number, handler)
        if stopping.is_set():  # the signal came before this process handled it
            return
        os.close(writing)
        _end_after(reading)
        with suppress(KeyboardInterrupt), shown_errors():
            serve(sockets)

    with ExitStack() as stack:
        common, *own = [stack.enter_context(_listening(config.host, config.port + place)) for place in range(count + 1)]
        workers = [Worker(partial(work, (common, socket_))) for socket_ in own]
        try:
            came_up = False
            while not stopping.wait(_LOOKS_EVERY_S):
                came_up = came_up or any(worker.process.is_alive() and not worker.young for worker in workers)
                for worker in workers:
                    look_after(worker, came_up=came_up)
        finally:
            for worker in workers:
                worker.process.terminate()
            for worker in workers:
                worker.process.join()


def look_after(worker: Worker, *, came_up: bool) -> None:
    """Restarts a worker that has ended. Raises Exit where it could not start and none ever `came_up`."""
    code = worker.process.exitcode
    if code is None:
        return
    if code > 0 and worker.young and not came_up:  # it has printed the reason
        raise typer.Exit(code)
    _log.warning("worker.died", code=code)
    worker.start()


def _listening(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError:
        raise SetupError(
            f"Port {port} is taken.",
            hint="The service needs this port and the next ones, one per worker: set REGULARS_PORT.",
        ) from None


def _end_after(supervisor: int) -> None:
    """Ends this process in order when the supervisor has ended in any way: its end of the pipe is closed then."""

    def wait() -> None:
        os.read(supervisor, 1)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait, daemon=True).start()
