"""Every command has a name and says what it does."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from cli.main import app
from cli.slow import slow
from domain.log import logger

LOGGING = """
import cli.slow
from cli.main import main
from domain.log import logger
cli.slow.slowest = lambda log: logger("store").warning("statement.slow", ms=700) or []
main()
"""


def test_every_command_says_what_it_does() -> None:
    commands = get_command(app).commands  # pyright: ignore
    assert {"serve", "demo", "ingest", "audit", "rules", "keys", "backup", "restore", "bench"} <= set(commands)
    assert [name for name, command in commands.items() if not command.help] == []


def logging_store(_: object) -> list[object]:
    logger("store").warning("statement.slow", ms=700)
    return []


def test_a_command_prints_no_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[slow.__module__], "slowest", logging_store)
    done = CliRunner().invoke(app, ["slow", "-", "--json"])
    assert (done.exit_code, done.stdout, done.stderr) == (0, "[]\n", "")


def test_a_command_prints_its_log_where_somebody_asks_for_it() -> None:
    command = [sys.executable, "-c", LOGGING, "--verbose", "slow", "-", "--json"]
    done = subprocess.run(command, input="", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "[]\n")
    assert '"event":"statement.slow"' in done.stderr
