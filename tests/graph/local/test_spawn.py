"""The two lifetimes, with a small program in Neo4j's place.

Tests graph.local.keeper too.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from domain.errors import SetupError
from graph.local.spawn import forget, spawn
from tests.kit.waiting import LONG_S

# Writes `ready`, then on SIGTERM works a little, as a checkpoint does, and writes `done`.
SERVER = """
import pathlib, signal, sys, time
def stop(*_):
    time.sleep(0.3)
    pathlib.Path("done").touch()
    sys.exit()
signal.signal(signal.SIGTERM, stop)
pathlib.Path("ready").touch()
print("a line for the log", flush=True)
while True:
    time.sleep(1)
"""
STARTER = """
import sys, time; from pathlib import Path; from graph.local.spawn import spawn
folder = Path(sys.argv[1])
process = spawn([sys.executable, "-c", sys.argv[2]], log=folder / "log", cwd=folder, tied=sys.argv[3] == "tied")
print(process.pid, flush=True)
time.sleep(60)
"""


def until(condition: object, seconds: float = LONG_S) -> bool:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def kill_starter(folder: Path, mode: str) -> int:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER, str(folder), SERVER, mode], stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout
        pid = int(starter.stdout.readline())
        assert until((folder / "ready").exists)
        starter.send_signal(signal.SIGKILL)
    return pid


def test_a_tied_server_stops_in_order_when_its_starter_is_killed(tmp_path: Path) -> None:
    pid = kill_starter(tmp_path, "tied")
    assert until(lambda: not alive(pid))
    assert (tmp_path / "done").exists()


def test_a_detached_server_outlives_its_starter(tmp_path: Path) -> None:
    pid = kill_starter(tmp_path, "detached")
    assert not until(lambda: not alive(pid), seconds=1)
    psutil.Process(pid).terminate()
    assert until(lambda: not alive(pid))
    assert (tmp_path / "log").read_text() == "a line for the log\n"


def test_a_tied_server_of_this_process_can_be_ended_first(tmp_path: Path) -> None:
    process = spawn([sys.executable, "-c", SERVER], log=tmp_path / "log", cwd=tmp_path, tied=True)
    assert until((tmp_path / "ready").exists)
    process.terminate()
    assert until(lambda: not alive(process.pid))
    forget(process.pid)


def test_a_program_that_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match=r"could not be started: .*none"):
        spawn([str(tmp_path / "none")], log=tmp_path / "log", cwd=tmp_path, tied=True)
