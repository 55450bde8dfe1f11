"""A lock of a file has one holder, and ends with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from domain.errors import SetupError
from graph.local.locks import file_lock


def test_a_lock_has_one_holder_and_dies_with_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    program = (
        "import sys, time; from pathlib import Path; from graph.local.locks import file_lock\n"
        "with file_lock(Path(sys.argv[1]), timeout=5, what='x'): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(SetupError, match="Another start holds"), file_lock(path, timeout=0.1, what="another start"):
            pass
        holder.kill()
        holder.wait()
        with file_lock(path, timeout=5, what="another start"):
            assert path.exists()
