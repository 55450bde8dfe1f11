"""Runs `neo4j-admin database import` on the embedded server's store while the server stands still."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from domain.errors import SetupError
from graph.local.config import ADMIN_CLASS
from graph.local.failures import hint_for
from graph.local.java import Java

_LAST = 1_500


def import_full(
    database: str, arguments: Sequence[str], *, home: Path, conf: Path, java: Java, options: Path, report: Path
) -> None:
    """Replaces the database by what the files hold. Raises SetupError with the end of what neo4j-admin said."""
    command = [str(java.executable), f"@{options}", ADMIN_CLASS, "database", "import", "full", database, *arguments]
    done = subprocess.run(  # noqa: S603
        [*command, "--overwrite-destination=true", "--id-type=string", f"--report-file={report}"],
        env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(conf)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        output = f"{done.stdout}\n{done.stderr}".strip()[-_LAST:]
        raise SetupError(
            f"neo4j-admin could not import (exit code {done.returncode}): {output}",
            hint=hint_for(output) or f"See {report}.",
        )
