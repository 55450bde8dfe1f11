"""The embedded server's password: random, in a file of mode 0600, set in Neo4j before its first start."""

from __future__ import annotations

import os
import secrets
import subprocess
from pathlib import Path

from domain.errors import SetupError
from domain.settings import Settings
from graph.local.failures import hint_for
from graph.local.java import Java
from graph.local.server_config import ADMIN_CLASS

USER = "neo4j"
"""The one user of a new Community store; the setting `neo4j_user` is only for a Neo4j of your own."""

_SHORTEST = 8
_ADMIN_WITHIN_S = 60


def ensure_password(settings: Settings, home: Path) -> str:
    """The password of that home's store; made for a new store. Raises SetupError when setting and store differ."""
    path = password_file(home)
    configured = settings.neo4j_password.get_secret_value() if settings.neo4j_password else None
    kept = read_password(home)
    if kept and configured not in (None, kept):
        raise SetupError(
            f"REGULARS_NEO4J_PASSWORD is not the password in {path}, with which the embedded store was made.",
            hint="Unset REGULARS_NEO4J_PASSWORD: the embedded server needs none.",
        )
    if kept:
        return kept
    if _store_exists(home):
        raise SetupError(
            f"{path} is gone, and the store beside it has a password.",
            hint=f"Put the file back from a backup, or move {home} away to begin with an empty store.",
        )
    if configured is not None and len(configured) < _SHORTEST:
        raise SetupError(f"REGULARS_NEO4J_PASSWORD is shorter than {_SHORTEST} characters.", hint="Unset it.")
    password = configured or secrets.token_urlsafe(24)
    write_private(path, password + "\n")
    return password


def password_file(home: Path) -> Path:
    return home / "password"


def read_password(home: Path) -> str:
    """The password in the file; empty when there is no file."""
    try:
        return password_file(home).read_text("utf-8").strip()
    except FileNotFoundError:
        return ""


def set_initial_password(password: str, home: Path, conf: Path, java: Java, options: Path) -> None:
    """Sets the password of a store that was never started; leaves any other alone. Takes two seconds, once."""
    if _store_exists(home):
        return
    # In a file, not in the command: process lists show arguments to every user of the machine.
    arguments = home / "initial-password.args"
    write_private(arguments, f"--\n{password}\n")  # behind "--" a password may begin with a dash
    try:
        done = subprocess.run(  # noqa: S603
            [java.executable, f"@{options}", ADMIN_CLASS, "dbms", "set-initial-password", f"@{arguments}"],
            env={**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(conf)},
            capture_output=True,
            text=True,
            timeout=_ADMIN_WITHIN_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise SetupError(
            f"neo4j-admin has not set the initial password within {_ADMIN_WITHIN_S} seconds.",
            hint="The machine may be overloaded: run the command again.",
        ) from error
    finally:
        arguments.unlink(missing_ok=True)
    if done.returncode:
        output = f"{done.stdout}\n{done.stderr}".strip()
        raise SetupError(
            f"neo4j-admin could not set the initial password (exit code {done.returncode}): {output}",
            hint=hint_for(output) or f"{home} holds no data yet: remove it and run the command again.",
        )


def write_private(path: Path, text: str) -> None:
    """Replaces the file in one step; at every moment only its owner can read it."""
    scratch = path.with_suffix(".tmp")
    scratch.unlink(missing_ok=True)
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    scratch.replace(path)


def _store_exists(home: Path) -> bool:
    return (home / "data" / "dbms" / "auth.ini").exists() or (home / "data" / "databases").exists()
