"""Figures of a benchmark: as JSON, as a table, and in a file beside either."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from cli.kit.bench_output import show

FIGURES = {"benchmark": "ingest", "events": 12, "latency": {"p50": 1.5}}


def test_json_goes_to_the_screen_and_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    show(FIGURES, True, tmp_path / "figures.json")
    assert orjson.loads(capsys.readouterr().out) == orjson.loads((tmp_path / "figures.json").read_bytes()) == FIGURES


def test_a_table_names_figures_within_figures(capsys: pytest.CaptureFixture[str]) -> None:
    show(FIGURES, False, None)
    shown = capsys.readouterr().out
    assert "latency.p50" in shown
    assert "1.5" in shown
