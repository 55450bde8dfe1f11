"""The committed client is what the generator makes of the committed schema and documents today."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.lint.project import ROOT

CLIENT = ROOT / "client"
PACKAGE = "regulars_client"


def modules(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in (folder / PACKAGE).glob("*.py")}


def test_the_client_is_up_to_date(tmp_path: Path) -> None:
    uv = os.environ.get("UV") or ROOT / ".uv/bin/uv"
    command = [uv, "run", "--locked", "--no-progress", "--script", CLIENT / "make.py", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert modules(tmp_path) == modules(CLIENT), "run `make client`"
