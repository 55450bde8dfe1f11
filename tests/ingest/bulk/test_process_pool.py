"""Processes that work piece by piece."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil

from tests.kit.waiting import LONG_S

_PARENT = """
import os, sys, time
from pathlib import Path
from ingest.bulk.process_pool import open_workers

if __name__ == "__main__":
    with open_workers(None, Path(sys.argv[1]), 2) as workers:
        print(*workers.each(os.getpid, [()]), flush=True)
        time.sleep(600)
"""


def test_workers_of_a_process_that_was_killed_end(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT, "utf-8")
    with subprocess.Popen([sys.executable, script, tmp_path], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        worker = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
        worker.wait(LONG_S)
