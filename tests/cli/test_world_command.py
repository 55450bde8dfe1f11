"""`regulars world`: a made-up world in files, and why one cannot be made."""

from __future__ import annotations

import gzip
from pathlib import Path

import orjson
from typer.testing import CliRunner

from cli.world import app


def _bytes(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(directory.iterdir())}


def test_the_command_replaces_an_older_world_and_counts(tmp_path: Path) -> None:
    for options in ([], ["--gzip"]):
        command = ["make", "--people", "50", "--stores", "8", "--out", str(tmp_path), "--json", *options]
        answer = CliRunner().invoke(app, command)
        assert answer.exit_code == 0, answer.output
    assert sorted(_bytes(tmp_path)) == ["events.ndjson.gz", "people.ndjson.gz", "truth.csv.gz", "world.json"]
    summary = orjson.loads(answer.stdout)
    assert summary == orjson.loads((tmp_path / "world.json").read_bytes())
    assert summary["config"]["stores"] == 8
    with gzip.open(tmp_path / "events.ndjson.gz") as lines:
        assert sum(1 for _ in lines) == summary["counts"]["events"]


def test_the_command_explains_an_impossible_world(tmp_path: Path) -> None:
    answer = CliRunner().invoke(app, ["make", "--people", "0", "--out", str(tmp_path / "none")])
    assert answer.exit_code == 2
    assert "people" in answer.output
    assert not (tmp_path / "none").exists()
