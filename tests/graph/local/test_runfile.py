"""A run file names one process, whatever the clock does, and a broken one names none."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from graph.local import runfile
from graph.local.runfile import RunFile, home_argument


def test_a_run_file_knows_its_process_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    me = psutil.Process()
    run = RunFile(me.pid, me.create_time(), 1, 2, "x", tied=False)
    runfile.write(path, run)
    assert runfile.living(path, tmp_path) == run

    runfile.write(path, replace(run, started=run.started - 1000))  # our number, once another's
    assert runfile.living(path, tmp_path) is None
    assert not path.exists()


def test_a_corrected_clock_does_not_hide_a_server(tmp_path: Path) -> None:
    command = [sys.executable, "-uc", "import time; print(); time.sleep(60)", home_argument(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout
        server.stdout.readline()  # a process that has not begun shows no command line yet
        run = RunFile(server.pid, psutil.Process(server.pid).create_time() - 3600, 1, 2, "x", tied=False)
        assert run.process(tmp_path)
        assert run.process(tmp_path / "other") is None
        server.kill()
        os.waitid(os.P_PID, server.pid, os.WEXITED | os.WNOWAIT)  # ended, and still in the process table
        assert run.process(tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": 1}', '{"unknown": true}'])
def test_a_broken_run_file_is_no_run_file(tmp_path: Path, text: str) -> None:
    path = tmp_path / "server.json"
    path.write_text(text)
    assert runfile.read(path) is None
