"""Runs neo4j-admin (`database import`, `dump`, `load`) on the embedded server's store while the server is stopped."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import SetupError
from graph.local.failures import hint_for
from graph.local.java import Java
from graph.local.server_config import ADMIN_CLASS

_LAST = 1_500
_PARTS = ("databases", "transactions")


@dataclass(frozen=True, slots=True)
class Admin:
    """neo4j-admin for the server in `home`, configured by the folder `conf`, run with the Java options in `options`."""

    home: Path
    conf: Path
    java: Java
    options: Path

    def import_full(self, database: str, arguments: Sequence[str], *, report: Path) -> None:
        """Replaces the database by the content of the files. Raises SetupError with the end of neo4j-admin's output."""
        fixed = ["--overwrite-destination=true", "--id-type=string", f"--report-file={report}"]
        self._run("import", ["full", database, *arguments, *fixed], hint=f"See {report}.")

    def dump(self, database: str, folder: Path) -> None:
        """Writes the database to `<folder>/<database>.dump`. Raises SetupError."""
        self._run("dump", [database, f"--to-path={folder}"])

    def load(self, database: str, folder: Path) -> Path:
        """Replaces the database by the dump, and returns the folder that now holds the former database.

        The dump is loaded beside the store first: a dump that does not load changes nothing. Raises SetupError.
        """
        scratch, former = self.home / "restoring", self.home / "before-restore"
        shutil.rmtree(scratch, ignore_errors=True)  # left by a restore that was killed
        conf = scratch / "conf"
        conf.mkdir(parents=True)
        text = (self.conf / "neo4j.conf").read_text("utf-8")
        (conf / "neo4j.conf").write_text(f"{text}server.directories.data={scratch / 'data'}\n", "utf-8")
        try:
            beside = Admin(self.home, conf, self.java, self.options)
            beside._run("load", [database, f"--from-path={folder}", "--overwrite-destination=true"])
            shutil.rmtree(former, ignore_errors=True)  # not before: a killed restore may have left the store there
            for part in _PARTS:
                there = self.home / "data" / part / database
                if there.exists():
                    (former / part).mkdir(parents=True)
                    there.rename(former / part / database)
                there.parent.mkdir(parents=True, exist_ok=True)
                (scratch / "data" / part / database).rename(there)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return former

    def _run(self, verb: str, arguments: Sequence[str], *, hint: str | None = None) -> None:
        done = subprocess.run(  # noqa: S603
            [str(self.java.executable), f"@{self.options}", ADMIN_CLASS, "database", verb, *arguments],
            env={**os.environ, "NEO4J_HOME": str(self.home), "NEO4J_CONF": str(self.conf)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            output = f"{done.stdout}\n{done.stderr}".strip()[-_LAST:]
            raise SetupError(
                f"neo4j-admin could not {verb} (exit code {done.returncode}): {output}", hint=hint_for(output) or hint
            )
