"""`server.json`: names the server process of a state directory; written at its start, so that other processes find it.

A file is stale when its process is gone or its process id belongs to another program: the next start removes it.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

_CLOCK_SLACK_S = 5.0


@dataclass(frozen=True, slots=True)
class RunFile:
    """`started` is the start of the process in seconds since the epoch; `tied` servers end with their starter."""

    pid: int
    started: float
    bolt_port: int
    http_port: int
    version: str
    tied: bool

    def process(self, home: Path) -> psutil.Process | None:
        """The living server of `home`, or None when the process id is free or another program's."""
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            # The start time reveals a reused id; a corrected clock moves it, so a matching command line counts as well.
            if abs(process.create_time() - self.started) < _CLOCK_SLACK_S or home_argument(home) in process.cmdline():
                return process
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            pass
        return None


def home_argument(home: Path) -> str:
    """The argument by which a server's command line names its state directory."""
    return f"--home-dir={home}"


def read(path: Path) -> RunFile | None:
    """The content of the file; None when it is missing or cannot be read."""
    try:
        return RunFile(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def write(path: Path, run: RunFile) -> None:
    """Replaces the file in one step: a reader sees the old one or the new one."""
    scratch = path.with_suffix(".tmp")
    scratch.write_text(json.dumps(asdict(run), indent=2) + "\n", "utf-8")
    scratch.replace(path)


def living(path: Path, home: Path) -> RunFile | None:
    """The run file, if its server lives; a stale one is removed. For holders of the state directory's lock."""
    run = read(path)
    if run and run.process(home):
        return run
    path.unlink(missing_ok=True)
    return None
