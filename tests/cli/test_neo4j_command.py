"""`regulars neo4j` without a server: what it says and the exit codes that scripts read."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.neo4j import NOT_RUNNING, app
from domain.settings import settings


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setenv("REGULARS_STATE_DIR", str(tmp_path / "state"))
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


def test_nothing_runs(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    status = CliRunner().invoke(app, ["status", "--json"])
    assert status.exit_code == NOT_RUNNING
    assert json.loads(status.stdout)["state"] == "stopped"
    assert json.loads(CliRunner().invoke(app, ["stop", "--json"]).stdout) == {"stopped": False}
    assert CliRunner().invoke(app, ["stop"]).stdout == "Neo4j was not running.\n"
    info = CliRunner().invoke(app, ["shell-info"])
    assert info.exit_code == 1
    assert "regulars neo4j start" in info.stderr
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("command", ["start", "stop", "status", "shell-info"])
def test_an_own_neo4j_is_left_alone(environment: pytest.MonkeyPatch, tmp_path: Path, command: str) -> None:
    environment.setenv("REGULARS_NEO4J_URI", "bolt://example.test")
    settings.cache_clear()
    result = CliRunner().invoke(app, [command])
    assert result.exit_code == 1
    assert "REGULARS_NEO4J_URI" in result.stderr
    assert "Next: " in result.stderr
    error = json.loads(CliRunner().invoke(app, [command, "--json"]).stdout)["error"]
    assert error["code"] == "SETUP"
    assert error["hint"]
    assert not (tmp_path / "state").exists()


def test_a_taken_port_is_told_before_any_download(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    environment.setenv("REGULARS_CACHE_DIR", str(tmp_path / "cache"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        environment.setenv("REGULARS_NEO4J_BOLT_PORT", str(taken.getsockname()[1]))
        settings.cache_clear()
        result = CliRunner().invoke(app, ["start"])
    assert result.exit_code == 1
    assert "REGULARS_NEO4J_BOLT_PORT" in result.stderr
    assert not (tmp_path / "cache").exists()
