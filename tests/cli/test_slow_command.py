"""What took long, by the service's log."""

from __future__ import annotations

from pathlib import Path

import orjson
from typer.testing import CliRunner

from cli.main import app

_LINES = [
    {"event": "graphql", "operation": "Profile", "ms": 12.5, "request_id": "a1"},
    {"event": "graphql", "operation": "Profile", "ms": 30.0, "request_id": "a2"},
    {"event": "graphql", "operation": None, "document": "d0c", "ms": 1.0, "request_id": "a3"},
    {"event": "statement.slow", "statement": "profile", "ms": 700, "request_id": "a2"},
    {"event": "live.away", "ms": "never"},
]


def test_the_slowest_come_first(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b"Traceback of another\n" + b"\n".join(orjson.dumps(line) for line in _LINES) + b'\n{"event": "gra')
    run = CliRunner().invoke(app, ["slow", str(log), "--json"])
    assert run.exit_code == 0, run.output
    rows = orjson.loads(run.output)
    assert [(row["kind"], row["name"], row["times"], row["total_ms"], row["request"]) for row in rows] == [
        ("statement", "profile", 1, 700, "a2"),
        ("operation", "Profile", 2, 42.5, "a2"),
        ("operation", "document d0c", 1, 1, "a3"),
    ]
    shown = CliRunner().invoke(app, ["slow", str(log), "--most", "1"])
    assert "profile" in shown.output
    assert "Profile" not in shown.output
